import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  batchReadValues,
  findFlowsUsingSecret,
  findSecrets,
  KMS_WRITE_ACTIONS,
  listSecretVersions,
  needForSecrets,
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
  replaceKey,
  roleOf,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** Returns the permissions for `teardown`. */
export function teardownNeeds(request: PermissionRequest): Needs {
  const { dryRun } = request;
  const resources = policiesOf(request);
  return {
    required: [
      findSecrets(request),
      readPolicies(request),
      { sid: 'FindUsersOfThePolicy', actions: ['iam:GetPolicy', 'iam:ListEntitiesForPolicy'], resources },
      readRole(request),
      ...(dryRun ? [] : removeResources(request)),
    ],
    optional: [
      ...readKeyTypeForUndo(request),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      ...(dryRun ? [] : [restorePolicy(request)]),
      ...findFlowsUsingSecret(request),
    ],
  };
}

/** Returns the permission to attach a detached policy again if another key turns out to need it. */
function restorePolicy(request: PermissionRequest): Need {
  const resources = [roleOf(request)];
  const condition = onlyOurPolicies(request);
  return { sid: 'OptionalRestoreThePolicy', actions: ['iam:AttachRolePolicy'], resources, condition };
}

/** Returns the permissions to read the key type. For a single secret, the command that undoes the teardown has to name the type. */
function readKeyTypeForUndo(request: PermissionRequest): Need[] {
  if (request.manifest) return [];
  return [readKeyType(request), ...useKmsKey(request, [DECRYPT_ACTION], 'OptionalUseTheKmsKey')];
}

function removeResources(request: PermissionRequest): Need[] {
  const condition = onlyOurResources(request);
  const policies = policiesOf(request);
  const role = [roleOf(request)];
  return [
    { ...needForSecrets('DeleteTheSecret', ['secretsmanager:DeleteSecret'], request), condition },
    { sid: 'ChangeThePolicy', actions: POLICY_VERSION_ACTIONS, resources: policies },
    {
      sid: 'DetachThePolicy',
      actions: ['iam:DetachRolePolicy'],
      resources: role,
      condition: onlyOurPolicies(request),
    },
    { sid: 'DeleteThePolicy', actions: ['iam:DeletePolicy'], resources: policies, condition },
    { sid: 'DeleteTheRole', actions: ['iam:DeleteRole'], resources: role, condition },
  ];
}

/** Returns the permissions for `rotate`, with a new key or with `--rollback`. */
export function rotateNeeds(request: PermissionRequest): Needs {
  const { rollback, dryRun } = request;
  const encrypts = !rollback && !dryRun;
  return {
    required: [
      readValues(request),
      ...(dryRun ? [] : [rollback ? restorePreviousKey(request) : replaceKey(request)]),
      ...useKmsKey(request, encrypts ? KMS_WRITE_ACTIONS : [DECRYPT_ACTION]),
    ],
    optional: [
      ...batchReadValues(request),
      ...(encrypts ? [listSecretVersions(request)] : []),
      ...findFlowsUsingSecret(request),
      ...(dryRun ? [] : finalChecks(request)),
    ],
  };
}

/** Returns the permissions to read what the checks after a rotation need besides the values. */
function finalChecks(request: PermissionRequest): Need[] {
  return [
    readResourcePolicies(request),
    ...readDecryption(request, { optional: true }),
    readRole(request, 'OptionalReadTheRole'),
    readPolicies(request, 'OptionalReadPolicies'),
  ];
}

/** Returns the permission to move the staging label that marks the current version, and no other label. */
function restorePreviousKey(request: PermissionRequest): Need {
  const need = needForSecrets('GoBackToTheKeyBefore', ['secretsmanager:UpdateSecretVersionStage'], request);
  return { ...need, condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } } };
}
