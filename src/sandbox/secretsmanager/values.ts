import { keyArn } from '../kms/needs.ts';
import { isAllowed } from '../permissions/authorize.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, list, number, required, text } from '../shapes.ts';
import { changeOperation, secretOrThrow } from './access.ts';
import { checkCanEncrypt, isKeyUsable, keyPermissions } from './keys.ts';
import { pageOrThrow } from './listing.ts';
import {
  clientRequestToken,
  description,
  invalidParameter,
  invalidRequest,
  kmsKeyId,
  nextToken,
  secretBinary,
  secretId,
  secretString,
  versionId,
  versionStage,
} from './members.ts';
import type { Secret, SecretVersion } from './store.ts';
import {
  CURRENT,
  contentOf,
  encryptionKeyOf,
  moveLabel,
  storeVersion,
  versionOrThrow,
  versionWithLabel,
} from './versions.ts';

/** The operations that change a secret's value and its versions, and ListSecretVersionIds. */
export const valueOperations: Operations = {
  PutSecretValue: changeOperation(
    'PutSecretValue',
    {
      ClientRequestToken: clientRequestToken(),
      SecretBinary: secretBinary,
      SecretString: secretString,
      VersionStages: list(versionStage, { min: 1, max: 20 }),
    },
    (secret, input, call) => {
      const content = contentOf(input);
      if (!content) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      checkCanEncrypt(call, secret.kmsKeyId);
      const version = storeVersion(secret, content, call.now, {
        token: input.ClientRequestToken,
        stages: input.VersionStages,
      });
      return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
    },
  ),
  UpdateSecret: changeOperation(
    'UpdateSecret',
    {
      ClientRequestToken: clientRequestToken(),
      Description: description,
      KmsKeyId: kmsKeyId,
      SecretBinary: secretBinary,
      SecretString: secretString,
      Type: text({ max: 256 }),
    },
    (secret, input, call) => {
      const content = contentOf(input);
      if (content || input.KmsKeyId !== undefined) checkCanEncrypt(call, input.KmsKeyId ?? secret.kmsKeyId);
      if (input.KmsKeyId !== undefined) changeKey(call, secret, input.KmsKeyId);
      const version = content && storeVersion(secret, content, call.now, { token: input.ClientRequestToken });
      if (input.Description !== undefined) secret.description = input.Description;
      return { ARN: secret.arn, Name: secret.name, VersionId: version?.id };
    },
  ),
  UpdateSecretVersionStage: changeOperation(
    'UpdateSecretVersionStage',
    { VersionStage: required(versionStage), RemoveFromVersionId: versionId, MoveToVersionId: versionId },
    (secret, input) => {
      changeLabel(secret, input.VersionStage, input.RemoveFromVersionId, input.MoveToVersionId);
      return { ARN: secret.arn, Name: secret.name };
    },
  ),
  ListSecretVersionIds: operation(
    {
      SecretId: secretId,
      MaxResults: number({ min: 1, max: 100 }),
      NextToken: nextToken,
      IncludeDeprecated: flag,
    },
    (call, input) => {
      const secret = secretOrThrow(call, input.SecretId, 'ListSecretVersionIds');
      const listedVersions = [...secret.versions.values()].filter(
        (version) => input.IncludeDeprecated || version.stages.length > 0,
      );
      const { items, next } = pageOrThrow(listedVersions, input.NextToken, input.MaxResults);
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: items.map((version) => versionEntry(call, secret, version)),
        NextToken: next,
      };
    },
  ),
};

/**
 * Changes the KMS key of a secret. A version with a staging label is re-encrypted if its current key is usable, and if the
 * caller has `kms:Encrypt` on the new key and `kms:Decrypt` on the current key. All other versions keep their key.
 * Sources: `KmsKeyId` of UpdateSecret in the API reference; "Change the encryption key for an AWS Secrets Manager secret" in the
 * user guide.
 */
function changeKey(call: Call, secret: Secret, keyId: string): void {
  const isPermitted = (action: string, key: string) =>
    keyPermissions(call, [action], key, secret.arn).every((permission) => isAllowed(call, permission));
  const canEncrypt = isPermitted('kms:Encrypt', keyId);
  for (const version of secret.versions.values()) {
    const currentKeyId = encryptionKeyOf(secret, version) ?? '';
    const canDecrypt = isKeyUsable(call, currentKeyId) && isPermitted('kms:Decrypt', currentKeyId);
    const usesNewKey = canEncrypt && canDecrypt && version.stages.length > 0;
    version.earlierKeyId = usesNewKey || currentKeyId === keyId ? undefined : currentKeyId;
  }
  secret.kmsKeyId = keyId;
  secret.changedAt = call.now;
}

/**
 * Moves or removes a staging label.
 * @param removeFrom the ID of the version that has the label.
 * @param moveTo the ID of the version that gets it.
 */
function changeLabel(
  secret: Secret,
  label: string,
  removeFrom: string | undefined,
  moveTo: string | undefined,
): void {
  const target = moveTo === undefined ? undefined : versionOrThrow(secret, moveTo);
  const source = removeFrom === undefined ? undefined : versionOrThrow(secret, removeFrom);
  const labeledVersion = versionWithLabel(secret, label);
  if (!source && !target) {
    throw invalidParameter('You must specify RemoveFromVersionId, MoveToVersionId, or both.');
  }
  if (labeledVersion && labeledVersion !== target && source !== labeledVersion) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${labeledVersion.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (source && source !== labeledVersion) {
    throw invalidParameter(`Staging label ${label} is not attached to version ${source.id}.`);
  }
  if (label === CURRENT && !target) {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  moveLabel(secret, label, target);
}

function versionEntry(call: Call, secret: Secret, version: SecretVersion): object {
  const kmsKeyId = encryptionKeyOf(secret, version);
  const isCustomerManaged =
    kmsKeyId && call.account.keysIn(call.region).find(kmsKeyId, call.now)?.manager !== 'AWS';
  return {
    VersionId: version.id,
    VersionStages: version.stages.length > 0 ? version.stages : undefined,
    LastAccessedDate: version.lastAccessedAt === undefined ? undefined : new Date(version.lastAccessedAt),
    CreatedDate: new Date(version.createdAt),
    KmsKeyIds: [isCustomerManaged ? keyArn(call, kmsKeyId) : 'DefaultEncryptionKey'],
  };
}
