import { invalidParameter, limitExceeded, noValueFor, tokenInUse } from './members.ts';
import { DAY_MS, type Secret, type SecretContent, type SecretVersion } from './store.ts';

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';
const PREVIOUS = 'AWSPREVIOUS';

const MAX_VERSIONS = 100;
const MAX_LABELS = 20;

/**
 * Returns the value in a request, if any.
 * @throws AwsError InvalidParameterException for both kinds of value at once.
 */
export function contentOf({ SecretString, SecretBinary }: SecretContent): SecretContent | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

interface VersionOptions {
  /** The `ClientRequestToken` of the request, which becomes the version's ID. */
  readonly token: string;
  /** The staging labels; AWSCURRENT by default. The first version of a secret gets it in any case. */
  readonly stages?: readonly string[];
}

/**
 * Stores a value as a version. A repeated request with the same token and value returns the existing version.
 * Source: `ClientRequestToken` of PutSecretValue in the Secrets Manager API reference.
 * @throws AwsError ResourceExistsException if the token belongs to another value, LimitExceededException.
 */
export function storeVersion(
  secret: Secret,
  content: SecretContent,
  now: number,
  { token, stages = [CURRENT] }: VersionOptions,
): SecretVersion {
  const existing = secret.versions.get(token);
  if (existing && !isSameContent(existing.content, content)) throw tokenInUse(token, secret.arn);
  if (existing) return existing;
  deleteOldUnlabeledVersion(secret, now);
  const version: SecretVersion = { id: token, content, stages: [], createdAt: now };
  secret.versions.set(token, version);
  const isFirstVersion = secret.versions.size === 1;
  const labels = new Set(isFirstVersion ? [...stages, CURRENT] : stages);
  if (labels.has(CURRENT)) endRotation(secret);
  for (const label of labels) moveLabel(secret, label, version);
  secret.changedAt = now;
  return version;
}

/**
 * Removes AWSPENDING from the current version, which is about to be replaced: the rotation that created this version has ended,
 * and only AWSPREVIOUS is left for it.
 */
function endRotation(secret: Secret): void {
  const current = versionWithLabel(secret, CURRENT);
  if (current?.stages.includes(PENDING)) moveLabel(secret, PENDING, undefined);
}

/**
 * Puts a staging label on a version and removes it from any other version. When AWSCURRENT moves, the version that had it gets
 * AWSPREVIOUS.
 * @param newVersion undefined to only remove the label.
 */
export function moveLabel(secret: Secret, label: string, newVersion: SecretVersion | undefined): void {
  const previousVersion = versionWithLabel(secret, label);
  if (previousVersion === newVersion) return;
  if (previousVersion) previousVersion.stages = previousVersion.stages.filter((other) => other !== label);
  if (newVersion) {
    if (newVersion.stages.length >= MAX_LABELS) {
      throw limitExceeded(`A version can have at most ${MAX_LABELS} staging labels.`);
    }
    newVersion.stages = [...newVersion.stages, label];
  }
  if (label === CURRENT && previousVersion) moveLabel(secret, PREVIOUS, previousVersion);
}

/** Returns the KMS key that a version is encrypted with; undefined or empty for the AWS managed key. */
export function encryptionKeyOf(secret: Secret, version: SecretVersion | undefined): string | undefined {
  return version?.earlierKeyId ?? secret.kmsKeyId;
}

export function versionWithLabel(secret: Secret, label: string): SecretVersion | undefined {
  return [...secret.versions.values()].find((version) => version.stages.includes(label));
}

/** @throws AwsError ResourceNotFoundException. */
export function versionOrThrow(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.get(id);
  if (!version) throw noValueFor(`VersionId: ${id}`);
  return version;
}

function isSameContent(a: SecretContent, b: SecretContent): boolean {
  return a.SecretString === b.SecretString && a.SecretBinary === b.SecretBinary;
}

/**
 * Once a secret has 100 versions, deletes the oldest one that has no label and is at least 24 hours old.
 * @throws AwsError LimitExceededException if there is none.
 */
function deleteOldUnlabeledVersion(secret: Secret, now: number): void {
  if (secret.versions.size < MAX_VERSIONS) return;
  const deletable = [...secret.versions.values()].find(
    (version) => version.stages.length === 0 && version.createdAt <= now - DAY_MS,
  );
  if (!deletable) {
    throw limitExceeded(`You've exceeded the quota of ${MAX_VERSIONS} versions for the secret.`);
  }
  secret.versions.delete(deletable.id);
}
