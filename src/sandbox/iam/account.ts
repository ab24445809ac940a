import { type Operations, operation } from '../service.ts';
import { text } from '../shapes.ts';
import type { IamQuotas } from '../types.ts';
import { noSuchPolicy, paging, pathPrefix, policyArn, quotaExceeded, roleName } from './members.ts';
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

const QUOTAS: readonly (readonly [string, number])[] = [
  ['AccessKeysPerUserQuota', 2],
  ['AttachedPoliciesPerGroupQuota', 10],
  ['AttachedPoliciesPerUserQuota', 10],
  ['GlobalEndpointTokenVersion', 1],
  ['GroupPolicySizeQuota', 5120],
  ['GroupsPerUserQuota', 10],
  ['GroupsQuota', 300],
  ['InstanceProfilesQuota', 1000],
  ['PoliciesQuota', 1500],
  ['PolicySizeQuota', 6144],
  ['PolicyVersionsInUseQuota', 10_000],
  ['RolePolicySizeQuota', 10_240],
  ['RolesQuota', 1000],
  ['ServerCertificatesQuota', 20],
  ['SigningCertificatesPerUserQuota', 2],
  ['UserPolicySizeQuota', 2048],
  ['UsersQuota', 5000],
  ['VersionsPerPolicyQuota', 5],
];

/** GetAccountSummary, and ListAccountAliases for an account without aliases. */
export const accountOperations: Operations = {
  GetAccountSummary: operation({}, (call) => ({
    SummaryMap: new Map([...QUOTAS, ...changeable(call.world.iamQuotas), ...usage(call.iam.seen)]),
  })),
  ListAccountAliases: operation(paging, (_call, input) =>
    paged(input, [], 'AccountAliases', (alias: string) => alias),
  ),
};

function changeable({ attachedPoliciesPerRole, trustPolicySize }: IamQuotas): [string, number][] {
  return [
    ['AssumeRolePolicySizeQuota', trustPolicySize],
    ['AttachedPoliciesPerRoleQuota', attachedPoliciesPerRole],
  ];
}

function usage(state: IamState): [string, number][] {
  const own = [...state.policies.values()].filter((policy) => !policy.managedByAws);
  return [
    ['AccountAccessKeysPresent', 0],
    ['AccountMFAEnabled', 0],
    ['AccountPasswordPresent', 1],
    ['AccountSigningCertificatesPresent', 0],
    ['Groups', 0],
    ['InstanceProfiles', 0],
    ['MFADevices', 0],
    ['MFADevicesInUse', 0],
    ['Policies', own.length],
    ['PolicyVersionsInUse', own.reduce((sum, policy) => sum + policy.versions.length, 0)],
    ['Providers', 0],
    ['Roles', state.roles.size],
    ['ServerCertificates', 0],
    ['Users', 1],
  ];
}

/** The operations on the attachments of managed policies to roles. */
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
