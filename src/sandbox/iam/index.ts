import { homeRegion } from '../partitions.ts';
import { queryProtocol } from '../protocols/query.ts';
import type { SandboxState } from '../sandbox-state.ts';
import type { Operations, Service } from '../service.ts';
import { accountOperations } from './account.ts';
import { operationNames, requiredPermissions } from './needs.ts';
import { policyOperations, policyVersionOperations } from './policies.ts';
import { inlinePolicyOperations } from './role-policies.ts';
import { attachmentOperations, roleOperations } from './roles.ts';
import { simulationOperations } from './simulate.ts';
import { tagOperations } from './tagging.ts';

const operations: Operations = {
  ...policyOperations,
  ...policyVersionOperations,
  ...roleOperations,
  ...attachmentOperations,
  ...inlinePolicyOperations,
  ...tagOperations,
  ...accountOperations,
  ...simulationOperations,
};

/** Operations that change nothing. */
const READ_ACTIONS = /^(Get|List|Simulate)/;

/** AWS Identity and Access Management, API version 2010-05-08. */
export const iam: Service = {
  name: 'iam',
  protocol: queryProtocol('2010-05-08', 'https://iam.amazonaws.com/doc/2010-05-08/'),
  operations,
  operationNames: new Set(operationNames),
  internalError: [
    'ServiceFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
  ],
  quotasFor: (action) =>
    READ_ACTIONS.test(action) ? ['iamRequestsPerSecond'] : ['iamRequestsPerSecond', 'iamWritesPerSecond'],
  requiredPermissions,
};

/**
 * Replaces the document of a customer managed policy's default version, without validation.
 * @throws RangeError if there is no such policy.
 */
export function setPolicyDocument(sandbox: SandboxState, policyArn: string, document: object): void {
  const [, partition = ''] = policyArn.split(':');
  const iamView = sandbox.accountIn(homeRegion(partition) ?? '')?.iam.view();
  const policy = iamView?.latest.policies.get(policyArn);
  if (!iamView || !policy || policy.managedByAws) {
    throw new RangeError(`The sandbox has no customer managed policy ${policyArn}.`);
  }
  policy.versions = policy.versions.map((version) =>
    version.id === policy.defaultVersionId ? { ...version, document: JSON.stringify(document) } : version,
  );
  iamView.commit();
}
