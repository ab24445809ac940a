import { type Operations, operation } from '../service.ts';
import type { IamQuotas } from '../types.ts';
import { paging } from './members.ts';
import { pageResponse } from './operation.ts';
import type { IamState } from './store.ts';

/** The quotas that are the same for every account of the sandbox. */
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
