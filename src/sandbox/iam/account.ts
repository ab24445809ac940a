import { type Operations, operation } from '../service.ts';
import { text } from '../shapes.ts';
import type { IamQuotas } from '../types.ts';
import { noSuchPolicy, paging, pathPrefix, policyArn, quotaExceeded, roleName } from './members.ts';
import {
  attachablePolicy,
  checkPolicyArn,
  iamWrite,
  pageResponse,
  policyOrThrow,
  roleOrThrow,
  writableRole,
} from './operation.ts';
import type { IamState, Policy, Role } from './store.ts';
import { rolesAttachedTo, rolesBoundedBy } from './views.ts';

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
    SummaryMap: new Map([...QUOTAS, ...adjustableQuotas(call.account.iamQuotas), ...usage(call.iam.visible)]),
  })),
  ListAccountAliases: operation(paging, (_call, input) =>
    pageResponse(input, [], 'AccountAliases', (alias: string) => alias),
  ),
};

function adjustableQuotas({ attachedPoliciesPerRole, trustPolicySize }: IamQuotas): [string, number][] {
  return [
    ['AssumeRolePolicySizeQuota', trustPolicySize],
    ['AttachedPoliciesPerRoleQuota', attachedPoliciesPerRole],
  ];
}

function usage(state: IamState): [string, number][] {
  const customerPolicies = [...state.policies.values()].filter((policy) => !policy.managedByAws);
  return [
    ['AccountAccessKeysPresent', 0],
    ['AccountMFAEnabled', 0],
    ['AccountPasswordPresent', 1],
    ['AccountSigningCertificatesPresent', 0],
    ['Groups', 0],
    ['InstanceProfiles', 0],
    ['MFADevices', 0],
    ['MFADevicesInUse', 0],
    ['Policies', customerPolicies.length],
    ['PolicyVersionsInUse', customerPolicies.reduce((sum, policy) => sum + policy.versions.length, 0)],
    ['Providers', 0],
    ['Roles', state.roles.size],
    ['ServerCertificates', 0],
    ['Users', 1],
  ];
}

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
    if (!role.attachedPolicyArns.includes(input.PolicyArn)) {
      throw noSuchPolicy(input.PolicyArn);
    }
    role.attachedPolicyArns = role.attachedPolicyArns.filter((arn) => arn !== input.PolicyArn);
    return undefined;
  }),
  ListAttachedRolePolicies: operation(
    { ...paging, RoleName: roleName, PathPrefix: pathPrefix },
    (call, input) => {
      const state = call.iam.visible;
      const allAttached = attachedPolicies(state, roleOrThrow(state, input.RoleName));
      const matchingPolicies = allAttached.filter((policy) =>
        policy.path.startsWith(input.PathPrefix ?? '/'),
      );
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
      const state = call.iam.visible;
      const { arn } = policyOrThrow(state, input.PolicyArn);
      const attachedRoles =
        input.PolicyUsageFilter === 'PermissionsBoundary' ? [] : rolesAttachedTo(state, arn);
      const boundedRoles = input.PolicyUsageFilter === 'PermissionsPolicy' ? [] : rolesBoundedBy(state, arn);
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

function attachedPolicies(state: IamState, role: Role): Policy[] {
  return role.attachedPolicyArns.flatMap((arn) => state.policies.get(arn) ?? []);
}
