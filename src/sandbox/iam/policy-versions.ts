import { encodeStrictly } from '../auth/signature.ts';
import { type Operations, operation } from '../service.ts';
import { flag } from '../shapes.ts';
import { deleteConflict, limitExceeded, noSuchEntity } from './errors.ts';
import { document, paging, policyArn, policyVersionId } from './members.ts';
import { iamWrite, paged, seenPolicy, writablePolicy } from './operation.ts';
import { checkManagedDocument } from './policies.ts';
import type { Policy, PolicyVersion } from './store.ts';
import { versionView } from './views.ts';

const MAX_VERSIONS = 5;

/** The operations on the versions of managed policies. */
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
