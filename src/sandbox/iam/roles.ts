import { uniqueId } from '../random.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { required, tagList } from '../shapes.ts';
import { validatedTrustPolicy } from './inline.ts';
import {
  alreadyExists,
  deleteConflict,
  document,
  optionalPolicyArn,
  paging,
  path,
  pathPrefix,
  policyArn,
  roleDescription,
  roleName,
  sessionSeconds,
} from './members.ts';
import { attachablePolicy, iamWrite, pageResponse, roleOrThrow, writableRole } from './operation.ts';
import { type Role, roleKey } from './store.ts';
import { checkedTags } from './tagging.ts';
import { createdRoleView, fullRoleView, lastUsedView, roleView } from './views.ts';

const DEFAULT_SESSION_SECONDS = 3600;

export const roleOperations: Operations = {
  CreateRole: iamWrite(
    {
      RoleName: roleName,
      AssumeRolePolicyDocument: document,
      Path: path,
      Description: roleDescription,
      MaxSessionDuration: sessionSeconds,
      PermissionsBoundary: optionalPolicyArn,
      Tags: tagList,
    },
    (call, input) => {
      const rolesByName = call.iam.latest.roles;
      const tags = checkedTags(input.Tags ?? []);
      const trustFields = validatedTrustPolicy(call, input.AssumeRolePolicyDocument);
      const boundary = input.PermissionsBoundary;
      const boundaryField =
        boundary === undefined ? {} : { boundaryArn: attachablePolicy(call, boundary).arn };
      if (rolesByName.has(roleKey(input.RoleName))) {
        throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
      }
      const role: Role = {
        ...newRole(call, input.RoleName, input.Path ?? '/'),
        ...trustFields,
        ...boundaryField,
        ...(input.Description !== undefined && { description: input.Description }),
        maxSessionSeconds: input.MaxSessionDuration ?? DEFAULT_SESSION_SECONDS,
        tags,
      };
      rolesByName.set(roleKey(role.name), role);
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
      if (input.Description !== undefined) {
        role.description = input.Description;
      }
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
    delete writableRole(call, input.RoleName).boundaryArn;
    return undefined;
  }),
};

function newRole(call: Call, name: string, rolePath: string): Role {
  return {
    name,
    path: rolePath,
    id: uniqueId('AROA'),
    arn: `arn:${call.account.partition}:iam::${call.account.accountId}:role${rolePath}${name}`,
    createdAt: call.now,
    maxSessionSeconds: DEFAULT_SESSION_SECONDS,
    trustPolicy: '',
    trustedPrincipalIds: new Map(),
    tags: [],
    attachedPolicyArns: [],
    inlinePolicies: new Map(),
  };
}
