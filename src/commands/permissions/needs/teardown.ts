import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  batchReadValues,
  findFlowsUsingSecret,
  findSecrets,
  listSecretVersions,
  onlyOurPolicies,
  onlyOurResources,
  POLICY_VERSION_ACTIONS,
  policiesOf,
  readDecryption,
  readKeyType,
  readPolicies,
  readResourcePolicies,
  readRole,
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
      ...(dryRun ? [] : removeResources(request, policies)),
    ],
    optional: [
      ...readKeyTypeForUndo(request),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      ...(dryRun ? [] : [restorePolicy(request)]),
      ...findFlowsUsingSecret(request),
    ],
  };
}

/** Returns the permission to attach a policy again if it turns out to be needed after it was detached. */
function restorePolicy(request: PermissionRequest): Need {
  const resources = [roleOf(request)];
  const condition = onlyOurPolicies(request);
  return { sid: 'OptionalRestoreThePolicy', actions: ['iam:AttachRolePolicy'], resources, condition };
}

/** Returns the permissions to read the key type of a single secret, which the command that undoes its teardown has to name. */
function readKeyTypeForUndo(request: PermissionRequest): Need[] {
  if (request.manifest) return [];
  return [readKeyType(request), ...useKmsKey(request, [DECRYPT_ACTION], 'OptionalUseTheKmsKey')];
}

function removeResources(request: PermissionRequest, policies: string[]): Need[] {
  const ourResources = onlyOurResources(request);
  const role = [roleOf(request)];
  return [
    {
      sid: 'DeleteTheSecret',
      actions: ['secretsmanager:DeleteSecret'],
      resources: request.secrets.map(({ arn }) => arn),
      ...ourResources,
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
      condition: onlyOurPolicies(request),
    },
    { sid: 'DeleteThePolicy', actions: ['iam:DeletePolicy'], resources: policies, ...ourResources },
    { sid: 'DeleteTheRole', actions: ['iam:DeleteRole'], resources: role, ...ourResources },
  ];
}

/** Returns the permissions for `rotate`, with a new key or with `--rollback`. */
export function rotateNeeds(request: PermissionRequest): Needs {
  const { rollback, dryRun } = request;
  const encrypts = !rollback && !dryRun;
  return {
    required: [
      readValues(request),
      ...(dryRun ? [] : [rollback ? rollBack(request) : replaceKey(request)]),
      ...useKmsKey(request, encrypts ? WRITING_WITH_KMS : [DECRYPT_ACTION]),
    ],
    optional: [
      ...batchReadValues(request),
      ...(encrypts ? [listSecretVersions(request)] : []),
      ...findFlowsUsingSecret(request),
      ...(dryRun ? [] : finalChecks(request)),
    ],
  };
}

/** Returns the permissions to read what the final checks need besides the values. */
function finalChecks(request: PermissionRequest): Need[] {
  return [
    readResourcePolicies(request),
    ...readDecryption(request, { optional: true }),
    readRole(request, 'OptionalReadTheRole'),
    readPolicies(request, 'OptionalReadPolicies'),
  ];
}

function replaceKey({ secrets }: PermissionRequest): Need {
  return {
    sid: 'ReplaceTheKey',
    actions: ['secretsmanager:PutSecretValue'],
    resources: secrets.map(({ arn }) => arn),
  };
}

/** Returns the permission to move the staging label that marks the current version, and no other label. */
function rollBack({ secrets }: PermissionRequest): Need {
  return {
    sid: 'GoBackToTheKeyBefore',
    actions: ['secretsmanager:UpdateSecretVersionStage'],
    resources: secrets.map(({ arn }) => arn),
    condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
  };
}
