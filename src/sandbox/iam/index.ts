import { queryProtocol } from '../protocols/query.ts';
import type { Call, Operations, Service } from '../service.ts';
import { accountOperations } from './account.ts';
import { attachments } from './attachments.ts';
import { inlinePolicies } from './inline.ts';
import { operationNames } from './operation-names.ts';
import { policies } from './policies.ts';
import { policyVersions } from './policy-versions.ts';
import { roles } from './roles.ts';
import { tagging } from './tagging.ts';

const operations: Operations = {
  ...policies,
  ...policyVersions,
  ...roles,
  ...attachments,
  ...inlinePolicies,
  ...tagging,
  ...accountOperations,
};

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
  quotaClass: () => 'iam',
  resourceOf,
};

/** IAM names a role or policy by kind and name, a role to be made by its ARN, and a listing by its path. */
function resourceOf(call: Call, action: string, raw: Record<string, unknown>): string {
  const params = Object.fromEntries(Object.entries(raw).filter(([, value]) => typeof value === 'string'));
  const ownArn = `arn:${call.world.partition}:iam::${call.world.account}:`;
  if (action === 'CreateRole') {
    return `${ownArn}role${params.Path ?? '/'}${params.RoleName}`;
  }
  if (action === 'ListRoles') {
    return `${ownArn}role${params.PathPrefix ?? '/'}`;
  }
  if (action === 'ListPolicies') {
    return `policy path ${params.PathPrefix ?? '/'}`;
  }
  if (params.RoleName !== undefined) {
    return `role ${params.RoleName}`;
  }
  const policy = params.PolicyArn ?? params.PolicyName;
  return policy === undefined ? '*' : `policy ${policy}`;
}
