import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  findSecrets,
  findUsers,
  listSecretVersions,
  onlyItsPolicies,
  onlyOwn,
  POLICY_VERSION_ACTIONS,
  policiesOf,
  readDecryption,
  readKeyType,
  readPolicies,
  readResourcePolicies,
  readRole,
  readTogether,
  readValues,
  roleOf,
  useKmsKey,
  WRITING_WITH_KMS,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** Returns the permissions for `teardown`. */
export function teardownNeeds(request: PermissionRequest): Needs {
  const { dryRun } = request;
  const policies = policiesOf(request);
  return {
    required: [
      findSecrets(request),
      readPolicies(request),
      {
        sid: 'FindUsersOfThePolicy',
        actions: ['iam:GetPolicy', 'iam:ListEntitiesForPolicy'],
        resources: policies,
      },
      readRole(request),
      ...(dryRun ? [] : removals(request, policies)),
    ],
    optional: [
      ...lookAtKeys(request),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      ...(dryRun ? [] : [restorePolicy(request)]),
      ...findUsers(request),
    ],
  };
}

/** Returns the permission to attach a policy again if it turns out to be needed after it was detached. */
function restorePolicy(request: PermissionRequest): Need {
  const resources = [roleOf(request)];
  const condition = onlyItsPolicies(request);
  return { sid: 'OptionalRestoreThePolicy', actions: ['iam:AttachRolePolicy'], resources, condition };
}

/** The value of a single secret decides how to undo its teardown. */
function lookAtKeys(request: PermissionRequest): Need[] {
  if (request.manifest) return [];
  return [readKeyType(request), ...useKmsKey(request, [DECRYPT_ACTION], 'OptionalUseTheKmsKey')];
}

function removals(request: PermissionRequest, policies: string[]): Need[] {
  const own = onlyOwn(request);
  const role = [roleOf(request)];
  return [
    {
      sid: 'DeleteTheSecret',
      actions: ['secretsmanager:DeleteSecret'],
      resources: request.secrets.map(({ arn }) => arn),
      ...own,
    },
    {
      sid: 'ChangeThePolicy',
      actions: POLICY_VERSION_ACTIONS,
      resources: policies,
    },
    {
      sid: 'DetachThePolicy',
      actions: ['iam:DetachRolePolicy'],
      resources: role,
      condition: onlyItsPolicies(request),
    },
    { sid: 'DeleteThePolicy', actions: ['iam:DeletePolicy'], resources: policies, ...own },
    { sid: 'DeleteTheRole', actions: ['iam:DeleteRole'], resources: role, ...own },
  ];
}

/** Returns the permissions for `rotate`, with a new key or with `--rollback`. */
export function rotateNeeds(request: PermissionRequest): Needs {
  const { rollback, dryRun } = request;
  const encrypts = !rollback && !dryRun;
  return {
    required: [
      readValues(request),
      ...(dryRun ? [] : [rollback ? goBack(request) : replace(request)]),
      ...useKmsKey(request, encrypts ? WRITING_WITH_KMS : [DECRYPT_ACTION]),
    ],
    optional: [
      ...readTogether(request),
      ...(encrypts ? [listSecretVersions(request)] : []),
      ...findUsers(request),
      ...(dryRun ? [] : checks(request)),
    ],
  };
}

/** Returns what the final checks read besides the values. */
function checks(request: PermissionRequest): Need[] {
  return [
    readResourcePolicies(request),
    ...readDecryption(request, true),
    readRole(request, 'OptionalReadTheRole'),
    readPolicies(request, 'OptionalReadPolicies'),
  ];
}

function replace({ secrets }: PermissionRequest): Need {
  return {
    sid: 'ReplaceTheKey',
    actions: ['secretsmanager:PutSecretValue'],
    resources: secrets.map(({ arn }) => arn),
  };
}

/** Restricts the permission to the staging label that marks the current version. */
function goBack({ secrets }: PermissionRequest): Need {
  return {
    sid: 'GoBackToTheKeyBefore',
    actions: ['secretsmanager:UpdateSecretVersionStage'],
    resources: secrets.map(({ arn }) => arn),
    condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
  };
}
