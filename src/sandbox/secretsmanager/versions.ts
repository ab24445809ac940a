import { invalidParameter, limitExceeded, noValueFor, tokenInUse } from './members.ts';
import type { Secret, SecretContent, SecretVersion } from './store.ts';

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';
const PREVIOUS = 'AWSPREVIOUS';

const MAX_VERSIONS = 100;
const MAX_LABELS = 20;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The value in a request; both members are undefined if the request has no value. */
export interface ValueInput {
  SecretString?: string;
  SecretBinary?: string;
}

/**
 * Returns the value in a request, if any.
 * @throws AwsError InvalidParameterException for both kinds of value at once.
 */
export function contentOf(input: ValueInput): SecretContent | undefined {
  const { SecretString, SecretBinary } = input;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) {
    return { SecretString };
  }
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

/** The version's ID (`token`) and its staging labels, AWSCURRENT by default. */
interface VersionOptions {
  readonly token: string;
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
  if (existing) {
    if (!isSameContent(existing.content, content)) {
      throw tokenInUse(token, secret.arn);
    }
    return existing;
  }
  deleteOldUnlabeledVersion(secret, now);
  const version: SecretVersion = { id: token, content, stages: [], createdAt: now };
  secret.versions.set(token, version);
  const labels = secret.versions.size === 1 ? new Set([...stages, CURRENT]) : new Set(stages);
  if (labels.has(CURRENT)) {
    endRotation(secret);
  }
  for (const stage of labels) {
    moveLabel(secret, stage, version);
  }
  secret.changedAt = now;
  return version;
}

/**
 * Removes AWSPENDING from the current version, which is about to be replaced. The rotation that created it has ended, and it will
 * keep only AWSPREVIOUS.
 */
function endRotation(secret: Secret): void {
  const current = versionWithStage(secret, CURRENT);
  if (current?.stages.includes(PENDING)) {
    moveLabel(secret, PENDING, undefined);
  }
}

/**
 * Puts a staging label on a version and removes it from any other version. When AWSCURRENT moves, the version that had it gets
 * AWSPREVIOUS.
 * @param newVersion undefined to only remove the label.
 */
export function moveLabel(secret: Secret, stage: string, newVersion: SecretVersion | undefined): void {
  const previousVersion = versionWithStage(secret, stage);
  if (previousVersion === newVersion) {
    return;
  }
  if (previousVersion) {
    previousVersion.stages = previousVersion.stages.filter((label) => label !== stage);
  }
  if (newVersion) {
    if (newVersion.stages.length >= MAX_LABELS) {
      throw limitExceeded(`A version can have at most ${MAX_LABELS} staging labels.`);
    }
    newVersion.stages = [...newVersion.stages, stage];
  }
  if (stage === CURRENT && previousVersion) {
    moveLabel(secret, PREVIOUS, previousVersion);
  }
}

/** Returns the KMS key that a version is encrypted with; undefined or empty for the AWS managed key. */
export function encryptionKeyOf(secret: Secret, version: SecretVersion | undefined): string | undefined {
  return version?.earlierKeyId ?? secret.kmsKeyId;
}

export function versionWithStage(secret: Secret, stage: string): SecretVersion | undefined {
  return [...secret.versions.values()].find((version) => version.stages.includes(stage));
}

/**
 * Returns the version with this ID.
 * @throws AwsError ResourceNotFoundException.
 */
export function versionOrThrow(secret: Secret, id: string): SecretVersion {
  const version = secret.versions.get(id);
  if (!version) {
    throw noValueFor(`VersionId: ${id}`);
  }
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
  if (secret.versions.size < MAX_VERSIONS) {
    return;
  }
  const deletable = [...secret.versions.values()].find(
    (version) => version.stages.length === 0 && version.createdAt <= now - DAY_MS,
  );
  if (!deletable) {
    throw limitExceeded(`You've exceeded the quota of ${MAX_VERSIONS} versions for the secret.`);
  }
  secret.versions.delete(deletable.id);
}
