import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  batchReadValues,
  listSecrets,
  readDecryption,
  readPolicies,
  readRole,
  readSecrets,
  requestKmsDirectly,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** Returns the permissions for `verify`. */
export function verifyNeeds(request: PermissionRequest): Needs {
  const { partition, account } = request.accountRef;
  const callers = ['user', 'role'].map((kind) => `arn:${partition}:iam::${account}:${kind}/*`);
  return {
    required: [
      readSecrets(request),
      ...useKmsKey(request, [DECRYPT_ACTION]),
      ...readDecryption(request),
      readRole(request),
      readPolicies(request),
      ...readFlow(request),
    ],
    optional: [
      ...readOtherEnds(request),
      ...batchReadValues(request),
      ...requestKmsDirectly(request, 'OptionalDescribeKmsKey', 'kms:DescribeKey'),
      { sid: 'OptionalSimulateCaller', actions: ['iam:SimulatePrincipalPolicy'], resources: callers },
    ],
  };
}

/** The action that reads each kind of MediaConnect resource. */
const READ_ACTIONS = {
  flow: 'mediaconnect:DescribeFlow',
  routerInput: 'mediaconnect:GetRouterInput',
  routerOutput: 'mediaconnect:GetRouterOutput',
} as const;

function kindOf(arn: string): keyof typeof READ_ACTIONS {
  return routerKindOf(arn) ?? 'flow';
}

function readFlow({ flowArn }: PermissionRequest): Need[] {
  if (!flowArn) return [];
  return [{ sid: 'ReadTheFlow', actions: [READ_ACTIONS[kindOf(flowArn)]], resources: [flowArn] }];
}

/**
 * Returns the permissions to read the other ends of the connections: router inputs and outputs for a flow, flows for a router input
 * or output.
 */
function readOtherEnds({ flowArn = '' }: PermissionRequest): Need[] {
  const { partition, region, account } = parseArn(flowArn) ?? {};
  if (region === undefined) return [];
  const kinds = kindOf(flowArn) === 'flow' ? (['routerInput', 'routerOutput'] as const) : (['flow'] as const);
  return kinds.map((kind) => ({
    sid: 'OptionalReadOtherEnds',
    actions: [READ_ACTIONS[kind]],
    resources: [`arn:${partition}:mediaconnect:${region}:${account}:${kind}:*`],
  }));
}

/** Returns the permissions for `status`. Without an optional one, it skips that part and says so. */
export function statusNeeds(request: PermissionRequest): Needs {
  if (request.manifest) return needsForNamed(request);
  const { accountRef, regions } = request;
  const roles = [roleArn(accountRef, '*')];
  const { partition, account } = accountRef;
  const secrets = regions.map((region) => `arn:${partition}:secretsmanager:${region}:${account}:secret:*`);
  return {
    required: [
      { sid: 'ListRoles', actions: ['iam:ListRoles'], resources: ['*'] },
      listSecrets('ListSecrets', request),
    ],
    optional: [
      { sid: 'OptionalReadRoles', actions: ['iam:GetRole'], resources: roles },
      {
        sid: 'OptionalReadRolePolicies',
        actions: ['iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy'],
        resources: roles,
      },
      readPolicies(request, 'OptionalReadPolicies'),
      { sid: 'OptionalReadSecrets', actions: ['secretsmanager:DescribeSecret'], resources: secrets },
      ...readAccess(request, secrets),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      { sid: 'OptionalReadPolicyTags', actions: ['iam:GetPolicy'], resources: [policyArn(accountRef, '*')] },
    ],
  };
}

/** Returns the permissions for reading only what a manifest names. */
function needsForNamed(request: PermissionRequest): Needs {
  const secrets = request.secrets.map(({ arn }) => arn);
  return {
    required: [listSecrets('ListSecrets', request)],
    optional: [
      readRole(request, 'OptionalReadNamedRoles'),
      readPolicies(request, 'OptionalReadPolicies'),
      { sid: 'OptionalReadSecrets', actions: ['secretsmanager:DescribeSecret'], resources: secrets },
      ...readAccess(request, secrets),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
    ],
  };
}

/**
 * Returns the permissions to read the age of each key, and who may read it. The KMS keys of the secrets aren't known in advance.
 */
function readAccess({ accountRef, regions }: PermissionRequest, secrets: string[]): Need[] {
  const { partition, account } = accountRef;
  const keys = regions.map((region) => `arn:${partition}:kms:${region}:${account}:key/*`);
  return [
    { sid: 'OptionalReadVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources: secrets },
    { sid: 'OptionalReadSecretPolicies', actions: ['secretsmanager:GetResourcePolicy'], resources: secrets },
    { sid: 'OptionalReadKmsKeys', actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'], resources: keys },
  ];
}
