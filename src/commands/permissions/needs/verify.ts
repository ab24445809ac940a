import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  batchReadValues,
  listSecrets,
  type MediaConnectKind,
  READ_MEDIACONNECT_ACTIONS,
  readDecryption,
  readMediaConnect,
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

function kindOf(arn: string): MediaConnectKind {
  return routerKindOf(arn) ?? 'flow';
}

function readFlow({ flowArn }: PermissionRequest): Need[] {
  if (!flowArn) return [];
  const action = READ_MEDIACONNECT_ACTIONS[kindOf(flowArn)];
  return [{ sid: 'ReadTheFlow', actions: [action], resources: [flowArn] }];
}

/**
 * Returns the permissions to read the other ends of the connections: router inputs and outputs for a flow, flows for a router input
 * or output.
 */
function readOtherEnds({ flowArn = '' }: PermissionRequest): Need[] {
  const arn = parseArn(flowArn);
  if (!arn) return [];
  const kinds = kindOf(flowArn) === 'flow' ? (['routerInput', 'routerOutput'] as const) : (['flow'] as const);
  return kinds.map((kind) => readMediaConnect('OptionalReadOtherEnds', kind, arn, [arn.region]));
}

/** Returns the permissions for `status`. Where an optional one is missing, `status` skips that part and says so. */
export function statusNeeds(request: PermissionRequest): Needs {
  if (request.manifest) return manifestStatusNeeds(request);
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
      ...readPoliciesAndSecrets(request, secrets),
      { sid: 'OptionalReadPolicyTags', actions: ['iam:GetPolicy'], resources: [policyArn(accountRef, '*')] },
    ],
  };
}

/** Returns the permissions for `status` with a manifest, which reads only what the manifest names. */
function manifestStatusNeeds(request: PermissionRequest): Needs {
  const secrets = request.secrets.map(({ arn }) => arn);
  return {
    required: [listSecrets('ListSecrets', request)],
    optional: [readRole(request, 'OptionalReadNamedRoles'), ...readPoliciesAndSecrets(request, secrets)],
  };
}

/** Returns the permissions to read policies, and the secrets with the age of their keys and with who can read them. */
function readPoliciesAndSecrets(request: PermissionRequest, secrets: string[]): Need[] {
  const { partition, account } = request.accountRef;
  // The KMS keys of the secrets aren't known in advance.
  const kmsKeys = request.regions.map((region) => `arn:${partition}:kms:${region}:${account}:key/*`);
  return [
    readPolicies(request, 'OptionalReadPolicies'),
    { sid: 'OptionalReadSecrets', actions: ['secretsmanager:DescribeSecret'], resources: secrets },
    { sid: 'OptionalReadVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources: secrets },
    { sid: 'OptionalReadSecretPolicies', actions: ['secretsmanager:GetResourcePolicy'], resources: secrets },
    { sid: 'OptionalReadKmsKeys', actions: ['kms:DescribeKey', 'kms:GetKeyPolicy'], resources: kmsKeys },
    { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
  ];
}
