import { homeRegion } from '../partitions.ts';
import { tagsIn, textIn, textsIn } from '../permissions/input.ts';
import { type Facts, type Need, requestTags, resourceTags } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { type Role, roleKey } from './store.ts';

/** The actions on roles that support `iam:PermissionsBoundary`. Source: the service authorization reference of IAM. */
const KNOW_BOUNDARY = new Set(
  `AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole PutRolePolicy
  UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`.split(/\s+/),
);

/**
 * Returns the permissions that IAM operations need. A denial names an existing role as `role NAME` and an existing policy as
 * `policy ARN`. It names a new role by its ARN, a new policy as `policy NAME`, and a listing by its path.
 */
export function needs(call: Call, action: string, input: Input): Need[] {
  return needsOf(call, action, input).map((need) => ({
    ...need,
    facts: { 'aws:RequestedRegion': homeRegion(call.world.partition), ...need.facts },
  }));
}

function needsOf(call: Call, action: string, input: Input): Need[] {
  const permission = `iam:${action}`;
  switch (action) {
    case 'CreateRole':
      return creation(permission, 'iam:TagRole', newArn(call, 'role', input), undefined, input);
    case 'CreatePolicy': {
      const shown = `policy ${textIn(input, 'PolicyName')}`;
      return creation(permission, 'iam:TagPolicy', newArn(call, 'policy', input), shown, input);
    }
    case 'ListRoles':
      return [{ action: permission, resource: '*', shown: `${ownArn(call)}role${pathPrefix(input)}` }];
    case 'ListPolicies':
      return [{ action: permission, resource: '*', shown: `policy path ${pathPrefix(input)}` }];
    case 'SimulatePrincipalPolicy':
      return [{ action: permission, resource: textIn(input, 'PolicySourceArn') ?? '*' }];
    default:
      return [onRole(call, action, input) ?? onPolicy(call, action, input) ?? onAccount(permission)];
  }
}

function creation(
  action: string,
  tagging: string,
  resource: string,
  shown: string | undefined,
  input: Input,
): Need[] {
  const tags = tagsIn(input);
  const boundary = { 'iam:PermissionsBoundary': textIn(input, 'PermissionsBoundary') };
  const facts = { ...requestTags(tags), ...boundary };
  const need = { resource, facts, ...(shown !== undefined && { shown }) };
  return tags
    ? [
        { action, ...need },
        { action: tagging, ...need },
      ]
    : [{ action, ...need }];
}

function onRole(call: Call, action: string, input: Input): Need | undefined {
  const name = textIn(input, 'RoleName');
  if (name === undefined) {
    return undefined;
  }
  const role = call.iam.seen.roles.get(roleKey(name));
  return {
    action: `iam:${action}`,
    resource: role?.arn ?? `${ownArn(call)}role/${name}`,
    shown: `role ${name}`,
    facts: {
      ...resourceTags('iam', role?.tags ?? []),
      ...taggingFacts(input),
      'iam:PolicyARN': textIn(input, 'PolicyArn'),
      'iam:PermissionsBoundary': boundaryFor(action, input, role),
    },
  };
}

/**
 * Returns the value of `iam:PermissionsBoundary`: the boundary to be set, for the request that sets one; otherwise the existing
 * one.
 */
function boundaryFor(action: string, input: Input, role: Role | undefined): string | undefined {
  if (action === 'PutRolePermissionsBoundary') {
    return textIn(input, 'PermissionsBoundary');
  }
  return KNOW_BOUNDARY.has(action) ? role?.boundaryArn : undefined;
}

function onPolicy(call: Call, action: string, input: Input): Need | undefined {
  const arn = textIn(input, 'PolicyArn');
  if (arn === undefined) {
    return undefined;
  }
  const tags = call.iam.seen.policies.get(arn)?.tags ?? [];
  return {
    action: `iam:${action}`,
    resource: arn,
    shown: `policy ${arn}`,
    facts: { ...resourceTags('iam', tags), ...taggingFacts(input) },
  };
}

const onAccount = (action: string): Need => ({ action, resource: '*' });

function taggingFacts(input: Input): Facts {
  return { 'aws:TagKeys': textsIn(input, 'TagKeys'), ...requestTags(tagsIn(input)) };
}

