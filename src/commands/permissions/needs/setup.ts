import { type JsonObject, MEDIACONNECT_SERVICE } from '../../../policy/index.ts';
import {
  findUsers,
  listSecrets,
  listSecretVersions,
  onlyItsPolicies,
  onlyTheseTags,
  POLICY_VERSION_ACTIONS,
  policiesOf,
  readDecryption,
  readPolicies,
  readRole,
  readSecrets,
  readTogether,
  roleOf,
  useKmsKey,
  WRITING_WITH_KMS,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** What `setup` needs. */
export function setupNeeds(request: PermissionRequest): Needs {
  const { dryRun, byArn, manifest } = request;
  return {
    required: [
      readSecrets(request),
      ...(dryRun ? [] : writeSecrets(request)),
      ...useKmsKey(request, dryRun || byArn ? ['kms:Decrypt'] : WRITING_WITH_KMS),
      readPolicies(request),
      ...(dryRun ? [] : writePolicies(request)),
      readRole(request),
      ...(dryRun ? [] : writeRole(request)),
    ],
    optional: [
      ...(byArn || manifest ? [] : [listSecrets('OptionalOfferSecrets', request)]),
      ...readTogether(request),
      ...(request.replace && !dryRun ? [listSecretVersions(request)] : []),
      ...(request.replace ? findUsers(request) : []),
      ...(dryRun ? [] : readDecryption(request, true)),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      { sid: 'OptionalFindStacks', actions: ['iam:GetPolicy'], resources: policiesOf(request) },
      { sid: 'OptionalReadQuotas', actions: ['iam:GetAccountSummary'], resources: ['*'] },
    ],
  };
}

function writeSecrets(request: PermissionRequest): Need[] {
  const resources = request.secrets.map(({ arn }) => arn);
  const store: Need = {
    sid: 'StoreTheKey',
    // Creating with tags takes the second one as well.
    actions: ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'],
    resources,
    condition: onlyTheseTags(request),
  };
  return [
    ...(request.byArn ? [] : [store]),
    ...(request.replace
      ? [{ sid: 'ReplaceTheKey' as const, actions: ['secretsmanager:PutSecretValue'], resources }]
      : []),
    ...(request.restore
      ? [{ sid: 'RestoreTheSecret' as const, actions: ['secretsmanager:RestoreSecret'], resources }]
      : []),
  ];
}

function writePolicies(request: PermissionRequest): Need[] {
  const resources = policiesOf(request);
  return [
    {
      sid: 'MakeThePolicy',
      actions: ['iam:CreatePolicy', 'iam:TagPolicy'],
      resources,
      condition: onlyTheseTags(request),
    },
    { sid: 'ChangeThePolicy', actions: POLICY_VERSION_ACTIONS, resources },
  ];
}

function writeRole(request: PermissionRequest): Need[] {
  const resources = [roleOf(request)];
  const trust: Need = { sid: 'UpdateTheTrust', actions: ['iam:UpdateAssumeRolePolicy'], resources };
  return [
    {
      sid: 'MakeTheRole',
      actions: ['iam:CreateRole'],
      resources,
      condition: { ...onlyTheseTags(request), ...withBoundary(request) },
    },
    // Apart from the creation, because tagging does not know the condition on the boundary.
    { sid: 'TagTheRole', actions: ['iam:TagRole'], resources, condition: onlyTheseTags(request) },
    {
      sid: 'AttachThePolicy',
      actions: ['iam:AttachRolePolicy'],
      resources,
      // No boundary here: a moment after the role was made, IAM may not know yet that it has one.
      condition: onlyItsPolicies(request),
    },
    ...(request.updateTrust ? [trust] : []),
  ];
}

/** A role without the boundary cannot be made. */
function withBoundary({ permissionsBoundary }: PermissionRequest): JsonObject {
  return permissionsBoundary ? { StringEquals: { 'iam:PermissionsBoundary': permissionsBoundary } } : {};
}

/**
 * Giving the role to MediaConnect, and to no other service.
 * Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
 */
export function passRole(request: PermissionRequest): Need {
  return {
    sid: 'PassTheRole',
    actions: ['iam:PassRole'],
    resources: [roleOf(request)],
    condition: { StringEquals: { 'iam:PassedToService': MEDIACONNECT_SERVICE } },
  };
}

/** The permissions for creating flows that the encryption needs. */
export function createFlowNeeds(request: PermissionRequest): Needs {
  return { required: [passRole(request)], optional: [] };
}
