import { homeRegion } from '../partitions.ts';
import { stringIn, stringsIn, tagsIn } from '../permissions/input.ts';
import {
  type ConditionValues,
  type RequiredPermission,
  requestTagValues,
  resourceTagValues,
} from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { arnPrefix } from './operation.ts';
import { type Role, roleKey } from './store.ts';

/** The actions on roles that support `iam:PermissionsBoundary`. Source: the service authorization reference of IAM. */
const ACTIONS_WITH_BOUNDARY = new Set(
  `AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole PutRolePolicy
  UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription`.split(/\s+/),
);

/**
 * Returns the permissions that IAM operations need. The access denied message names an existing role as `role NAME` and an
 * existing policy as `policy ARN`. It names a new role by its ARN, and a new policy as `policy NAME`. For a list operation, it
 * names the path.
 */
export function requiredPermissions(call: Call, action: string, input: Input): RequiredPermission[] {
  const regionValue = { 'aws:RequestedRegion': homeRegion(call.account.partition) };
  return permissionsFor(call, action, input).map((permission) => ({
    ...permission,
    conditionValues: { ...regionValue, ...permission.conditionValues },
  }));
}

function permissionsFor(call: Call, operation: string, input: Input): RequiredPermission[] {
  const action = `iam:${operation}`;
  const pathPrefix = stringIn(input, 'PathPrefix') ?? '/';
  switch (operation) {
    case 'CreateRole':
      return creationPermissions(call, input, 'Role');
    case 'CreatePolicy':
      return creationPermissions(call, input, 'Policy');
    case 'ListRoles':
      return [{ action, resource: '*', resourceInMessage: `${arnPrefix(call)}role${pathPrefix}` }];
    case 'ListPolicies':
      return [{ action, resource: '*', resourceInMessage: `policy path ${pathPrefix}` }];
    case 'SimulatePrincipalPolicy':
      return [{ action, resource: stringIn(input, 'PolicySourceArn') ?? '*' }];
    default: {
      const accountPermission = { action, resource: '*' };
      return [
        rolePermission(call, operation, input) ??
          policyPermission(call, operation, input) ??
          accountPermission,
      ];
    }
  }
}

function creationPermissions(call: Call, input: Input, kind: 'Role' | 'Policy'): RequiredPermission[] {
  const name = stringIn(input, `${kind}Name`);
  const resource = `${arnPrefix(call)}${kind.toLowerCase()}${stringIn(input, 'Path') ?? '/'}${name}`;
  const resourceInMessage = kind === 'Policy' ? `policy ${name}` : undefined;
  const tags = tagsIn(input);
  const boundaryValue = { 'iam:PermissionsBoundary': stringIn(input, 'PermissionsBoundary') };
  const conditionValues = { ...requestTagValues(tags), ...boundaryValue };
  const actions = tags ? [`iam:Create${kind}`, `iam:Tag${kind}`] : [`iam:Create${kind}`];
  return actions.map((action) => ({ action, resource, resourceInMessage, conditionValues }));
}

/** Returns the permission for an operation on a role; undefined if the input names none. */
function rolePermission(call: Call, operation: string, input: Input): RequiredPermission | undefined {
  const name = stringIn(input, 'RoleName');
  if (name === undefined) return undefined;
  const role = call.iam.visible.roles.get(roleKey(name));
  return {
    action: `iam:${operation}`,
    resource: role?.arn ?? `${arnPrefix(call)}role/${name}`,
    resourceInMessage: `role ${name}`,
    conditionValues: {
      ...resourceTagValues('iam', role?.tags ?? []),
      ...taggingValues(input),
      'iam:PolicyARN': stringIn(input, 'PolicyArn'),
      'iam:PermissionsBoundary': boundaryFor(operation, input, role),
    },
  };
}

/**
 * Returns the value of `iam:PermissionsBoundary`: for PutRolePermissionsBoundary, the new boundary; for the other operations that
 * support the key, the role's existing boundary.
 */
function boundaryFor(operation: string, input: Input, role: Role | undefined): string | undefined {
  if (operation === 'PutRolePermissionsBoundary') return stringIn(input, 'PermissionsBoundary');
  return ACTIONS_WITH_BOUNDARY.has(operation) ? role?.boundaryArn : undefined;
}

/** Returns the permission for an operation on a managed policy; undefined if the input names none. */
function policyPermission(call: Call, operation: string, input: Input): RequiredPermission | undefined {
  const arn = stringIn(input, 'PolicyArn');
  if (arn === undefined) return undefined;
  const tags = call.iam.visible.policies.get(arn)?.tags ?? [];
  return {
    action: `iam:${operation}`,
    resource: arn,
    resourceInMessage: `policy ${arn}`,
    conditionValues: { ...resourceTagValues('iam', tags), ...taggingValues(input) },
  };
}

function taggingValues(input: Input): ConditionValues {
  return { 'aws:TagKeys': stringsIn(input, 'TagKeys'), ...requestTagValues(tagsIn(input)) };
}

/**
 * All operations of IAM, API version 2010-05-08. With this list, the sandbox distinguishes an operation that it does not
 * implement from one that does not exist.
 */
export const operationNames =
  `AcceptDelegationRequest AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile
  AddUserToGroup AssociateDelegationRequest AttachGroupPolicy AttachRolePolicy AttachUserPolicy ChangePassword
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
  UploadSSHPublicKey UploadServerCertificate UploadSigningCertificate`.split(/\s+/);
