import { queryProtocol } from '../protocols/query.ts';
import type { Operations, Service } from '../service.ts';
import { accountOperations } from './account.ts';
import { attachments } from './attachments.ts';
import { inlinePolicies } from './inline.ts';
import { needs } from './needs.ts';
import { operationNames } from './operation-names.ts';
import { policies } from './policies.ts';
import { policyVersions } from './policy-versions.ts';
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

/** What changes nothing. */
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
