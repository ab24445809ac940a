import { newUniqueId } from '../random.ts';
import { type Operations, operation } from '../service.ts';
import { required, tagList, text } from '../shapes.ts';
import {
  alreadyExists,
  deleteConflict,
  document,
  noSuchPolicy,
  optionalPolicyArn,
  paging,
  pathPrefix,
  policyArn,
  quotaExceeded,
  roleDescription,
  roleName,
  rolePath,
  sessionSeconds,
} from './members.ts';
import {
  arnPrefix,
  attachablePolicy,
  checkPolicyArn,
  iamWrite,
  pageResponse,
  policyOrThrow,
  roleOrThrow,
  writableRole,
} from './operation.ts';
import { validatedTrustPolicy } from './role-policies.ts';
import { type Role, roleKey } from './store.ts';
import { checkedTags } from './tagging.ts';
import {
  createdRoleView,
  fullRoleView,
  lastUsedView,
  rolesAttachedTo,
  rolesBoundedBy,
  roleView,
} from './views.ts';

const DEFAULT_SESSION_SECONDS = 3600;

export const roleOperations: Operations = {
  CreateRole: iamWrite(
    {
      RoleName: roleName,
      AssumeRolePolicyDocument: document,
      Path: rolePath,
      Description: roleDescription,
      MaxSessionDuration: sessionSeconds,
      PermissionsBoundary: optionalPolicyArn,
      Tags: tagList,
    },
    (call, input) => {
      const { roles } = call.iam.latest;
      const name = input.RoleName;
      const tags = checkedTags(input.Tags ?? []);
      const trustFields = validatedTrustPolicy(call, input.AssumeRolePolicyDocument);
      const boundary = input.PermissionsBoundary;
      const boundaryArn = boundary && attachablePolicy(call, boundary).arn;
      if (roles.has(roleKey(name))) throw alreadyExists(`Role with name ${name} already exists.`);
      const path = input.Path ?? '/';
      const role: Role = {
        name,
        path,
        id: newUniqueId('AROA'),
        arn: `${arnPrefix(call)}role${path}${name}`,
        createdAt: call.now,
        description: input.Description,
        maxSessionSeconds: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
        ...trustFields,
        boundaryArn,
        tags,
        attachedPolicyArns: [],
        inlinePolicies: new Map(),
      };
      roles.set(roleKey(name), role);
      return { Role: createdRoleView(call, role, input) };
    },
  ),
  GetRole: operation({ RoleName: roleName }, (call, input) => {
    const role = roleOrThrow(call.iam.visible, input.RoleName);
    return { Role: { ...fullRoleView(call, role), RoleLastUsed: lastUsedView(role) } };
  }),
  ListRoles: operation({ ...paging, PathPrefix: pathPrefix }, (call, input) => {
    const prefix = input.PathPrefix ?? '/';
    const matchingRoles = [...call.iam.visible.roles.values()].filter((role) => role.path.startsWith(prefix));
    const byName = matchingRoles.sort((a, b) => (roleKey(a.name) < roleKey(b.name) ? -1 : 1));
    return pageResponse(input, byName, 'Roles', (role) => roleView(call, role));
  }),
  ListInstanceProfilesForRole: operation({ ...paging, RoleName: roleName }, (call, input) => {
    roleOrThrow(call.iam.visible, input.RoleName);
    // The sandbox has no EC2, and so no instance profiles.
    return pageResponse(input, [], 'InstanceProfiles', (profile) => profile);
  }),
  UpdateRole: iamWrite(
    { RoleName: roleName, Description: roleDescription, MaxSessionDuration: sessionSeconds },
    (call, input) => {
      const role = writableRole(call, input.RoleName);
      if (input.Description !== undefined) role.description = input.Description;
      role.maxSessionSeconds = input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS;
      return {};
    },
  ),
  UpdateRoleDescription: iamWrite(
    { RoleName: roleName, Description: required(roleDescription) },
    (call, input) => {
      const role = writableRole(call, input.RoleName);
      role.description = input.Description;
      return { Role: fullRoleView(call, role) };
    },
  ),
  UpdateAssumeRolePolicy: iamWrite({ RoleName: roleName, PolicyDocument: document }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    Object.assign(role, validatedTrustPolicy(call, input.PolicyDocument));
    return undefined;
  }),
  DeleteRole: iamWrite({ RoleName: roleName }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    if (role.attachedPolicyArns.length > 0) {
      throw deleteConflict('Cannot delete entity, must detach all policies first.');
    }
    if (role.inlinePolicies.size > 0) {
      throw deleteConflict('Cannot delete entity, must delete policies first.');
    }
    call.iam.latest.roles.delete(roleKey(role.name));
    return undefined;
  }),
  PutRolePermissionsBoundary: iamWrite(
    { RoleName: roleName, PermissionsBoundary: policyArn },
    (call, input) => {
      const role = writableRole(call, input.RoleName);
      role.boundaryArn = attachablePolicy(call, input.PermissionsBoundary).arn;
      return undefined;
    },
  ),
  DeleteRolePermissionsBoundary: iamWrite({ RoleName: roleName }, (call, input) => {
    writableRole(call, input.RoleName).boundaryArn = undefined;
    return undefined;
  }),
};

