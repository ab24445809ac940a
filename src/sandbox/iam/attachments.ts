import { type Operations, operation } from '../service.ts';
import { text } from '../shapes.ts';
import { noSuchPolicy, quotaExceeded } from './errors.ts';
import { paging, pathPrefix, policyArn, roleName } from './members.ts';
import {
  attachablePolicy,
  checkPolicyArn,
  iamWrite,
  paged,
  seenPolicy,
  seenRole,
  writableRole,
} from './operation.ts';
import type { IamState, Policy, Role } from './store.ts';
import { rolesBoundedBy, rolesWith } from './views.ts';

/** The operations that tie managed policies to roles. */
export const attachments: Operations = {
  AttachRolePolicy: iamWrite({ RoleName: roleName, PolicyArn: policyArn }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    const { arn } = attachablePolicy(call, input.PolicyArn);
    if (!role.attached.includes(arn)) {
      const { attachedPoliciesPerRole } = call.world.iamQuotas;
      if (role.attached.length >= attachedPoliciesPerRole) {
        throw quotaExceeded('PoliciesPerRole', attachedPoliciesPerRole);
      }
      role.attached.push(arn);
    }
    return undefined;
  }),
  DetachRolePolicy: iamWrite({ RoleName: roleName, PolicyArn: policyArn }, (call, input) => {
    const role = writableRole(call, input.RoleName);
    checkPolicyArn(input.PolicyArn);
    if (!role.attached.includes(input.PolicyArn)) {
      throw noSuchPolicy(input.PolicyArn);
    }
    role.attached = role.attached.filter((arn) => arn !== input.PolicyArn);
    return undefined;
  }),
  ListAttachedRolePolicies: operation(
    { ...paging, RoleName: roleName, PathPrefix: pathPrefix },
    (call, input) => {
      const state = call.iam.seen;
      const attached = attachedPolicies(state, seenRole(state, input.RoleName));
      const shown = attached.filter((policy) => policy.path.startsWith(input.PathPrefix ?? '/'));
      return paged(input, shown, 'AttachedPolicies', (policy) => ({
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
      const state = call.iam.seen;
      const { arn } = seenPolicy(state, input.PolicyArn);
      const users = input.PolicyUsageFilter === 'PermissionsBoundary' ? [] : rolesWith(state, arn);
      const bounded = input.PolicyUsageFilter === 'PermissionsPolicy' ? [] : rolesBoundedBy(state, arn);
      const wanted = input.EntityFilter === undefined || input.EntityFilter === 'Role';
      const roles = wanted ? [...new Set([...users, ...bounded])] : [];
      const shown = roles.filter((role) => role.path.startsWith(input.PathPrefix ?? '/'));
      const page = paged(input, shown, 'PolicyRoles', ({ name, id }) => ({ RoleName: name, RoleId: id }));
      return { PolicyGroups: [], PolicyUsers: [], ...page };
    },
  ),
};

function attachedPolicies(state: IamState, role: Role): Policy[] {
  return role.attached.flatMap((arn) => state.policies.get(arn) ?? []);
}
