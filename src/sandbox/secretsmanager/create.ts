import { type Call, operation } from '../service.ts';
import { flag, type InputOf, text } from '../shapes.ts';
import { encryptWith } from './keys.ts';
import {
  clientRequestToken,
  description,
  exists,
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

/** CreateSecret. A repeated request with the same token and value returns what the first one created. */
export const createSecret = operation(members, (call, input) => {
  const content = contentOf(input);
  const store = call.world.secretsIn(call.region);
  const present = store.byName(input.Name, call.now);
  if (present) {
    return repeat(call, present, content, input.ClientRequestToken);
  }
  const added = checkedTags(input.Tags ?? []);
  encryptWith(call, input.KmsKeyId);
  const secret = store.add(input.Name, call.now);
  if (added.length > 0) {
    secret.tags = added;
  }
  describe(secret, input);
  const version = content && storeVersion(secret, content, call.now, { token: input.ClientRequestToken });
  if (input.AddReplicaRegions) {
    replicate(call, secret, input);
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version?.id,
    ReplicationStatus: replicationStatus(secret),
  };
});

function describe(secret: Secret, input: InputOf<typeof members>): void {
  if (input.Description) {
    secret.description = input.Description;
  }
  if (input.KmsKeyId) {
    secret.kmsKeyId = input.KmsKeyId;
  }
  if (input.Type) {
    secret.type = input.Type;
  }
}

function replicate(call: Call, secret: Secret, input: InputOf<typeof members>): void {
  try {
    addReplicas(call, secret, input.AddReplicaRegions ?? [], input.ForceOverwriteReplicaSecret ?? false);
  } catch (error) {
    call.world.secretsIn(call.region).remove(secret);
    throw error;
  }
}

function repeat(call: Call, present: Secret, content: SecretContent | undefined, token: string): object {
  if (present.deletedAt !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (content === undefined || !present.versions.has(token)) {
    throw exists(`The operation failed because the secret ${present.name} already exists.`);
  }
  const version = storeVersion(present, content, call.now, { token });
  return { ARN: present.arn, Name: present.name, VersionId: version.id };
}
