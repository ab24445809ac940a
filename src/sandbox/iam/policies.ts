import { encodeStrictly } from '../auth/signature.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/json.ts';
import { newUniqueId } from '../random.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, tagList, text } from '../shapes.ts';
import {
  alreadyExists,
  deleteConflict,
  document,
  limitExceeded,
  malformedPolicy,
  noSuchEntity,
  paging,
  policyArn,
  policyDescription,
  policyName,
  policyPath,
  policyVersionId,
  quotaExceeded,
} from './members.ts';
import { arnPrefix, iamWrite, pageResponse, policyOrThrow, writablePolicy } from './operation.ts';
import type { IamState, Policy, PolicyVersion } from './store.ts';
import { checkedTags } from './tagging.ts';
import { policyView, rolesAttachedTo, rolesBoundedBy, versionView } from './views.ts';

/** Source: "IAM and AWS STS quotas" in the IAM user guide. */
const MAX_POLICY_SIZE = 6144;
const MAX_VERSIONS = 5;

export const policyOperations: Operations = {
  CreatePolicy: iamWrite(
    {
      PolicyName: policyName,
      PolicyDocument: document,
      Path: policyPath,
      Description: policyDescription,
      Tags: tagList,
    },
    (call, input) => {
      const { latest } = call.iam;
      const name = input.PolicyName;
      const tags = checkedTags(input.Tags ?? []);
      checkManagedDocument(call, input.PolicyDocument);
      if (isNameTaken(latest, name)) {
        throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
      }
      const path = input.Path ?? '/';
      const policy: Policy = {
        name,
        path,
        id: newUniqueId('ANPA'),
        arn: `${arnPrefix(call)}policy${path}${name}`,
        description: input.Description ?? '',
        createdAt: call.now,
        updatedAt: call.now,
        versions: [{ id: 'v1', document: input.PolicyDocument, createdAt: call.now }],
        defaultVersionId: 'v1',
        nextVersion: 2,
        tags,
        managedByAws: false,
      };
      latest.policies.set(policy.arn, policy);
      return { Policy: { ...policyView(latest, policy), Tags: tags.length > 0 ? tags : undefined } };
    },
  ),
  GetPolicy: operation({ PolicyArn: policyArn }, (call, input) => {
    const { visible } = call.iam;
    const policy = policyOrThrow(visible, input.PolicyArn);
    const Description = policy.description || undefined;
    return { Policy: { ...policyView(visible, policy), Description, Tags: policy.tags } };
  }),
  ListPolicies: operation(
    {
      ...paging,
      Scope: text({ oneOf: ['All', 'AWS', 'Local'] }),
      OnlyAttached: flag,
      PathPrefix: policyPath,
      PolicyUsageFilter: text({ oneOf: ['PermissionsPolicy', 'PermissionsBoundary'] }),
    },
    (call, input) => {
      const { visible } = call.iam;
      const matchingPolicies = [...visible.policies.values()].filter(
        (policy) =>
          isInScope(policy, input.Scope ?? 'All') &&
          policy.path.startsWith(input.PathPrefix ?? '/') &&
          isInUse(visible, policy, input.OnlyAttached ?? false, input.PolicyUsageFilter),
      );
      return pageResponse(input, matchingPolicies, 'Policies', (policy) => policyView(visible, policy));
    },
  ),
  DeletePolicy: iamWrite({ PolicyArn: policyArn }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'DeletePolicy');
    const { latest } = call.iam;
    if (rolesAttachedTo(latest, policy.arn).length + rolesBoundedBy(latest, policy.arn).length > 0) {
      throw deleteConflict('Cannot delete a policy attached to entities.');
    }
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    latest.policies.delete(policy.arn);
    return undefined;
  }),
};

function isNameTaken(state: IamState, name: string): boolean {
  const lowercaseName = name.toLowerCase();
  return [...state.policies.values()].some(
    (policy) => !policy.managedByAws && policy.name.toLowerCase() === lowercaseName,
  );
}

function isInScope(policy: Policy, scope: string): boolean {
  return scope === 'All' || policy.managedByAws === (scope === 'AWS');
}

/** True if a policy is used in the way that a request filters by. */
function isInUse(state: IamState, policy: Policy, onlyAttached: boolean, usage: string | undefined): boolean {
  if (usage === 'PermissionsBoundary') return rolesBoundedBy(state, policy.arn).length > 0;
  const mustBeAttached = usage === 'PermissionsPolicy' || onlyAttached;
  return !mustBeAttached || rolesAttachedTo(state, policy.arn).length > 0;
}

/**
 * Checks a managed policy's document as IAM does before storing it.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded.
 */
function checkManagedDocument(call: Call, text: string): void {
  const problem = checkIdentityPolicy(text, 'managed', call.account);
  if (problem !== undefined) throw malformedPolicy(problem);
  if (documentSize(text) > MAX_POLICY_SIZE) throw quotaExceeded('PolicySize', MAX_POLICY_SIZE);
}

export const policyVersionOperations: Operations = {
  CreatePolicyVersion: iamWrite(
    { PolicyArn: policyArn, PolicyDocument: document, SetAsDefault: flag },
    (call, input) => {
      const policy = writablePolicy(call, input.PolicyArn, 'CreatePolicyVersion');
      checkManagedDocument(call, input.PolicyDocument);
      if (policy.versions.length >= MAX_VERSIONS) {
        throw limitExceeded(
          `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
        );
      }
      const version = { id: `v${policy.nextVersion}`, document: input.PolicyDocument, createdAt: call.now };
      policy.nextVersion += 1;
      policy.versions.push(version);
      policy.updatedAt = call.now;
      if (input.SetAsDefault) policy.defaultVersionId = version.id;
      return { PolicyVersion: versionView(policy, version) };
    },
  ),
  GetPolicyVersion: operation({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = policyOrThrow(call.iam.visible, input.PolicyArn);
    const version = versionOrThrow(policy, input.VersionId);
    return { PolicyVersion: { Document: encodeStrictly(version.document), ...versionView(policy, version) } };
  }),
  ListPolicyVersions: operation({ ...paging, PolicyArn: policyArn }, (call, input) => {
    const policy = policyOrThrow(call.iam.visible, input.PolicyArn);
    const newestFirst = [...policy.versions].reverse();
    return pageResponse(input, newestFirst, 'Versions', (version) => versionView(policy, version));
  }),
  SetDefaultPolicyVersion: iamWrite({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'SetDefaultPolicyVersion');
    policy.defaultVersionId = versionOrThrow(policy, input.VersionId).id;
    policy.updatedAt = call.now;
    return undefined;
  }),
  DeletePolicyVersion: iamWrite({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'DeletePolicyVersion');
    const version = versionOrThrow(policy, input.VersionId);
    if (version.id === policy.defaultVersionId) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    policy.versions = policy.versions.filter((other) => other !== version);
    policy.updatedAt = call.now;
    return undefined;
  }),
};

function versionOrThrow(policy: Policy, id: string): PolicyVersion {
  const version = policy.versions.find((candidate) => candidate.id === id);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}
