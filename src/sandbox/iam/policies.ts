import { encodeStrictly } from '../auth/signature.ts';
import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/json.ts';
import { uniqueId } from '../random.ts';
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
import { iamWrite, paged, seenPolicy, writablePolicy } from './operation.ts';
import type { IamState, Policy, PolicyVersion } from './store.ts';
import { checkedTags } from './tagging.ts';
import { policyView, rolesBoundedBy, rolesWith, versionView } from './views.ts';

const POLICY_QUOTA = 6144;

/**
 * Checks a managed policy's document as IAM does before storing it.
 * @throws AwsError MalformedPolicyDocument, LimitExceeded.
 */
export function checkManagedDocument(call: Call, text: string): void {
  const problem = checkIdentityPolicy(text, 'managed', call.world);
  if (problem !== undefined) {
    throw malformedPolicy(problem);
  }
  if (documentSize(text) > POLICY_QUOTA) {
    throw quotaExceeded('PolicySize', POLICY_QUOTA);
  }
}

export const policies: Operations = {
  CreatePolicy: iamWrite(
    {
      PolicyName: policyName,
      PolicyDocument: document,
      Path: policyPath,
      Description: policyDescription,
      Tags: tagList,
    },
    (call, input) => {
      const { live } = call.iam;
      const tags = checkedTags(input.Tags ?? []);
      checkManagedDocument(call, input.PolicyDocument);
      if (nameTaken(live, input.PolicyName)) {
        throw alreadyExists(
          `A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`,
        );
      }
      const policy: Policy = {
        ...newPolicy(call, input.PolicyName, input.Path ?? '/', input.PolicyDocument),
        description: input.Description ?? '',
        tags,
      };
      live.policies.set(policy.arn, policy);
      return { Policy: { ...policyView(live, policy), Tags: tags.length > 0 ? tags : undefined } };
    },
  ),
  GetPolicy: operation({ PolicyArn: policyArn }, (call, input) => {
    const { seen } = call.iam;
    const policy = seenPolicy(seen, input.PolicyArn);
    const { description, tags } = policy;
    return { Policy: { ...policyView(seen, policy), Description: description || undefined, Tags: tags } };
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
      const { seen } = call.iam;
      const shown = [...seen.policies.values()].filter(
        (policy) =>
          inScope(policy, input.Scope ?? 'All') &&
          policy.path.startsWith(input.PathPrefix ?? '/') &&
          inUse(seen, policy, input.OnlyAttached ?? false, input.PolicyUsageFilter),
      );
      return paged(input, shown, 'Policies', (policy) => policyView(seen, policy));
    },
  ),
  DeletePolicy: iamWrite({ PolicyArn: policyArn }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'DeletePolicy');
    const { live } = call.iam;
    if (rolesWith(live, policy.arn).length + rolesBoundedBy(live, policy.arn).length > 0) {
      throw deleteConflict('Cannot delete a policy attached to entities.');
    }
    if (policy.versions.length > 1) {
      throw deleteConflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
      );
    }
    live.policies.delete(policy.arn);
    return undefined;
  }),
};

function nameTaken(state: IamState, name: string): boolean {
  const wanted = name.toLowerCase();
  return [...state.policies.values()].some(
    (policy) => !policy.managedByAws && policy.name.toLowerCase() === wanted,
  );
}

function newPolicy(call: Call, name: string, path: string, text: string): Policy {
  return {
    name,
    path,
    id: uniqueId('ANPA'),
    arn: `arn:${call.world.partition}:iam::${call.world.account}:policy${path}${name}`,
    createdAt: call.now,
    updatedAt: call.now,
    versions: [{ id: 'v1', document: text, createdAt: call.now }],
    defaultVersionId: 'v1',
    nextVersion: 2,
    tags: [],
    managedByAws: false,
  };
}

function inScope(policy: Policy, scope: string): boolean {
  return scope === 'All' || policy.managedByAws === (scope === 'AWS');
}

function inUse(state: IamState, policy: Policy, onlyAttached: boolean, usage: string | undefined): boolean {
  const attached = rolesWith(state, policy.arn).length > 0;
  const bounding = rolesBoundedBy(state, policy.arn).length > 0;
  if (usage === 'PermissionsBoundary') {
    return bounding;
  }
  return usage === 'PermissionsPolicy' || onlyAttached ? attached : true;
}

const MAX_VERSIONS = 5;

export const policyVersions: Operations = {
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
      if (input.SetAsDefault) {
        policy.defaultVersionId = version.id;
      }
      return { PolicyVersion: versionView(policy, version) };
    },
  ),
  GetPolicyVersion: operation({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = seenPolicy(call.iam.seen, input.PolicyArn);
    const version = versionOf(policy, input.VersionId);
    return { PolicyVersion: { Document: encodeStrictly(version.document), ...versionView(policy, version) } };
  }),
  ListPolicyVersions: operation({ ...paging, PolicyArn: policyArn }, (call, input) => {
    const policy = seenPolicy(call.iam.seen, input.PolicyArn);
    const newestFirst = [...policy.versions].reverse();
    return paged(input, newestFirst, 'Versions', (version) => versionView(policy, version));
  }),
  SetDefaultPolicyVersion: iamWrite({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'SetDefaultPolicyVersion');
    policy.defaultVersionId = versionOf(policy, input.VersionId).id;
    policy.updatedAt = call.now;
    return undefined;
  }),
  DeletePolicyVersion: iamWrite({ PolicyArn: policyArn, VersionId: policyVersionId }, (call, input) => {
    const policy = writablePolicy(call, input.PolicyArn, 'DeletePolicyVersion');
    const version = versionOf(policy, input.VersionId);
    if (version.id === policy.defaultVersionId) {
      throw deleteConflict('Cannot delete the default version of a policy.');
    }
    policy.versions = policy.versions.filter((kept) => kept !== version);
    policy.updatedAt = call.now;
    return undefined;
  }),
};

function versionOf(policy: Policy, id: string): PolicyVersion {
  const version = policy.versions.find((candidate) => candidate.id === id);
  if (!version) {
    throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  }
  return version;
}
