import { encodeStrictly } from '../auth/signature.ts';
import type { Call } from '../service.ts';
import { trustPolicyView } from './role-policies.ts';
import type { IamState, Policy, PolicyVersion, Role } from './store.ts';

/** Returns a role as ListRoles returns it. Lists omit members that only the Get operations return. */
export function roleView(call: Call, role: Role): object {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeStrictly(trustPolicyView(call, role)),
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

/** Returns a role as GetRole returns it. */
export function fullRoleView(call: Call, role: Role): object {
  const { boundaryArn } = role;
  return {
    ...roleView(call, role),
    PermissionsBoundary: boundaryArn && {
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: boundaryArn,
    },
    Tags: role.tags.length > 0 ? role.tags : undefined,
  };
}

/**
 * Returns a role as CreateRole returns it: the trust policy and the session duration are those of the request, before IAM
 * rewrites them.
 */
export function createdRoleView(
  call: Call,
  role: Role,
  request: { AssumeRolePolicyDocument: string; MaxSessionDuration?: number | undefined },
): object {
  return {
    ...fullRoleView(call, role),
    AssumeRolePolicyDocument: encodeStrictly(request.AssumeRolePolicyDocument),
    MaxSessionDuration: request.MaxSessionDuration,
  };
}

export function lastUsedView(role: Role): object {
  return role.lastUsed ? { LastUsedDate: new Date(role.lastUsed.at), Region: role.lastUsed.region } : {};
}

export function policyView(state: IamState, policy: Policy): object {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: rolesAttachedTo(state, policy.arn).length,
    PermissionsBoundaryUsageCount: rolesBoundedBy(state, policy.arn).length,
    IsAttachable: true,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
  };
}

export function versionView(policy: Policy, version: PolicyVersion): object {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersionId,
    CreateDate: new Date(version.createdAt),
  };
}

/** Returns the roles that a managed policy is attached to. */
export function rolesAttachedTo(state: IamState, policyArn: string): Role[] {
  return [...state.roles.values()].filter((role) => role.attachedPolicyArns.includes(policyArn));
}

/** Returns the roles whose permissions boundary is this managed policy. */
export function rolesBoundedBy(state: IamState, policyArn: string): Role[] {
  return [...state.roles.values()].filter((role) => role.boundaryArn === policyArn);
}
