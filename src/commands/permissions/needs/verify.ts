import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  listSecrets,
  ofKmsKey,
  readDecryption,
  readPolicies,
  readRole,
  readSecrets,
  readTogether,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** Returns the permissions for `verify`. */
export function verifyNeeds(request: PermissionRequest): Needs {
  const { where } = request;
  const identities = ['user', 'role'].map((kind) => `arn:${where.partition}:iam::${where.account}:${kind}/*`);
  return {
    required: [
      readSecrets(request),
      ...useKmsKey(request, [DECRYPT_ACTION]),
      ...readDecryption(request),
      readRole(request),
      readPolicies(request),
      ...readMedia(request),
    ],
    optional: [
      ...readOtherEnds(request),
      ...readTogether(request),
      ...ofKmsKey(request, 'OptionalDescribeKmsKey', 'kms:DescribeKey'),
      { sid: 'OptionalSimulateCaller', actions: ['iam:SimulatePrincipalPolicy'], resources: identities },
    ],
  };
}

const READING = {
  flow: 'mediaconnect:DescribeFlow',
  routerInput: 'mediaconnect:GetRouterInput',
  routerOutput: 'mediaconnect:GetRouterOutput',
} as const;

function kindOf(arn: string): keyof typeof READING {
  return routerKindOf(arn) ?? 'flow';
}

function readMedia({ flowArn }: PermissionRequest): Need[] {
  if (!flowArn) return [];
  return [{ sid: 'ReadTheFlow', actions: [READING[kindOf(flowArn)]], resources: [flowArn] }];
}

/** A flow is connected to router inputs and outputs, and those are connected to flows. */
function readOtherEnds({ flowArn = '' }: PermissionRequest): Need[] {
  const { partition, region, account } = parseArn(flowArn) ?? {};
  if (region === undefined) return [];
  const kinds = kindOf(flowArn) === 'flow' ? (['routerInput', 'routerOutput'] as const) : (['flow'] as const);
  return kinds.map((kind) => ({
    sid: 'OptionalReadOtherEnds',
    actions: [READING[kind]],
    resources: [`arn:${partition}:mediaconnect:${region}:${account}:${kind}:*`],
  }));
}

/** Returns the permissions for `status`. Without an optional one, it skips that part and says so. */
export function statusNeeds(request: PermissionRequest): Needs {
  if (request.manifest) return needsForNamed(request);
  const { where, regions } = request;
  const roles = [roleArn(where, '*')];
  const { partition, account } = where;
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
      { sid: 'OptionalReadPolicyTags', actions: ['iam:GetPolicy'], resources: [policyArn(where, '*')] },
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
function readAccess({ where, regions }: PermissionRequest, secrets: string[]): Need[] {
  const { partition, account } = where;
  const keys = regions.map((region) => `arn:${partition}:kms:${region}:${account}:key/*`);
  return [
    { sid: 'OptionalReadVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources: secrets },
    { sid: 'OptionalReadSecretPolicies', actions: ['secretsmanager:GetResourcePolicy'], resources: secrets },
    { sid: 'OptionalReadKmsKeys', actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'], resources: keys },
  ];
}
