import { DECRYPT_ACTION, type JsonObject, MEDIACONNECT_SERVICE } from '../../../policy/index.ts';
import {
  batchReadValues,
  findFlowsUsingSecret,
  KMS_WRITE_ACTIONS,
  listSecrets,
  listSecretVersions,
  needForSecrets,
  onlyOurPolicies,
  onlyTheseTags,
  POLICY_VERSION_ACTIONS,
  policiesOf,
  readDecryption,
  readPolicies,
  readRole,
  readSecrets,
  replaceKey,
  roleOf,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** Returns the permissions for `setup`. */
export function setupNeeds(request: PermissionRequest): Needs {
  const { dryRun, byArn, manifest } = request;
  return {
    required: [
      readSecrets(request),
      ...(dryRun ? [] : writeSecrets(request)),
      ...useKmsKey(request, dryRun || byArn ? [DECRYPT_ACTION] : KMS_WRITE_ACTIONS),
      readPolicies(request),
      ...(dryRun ? [] : writePolicies(request)),
      readRole(request),
      ...(dryRun ? [] : writeRole(request)),
    ],
    optional: [
      ...(byArn || manifest ? [] : [listSecrets('OptionalOfferSecrets', request)]),
      ...batchReadValues(request),
      ...(request.replace && !dryRun ? [listSecretVersions(request)] : []),
      ...(request.replace ? findFlowsUsingSecret(request) : []),
      ...(dryRun ? [] : readDecryption(request, { optional: true })),
      { sid: 'OptionalFindPolicies', actions: ['iam:ListPolicies'], resources: ['*'] },
      { sid: 'OptionalFindStacks', actions: ['iam:GetPolicy'], resources: policiesOf(request) },
      { sid: 'OptionalReadQuotas', actions: ['iam:GetAccountSummary'], resources: ['*'] },
    ],
  };
}

function writeSecrets(request: PermissionRequest): Need[] {
  // Creating a secret with tags also requires TagResource.
  const createActions = ['secretsmanager:CreateSecret', 'secretsmanager:TagResource'];
  const create = needForSecrets('StoreTheKey', createActions, request);
  const restore = needForSecrets('RestoreTheSecret', ['secretsmanager:RestoreSecret'], request);
  return [
    ...(request.byArn ? [] : [{ ...create, condition: onlyTheseTags(request) }]),
    ...(request.replace ? [replaceKey(request)] : []),
    ...(request.restore ? [restore] : []),
  ];
}

function writePolicies(request: PermissionRequest): Need[] {
  const resources = policiesOf(request);
  const condition = onlyTheseTags(request);
  return [
    { sid: 'MakeThePolicy', actions: ['iam:CreatePolicy', 'iam:TagPolicy'], resources, condition },
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
      condition: { ...onlyTheseTags(request), ...onlyWithBoundary(request) },
    },
    // A separate statement, because the condition on the permissions boundary doesn't apply to tagging.
    { sid: 'TagTheRole', actions: ['iam:TagRole'], resources, condition: onlyTheseTags(request) },
    {
      sid: 'AttachThePolicy',
      actions: ['iam:AttachRolePolicy'],
      resources,
      // No condition on the boundary: right after creating the role, IAM may not know its boundary yet.
      condition: onlyOurPolicies(request),
    },
    ...(request.updateTrust ? [trust] : []),
  ];
}

/** Returns the condition that prevents creating a role without the permissions boundary. */
function onlyWithBoundary({ permissionsBoundary }: PermissionRequest): JsonObject {
  return permissionsBoundary ? { StringEquals: { 'iam:PermissionsBoundary': permissionsBoundary } } : {};
}

/**
 * Returns the permission to pass the role to MediaConnect, and to no other service. Source: IAM User Guide, "Grant a user
 * permissions to pass a role to an AWS service".
 */
export function passRole(request: PermissionRequest): Need {
  return {
    sid: 'PassTheRole',
    actions: ['iam:PassRole'],
    resources: [roleOf(request)],
    condition: { StringEquals: { 'iam:PassedToService': MEDIACONNECT_SERVICE } },
  };
}

/** Returns the permissions for creating flows that encryption requires. */
export function createFlowNeeds(request: PermissionRequest): Needs {
  return { required: [passRole(request)], optional: [] };
}