/** The operations on the attachments of managed policies to roles. */
export const attachmentOperations: Operations = {
  AttachRolePolicy: iamWrite({ RoleName: roleName, PolicyArn: policyArn }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    const { arn } = attachablePolicy(call, input.PolicyArn);
    if (!role.attachedPolicyArns.includes(arn)) {
      const { attachedPoliciesPerRole } = call.account.iamQuotas;
      if (role.attachedPolicyArns.length >= attachedPoliciesPerRole) {
        throw quotaExceeded('PoliciesPerRole', attachedPoliciesPerRole);
      }
      role.attachedPolicyArns.push(arn);
    }
    return undefined;
  }),
  DetachRolePolicy: iamWrite({ RoleName: roleName, PolicyArn: policyArn }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    checkPolicyArn(input.PolicyArn);
    if (!role.attachedPolicyArns.includes(input.PolicyArn)) throw noSuchPolicy(input.PolicyArn);
    role.attachedPolicyArns = role.attachedPolicyArns.filter((arn) => arn !== input.PolicyArn);
    return undefined;
  }),
  ListAttachedRolePolicies: operation(
    { ...paging, RoleName: roleName, PathPrefix: pathPrefix },
    (call, input) => {
      const { visible } = call.iam;
      const { attachedPolicyArns } = roleOrThrow(visible, input.RoleName);
      const attachedPolicies = attachedPolicyArns.flatMap((arn) => visible.policies.get(arn) ?? []);
      const prefix = input.PathPrefix ?? '/';
      const matchingPolicies = attachedPolicies.filter((policy) => policy.path.startsWith(prefix));
      return pageResponse(input, matchingPolicies, 'AttachedPolicies', (policy) => ({
        PolicyName: policy.name,
        PolicyArn: policy.arn,
      }));
    },
  ),
  ListEntitiesForPolicy: operation(
    {
      ...paging,
      PolicyArn: policyArn,
      EntityFilter: text({ oneOf: ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] }),
      PathPrefix: pathPrefix,
      PolicyUsageFilter: text({ oneOf: ['PermissionsPolicy', 'PermissionsBoundary'] }),
    },
    (call, input) => {
      const { visible } = call.iam;
      const { arn } = policyOrThrow(visible, input.PolicyArn);
      const usage = input.PolicyUsageFilter;
      const attachedRoles = usage === 'PermissionsBoundary' ? [] : rolesAttachedTo(visible, arn);
      const boundedRoles = usage === 'PermissionsPolicy' ? [] : rolesBoundedBy(visible, arn);
      const includesRoles = input.EntityFilter === undefined || input.EntityFilter === 'Role';
      const roles = includesRoles ? [...new Set([...attachedRoles, ...boundedRoles])] : [];
      const matchingRoles = roles.filter((role) => role.path.startsWith(input.PathPrefix ?? '/'));
      const page = pageResponse(input, matchingRoles, 'PolicyRoles', ({ name, id }) => ({
        RoleName: name,
        RoleId: id,
      }));
      return { PolicyGroups: [], PolicyUsers: [], ...page };
    },
  ),
};
