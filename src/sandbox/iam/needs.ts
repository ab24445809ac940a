import { homeRegion } from '../partitions.ts';
import { stringIn, stringsIn, tagsIn } from '../permissions/input.ts';
import {
  type ConditionValues,
  type RequiredPermission,
  requestTagValues,
  resourceTagValues,
} from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { type Role, roleKey } from './store.ts';

/** The actions on roles that support `iam:PermissionsBoundary`. Source: the service authorization reference of IAM. */
const ACTIONS_WITH_BOUNDARY = new Set(
  `AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole PutRolePolicy
  UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`.split(/\s+/),
);

/**
 * Returns the permissions that IAM operations need. The access denied message names an existing role as `role NAME` and an
 * existing policy as `policy ARN`. It names a new role by its ARN, a new policy as `policy NAME`, and a list operation by its
 * path.
 */
export function requiredPermissions(call: Call, action: string, input: Input): RequiredPermission[] {
  return permissionsFor(call, action, input).map((permission) => ({
    ...permission,
    conditionValues: {
      'aws:RequestedRegion': homeRegion(call.account.partition),
      ...permission.conditionValues,
    },
  }));
}

function permissionsFor(call: Call, action: string, input: Input): RequiredPermission[] {
  const permission = `iam:${action}`;
  switch (action) {
    case 'CreateRole':
      return creationPermissions(
        permission,
        'iam:TagRole',
        newResourceArn(call, 'role', input),
        undefined,
        input,
      );
    case 'CreatePolicy': {
      const resourceInMessage = `policy ${stringIn(input, 'PolicyName')}`;
      return creationPermissions(
        permission,
        'iam:TagPolicy',
        newResourceArn(call, 'policy', input),
        resourceInMessage,
        input,
      );
    }
    case 'ListRoles':
      return [
        {
          action: permission,
          resource: '*',
          resourceInMessage: `${arnPrefix(call)}role${pathPrefix(input)}`,
        },
      ];
    case 'ListPolicies':
      return [{ action: permission, resource: '*', resourceInMessage: `policy path ${pathPrefix(input)}` }];
    case 'SimulatePrincipalPolicy':
      return [{ action: permission, resource: stringIn(input, 'PolicySourceArn') ?? '*' }];
    default:
      return [
        rolePermission(call, action, input) ??
          policyPermission(call, action, input) ??
          accountPermission(permission),
      ];
  }
}

function creationPermissions(
  action: string,
  tagAction: string,
  resource: string,
  resourceInMessage: string | undefined,
  input: Input,
): RequiredPermission[] {
  const tags = tagsIn(input);
  const boundaryValue = { 'iam:PermissionsBoundary': stringIn(input, 'PermissionsBoundary') };
  const conditionValues = { ...requestTagValues(tags), ...boundaryValue };
  const target = { resource, conditionValues, ...(resourceInMessage !== undefined && { resourceInMessage }) };
  return tags
    ? [
        { action, ...target },
        { action: tagAction, ...target },
      ]
    : [{ action, ...target }];
}

function rolePermission(call: Call, action: string, input: Input): RequiredPermission | undefined {
  const name = stringIn(input, 'RoleName');
  if (name === undefined) {
    return undefined;
  }
  const role = call.iam.visible.roles.get(roleKey(name));
  return {
    action: `iam:${action}`,
    resource: role?.arn ?? `${arnPrefix(call)}role/${name}`,
    resourceInMessage: `role ${name}`,
    conditionValues: {
      ...resourceTagValues('iam', role?.tags ?? []),
      ...taggingValues(input),
      'iam:PolicyARN': stringIn(input, 'PolicyArn'),
      'iam:PermissionsBoundary': boundaryFor(action, input, role),
    },
  };
}

/**
 * Returns the value of `iam:PermissionsBoundary`: for PutRolePermissionsBoundary, the new boundary; for the other operations that
 * support the key, the role's existing boundary.
 */
function boundaryFor(action: string, input: Input, role: Role | undefined): string | undefined {
  if (action === 'PutRolePermissionsBoundary') {
    return stringIn(input, 'PermissionsBoundary');
  }
  return ACTIONS_WITH_BOUNDARY.has(action) ? role?.boundaryArn : undefined;
}

function policyPermission(call: Call, action: string, input: Input): RequiredPermission | undefined {
  const arn = stringIn(input, 'PolicyArn');
  if (arn === undefined) {
    return undefined;
  }
  const tags = call.iam.visible.policies.get(arn)?.tags ?? [];
  return {
    action: `iam:${action}`,
    resource: arn,
    resourceInMessage: `policy ${arn}`,
    conditionValues: { ...resourceTagValues('iam', tags), ...taggingValues(input) },
  };
}

const accountPermission = (action: string): RequiredPermission => ({ action, resource: '*' });

function taggingValues(input: Input): ConditionValues {
  return { 'aws:TagKeys': stringsIn(input, 'TagKeys'), ...requestTagValues(tagsIn(input)) };
}

function newResourceArn(call: Call, kind: 'role' | 'policy', input: Input): string {
  const name = stringIn(input, kind === 'role' ? 'RoleName' : 'PolicyName');
  return `${arnPrefix(call)}${kind}${stringIn(input, 'Path') ?? '/'}${name}`;
}

const arnPrefix = ({ account }: Call) => `arn:${account.partition}:iam::${account.accountId}:`;
const pathPrefix = (input: Input) => stringIn(input, 'PathPrefix') ?? '/';

/**
 * All operations of IAM, API version 2010-05-08. With this list, the sandbox distinguishes an operation that it does not
 * implement from one that does not exist.
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
