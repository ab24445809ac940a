import { type Call, operation } from '../service.ts';
import { flag, type InputOf, text } from '../shapes.ts';
import { checkCanEncrypt } from './keys.ts';
import {
  alreadyExists,
  clientRequestToken,
  description,
  invalidRequest,
  kmsKeyId,
  replicaRegions,
  secretBinary,
  secretName,
  secretString,
  tags,
} from './members.ts';
import { addReplicas, replicationStatus } from './replicas.ts';
import type { Secret, SecretContent } from './store.ts';
import { checkedTags } from './tagging.ts';
import { contentOf, storeVersion } from './versions.ts';

const members = {
  Name: secretName,
  ClientRequestToken: clientRequestToken(),
  Description: description,
  KmsKeyId: kmsKeyId,
  SecretBinary: secretBinary,
  SecretString: secretString,
  Tags: tags,
  AddReplicaRegions: replicaRegions,
  ForceOverwriteReplicaSecret: flag,
  Type: text({ max: 256 }),
};

/** CreateSecret. A repeated request with the same token and value returns what the first request created. */
export const createSecret = operation(members, (call, input) => {
  const content = contentOf(input);
  const store = call.account.secretsIn(call.region);
  const existing = store.byName(input.Name, call.now);
  if (existing) return repeatedCreation(call, existing, content, input.ClientRequestToken);
  const newTags = checkedTags(input.Tags ?? []);
  checkCanEncrypt(call, input.KmsKeyId);
  const secret = store.add(input.Name, call.now);
  if (newTags.length > 0) secret.tags = newTags;
  if (input.Description) secret.description = input.Description;
  if (input.KmsKeyId) secret.kmsKeyId = input.KmsKeyId;
  if (input.Type) secret.type = input.Type;
  const version = content && storeVersion(secret, content, call.now, { token: input.ClientRequestToken });
  if (input.AddReplicaRegions) replicateOrRemove(call, secret, input);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version?.id,
    ReplicationStatus: replicationStatus(secret),
  };
});

/** Adds the replicas of a new secret. If that fails, removes the secret. */
function replicateOrRemove(call: Call, secret: Secret, input: InputOf<typeof members>): void {
  try {
    addReplicas(call, secret, input.AddReplicaRegions ?? [], input.ForceOverwriteReplicaSecret ?? false);
  } catch (error) {
    call.account.secretsIn(call.region).remove(secret);
    throw error;
  }
}

function repeatedCreation(
  call: Call,
  existing: Secret,
  content: SecretContent | undefined,
  token: string,
): object {
  if (existing.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (content === undefined || !existing.versions.has(token)) {
    throw alreadyExists(`The operation failed because the secret ${existing.name} already exists.`);
  }
  const version = storeVersion(existing, content, call.now, { token });
  return { ARN: existing.arn, Name: existing.name, VersionId: version.id };
}
