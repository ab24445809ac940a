import { checkIdentityPolicy } from '../documents/identity-policy.ts';
import { documentSize } from '../documents/size.ts';
import { uniqueId } from '../random.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, text } from '../shapes.ts';
import { tagList } from '../tags.ts';
import { alreadyExists, deleteConflict, malformedPolicy, quotaExceeded } from './errors.ts';
import { document, paging, policyArn, policyDescription, policyName, policyPath } from './members.ts';
import { iamWrite, paged, seenPolicy, writablePolicy } from './operation.ts';
import type { IamState, Policy } from './store.ts';
import { checkedTags } from './tagging.ts';
import { policyView, rolesBoundedBy, rolesWith } from './views.ts';

const POLICY_QUOTA = 6144;

/**
 * Checks a managed policy's document as IAM does before it keeps it.
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

/** The operations on managed policies themselves. */
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