function newArn(call: Call, kind: 'role' | 'policy', input: Input): string {
  const name = textIn(input, kind === 'role' ? 'RoleName' : 'PolicyName');
  return `${ownArn(call)}${kind}${textIn(input, 'Path') ?? '/'}${name}`;
}

const ownArn = ({ world }: Call) => `arn:${world.partition}:iam::${world.account}:`;
const pathPrefix = (input: Input) => textIn(input, 'PathPrefix') ?? '/';

/**
 * All operations of IAM, API version 2010-05-08: they tell an operation that the sandbox does not implement from one that does
 * not exist.
 */
export const operationNames = `
AcceptDelegationRequest AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile AddUserToGroup
AssociateDelegationRequest AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword
CreateAccessKey CreateAccountAlias CreateDelegationRequest CreateGroup CreateInstanceProfile
CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion CreateRole
CreateSAMLProvider CreateServiceLinkedRole CreateServiceSpecificCredential CreateUser CreateVirtualMFADevice
DeactivateMFADevice DeleteAccessKey DeleteAccountAlias DeleteAccountPasswordPolicy DeleteGroup
DeleteGroupPolicy DeleteInstanceProfile DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy
DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteSAMLProvider
DeleteSSHPublicKey DeleteServerCertificate DeleteServiceLinkedRole DeleteServiceSpecificCredential
DeleteSigningCertificate DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice
DetachGroupPolicy DetachRolePolicy DetachUserPolicy DisableOrganizationsRootCredentialsManagement
DisableOrganizationsRootSessions DisableOutboundWebIdentityFederation EnableMFADevice
EnableOrganizationsRootCredentialsManagement EnableOrganizationsRootSessions
EnableOutboundWebIdentityFederation GenerateCredentialReport GenerateOrganizationsAccessReport
GenerateServiceLastAccessedDetails GetAccessKeyLastUsed GetAccountAuthorizationDetails
GetAccountPasswordPolicy GetAccountSummary GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy
GetCredentialReport GetDelegationRequest GetGroup GetGroupPolicy GetHumanReadableSummary GetInstanceProfile
GetLoginProfile GetMFADevice GetOpenIDConnectProvider GetOrganizationsAccessReport
GetOutboundWebIdentityFederationInfo GetPolicy GetPolicyVersion GetRole GetRolePolicy GetSAMLProvider
GetSSHPublicKey GetServerCertificate GetServiceLastAccessedDetails GetServiceLastAccessedDetailsWithEntities
GetServiceLinkedRoleDeletionStatus GetUser GetUserPolicy ListAccessKeys ListAccountAliases
ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies ListDelegationRequests
ListEntitiesForPolicy ListGroupPolicies ListGroups ListGroupsForUser ListInstanceProfileTags
ListInstanceProfiles ListInstanceProfilesForRole ListMFADeviceTags ListMFADevices
ListOpenIDConnectProviderTags ListOpenIDConnectProviders ListOrganizationsFeatures ListPolicies
ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions ListRolePolicies ListRoleTags ListRoles
ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys ListServerCertificateTags ListServerCertificates
ListServiceSpecificCredentials ListSigningCertificates ListUserPolicies ListUserTags ListUsers
ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary PutRolePolicy PutUserPermissionsBoundary
PutUserPolicy RejectDelegationRequest RemoveClientIDFromOpenIDConnectProvider RemoveRoleFromInstanceProfile
RemoveUserFromGroup ResetServiceSpecificCredential ResyncMFADevice SendDelegationToken
SetDefaultPolicyVersion SetSecurityTokenServicePreferences SimulateCustomPolicy SimulatePrincipalPolicy
TagInstanceProfile TagMFADevice TagOpenIDConnectProvider TagPolicy TagRole TagSAMLProvider
TagServerCertificate TagUser UntagInstanceProfile UntagMFADevice UntagOpenIDConnectProvider UntagPolicy
UntagRole UntagSAMLProvider UntagServerCertificate UntagUser UpdateAccessKey UpdateAccountPasswordPolicy
UpdateAssumeRolePolicy UpdateDelegationRequest UpdateGroup UpdateLoginProfile
UpdateOpenIDConnectProviderThumbprint UpdateRole UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey
UpdateServerCertificate UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser
UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate
`
  .trim()
  .split(/\s+/);
