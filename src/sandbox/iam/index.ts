import type { Machine } from '../machine.ts';
import { homeRegion } from '../partitions.ts';
import { queryProtocol } from '../protocols/query.ts';
import type { Operations, Service } from '../service.ts';
import { accountOperations, attachments } from './account.ts';
import { inlinePolicies } from './inline.ts';
import { needs, operationNames } from './needs.ts';
import { policies, policyVersions } from './policies.ts';
import { roles } from './roles.ts';
import { simulation } from './simulate.ts';
import { tagging } from './tagging.ts';

const operations: Operations = {
  ...policies,
  ...policyVersions,
  ...roles,
  ...attachments,
  ...inlinePolicies,
  ...tagging,
  ...accountOperations,
  ...simulation,
};

/** Operations that change nothing. */
const READS = /^(Get|List|Simulate)/;

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
  quotasOn: (action) =>
    READS.test(action) ? ['iamRequestsPerSecond'] : ['iamRequestsPerSecond', 'iamWritesPerSecond'],
  needs,
};

/**
 * Replaces the document of a customer managed policy's default version, without validation.
 * @throws RangeError if there is no such policy.
 */
export function setPolicyDocument(machine: Machine, policyArn: string, document: object): void {
  const [, partition = ''] = policyArn.split(':');
  const iam = machine.worldOf(homeRegion(partition) ?? '')?.iam.view();
  const policy = iam?.live.policies.get(policyArn);
  if (!iam || !policy || policy.managedByAws) {
    throw new RangeError(`The sandbox has no customer managed policy ${policyArn}.`);
  }
  policy.versions = policy.versions.map((version) =>
    version.id === policy.defaultVersionId ? { ...version, document: JSON.stringify(document) } : version,
  );
  iam.commit();
}
