import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  findSecrets,
  findUsers,
  onlyItsPolicies,
  onlyOwn,
  POLICY_VERSION_ACTIONS,
  policiesOf,
  readKeyType,
  readPolicies,
  readRole,
  roleOf,
  useKmsKey,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** What `teardown` needs. */
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

/** Returns what it takes to attach a policy again that turns out to be needed after it was detached. */
function restorePolicy(request: PermissionRequest): Need {
  const resources = [roleOf(request)];
  const condition = onlyItsPolicies(request);
  return { sid: 'OptionalRestoreThePolicy', actions: ['iam:AttachRolePolicy'], resources, condition };
}

/** What a single secret holds decides how the teardown is undone. */
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
