import { parseSecretArn } from '../../../aws/arn.ts';
import { mediaConnectRegionsIn } from '../../../aws/regions.ts';
import { atMost, inBatches } from '../../../aws/requests/concurrency.ts';
import {
  describeSecret,
  mayHaveResourcePolicy,
  readResourcePolicy,
  type SecretState,
  secretExists,
} from '../../../aws/secrets/index.ts';
import { type BatchedValue, type ValueReader, valueReader } from '../../../aws/secrets/value-reader.ts';
import { readValue, type SecretContent } from '../../../aws/secrets/versions.ts';
import { type Aws, type Identity, type Observed, observed, seenIn } from '../../../aws/session.ts';
import type { Algorithm, KeyMaterial, KeySource, KeyType } from '../../../key/index.ts';
import { BATCH_RUN, HTTP } from '../../../limits.ts';
import type { ReadAccess } from '../../../ui/commands.ts';
import {
  type Encryption,
  type EncryptionReaders,
  encryptionReaders,
  readEncryption,
} from '../../access/encryption.ts';
import { isForeign } from '../result.ts';

/** A secret to verify, and what it must hold. */
export interface SecretTarget {
  region: string;
  /** Its name or ARN. */
  id: string;
  keyType: KeyType;
  /** True if the key type is not given. The tag then decides; without a tag, `keyType` is a guess. */
  keyTypeGuessed?: boolean;
  algorithm?: Algorithm;
  /** The exact key that it must hold. */
  key?: KeyMaterial;
  /** The manifest entry that names it, if any. */
  manifest?: ManifestEntry;
  /** The role and the policy that allow reading it, if the command line or a flow names them. */
  readAccess?: ReadAccess;
}

/** What the checks and their fixes need from a manifest entry. */
export interface ManifestEntry {
  path: string;
  /** The position of the entry, such as `keys.yaml:12:5`. */
  position: string;
  /** The Regions of its secret. */
  regions: string[];
  roleName: string;
  /** The source of its key. Absent for a secret that is used as is. */
  source?: KeySource;
  /** True if `rotate --manifest` would store the right key here, and leave secrets with the right key alone. */
  canRotate: boolean;
}

/** A secret, as far as it could be read. */
export type SecretObservation =
  | { kind: 'foreign'; target: SecretTarget }
  | { kind: 'absent'; target: SecretTarget; absence: Absence }
  | PresentSecret;

/** Secrets by `targetIdOf`. */
export type SecretObservations = ReadonlyMap<string, SecretObservation>;

/**
 * A secret that exists or may exist. Each part may be unseen for lack of permission. The encryption is not read while the secret is
 * scheduled for deletion, or if it could not be described.
 */
export interface PresentSecret extends Partial<Encryption> {
  kind: 'present';
  target: SecretTarget;
  /** Absent if the secret was given by name and has not been found. */
  arn?: string;
  described: Observed<SecretState>;
  /** Absent while the secret is scheduled for deletion. */
  content?: Observed<SecretContent>;
  /** Absent while the secret is scheduled for deletion. */
  resourcePolicy?: Observed<string | undefined>;
}

/**
 * Reads secrets, by `targetIdOf`, and their values, which updates their dates of last access. A problem with one secret doesn't
 * affect the others.
 * @param onSecret called with each secret that has been observed
 */
export async function observeSecrets(
  aws: Aws,
  identity: Identity,
  targets: ReadonlyMap<string, SecretTarget>,
  onSecret: () => void,
): Promise<Map<string, SecretObservation>> {
  const readers = { values: valueReader(aws), encryption: encryptionReaders(aws) };
  const observations = await inBatches(BATCH_RUN.readAtOnce, [...targets], async ([id, target]) => {
    const observation = await observeSecret(aws, readers, identity, target);
    onSecret();
    return [id, observation] as const;
  });
  return new Map(observations);
}

async function observeSecret(
  aws: Aws,
  readers: { values: ValueReader; encryption: EncryptionReaders },
  identity: Identity,
  target: SecretTarget,
): Promise<SecretObservation> {
  if (parseSecretArn(target.id) && isForeign(target.id, identity)) return { kind: 'foreign', target };
  const { region, id } = target;
  const batchedValue = await readers.values.fromBatch(region, id);
  const described = await observed(describeSecret(aws, region, id));
  if ('unseen' in described) return observeContent(aws, target, described, batchedValue);
  const { seen: secret } = described;
  if (!secret) return { kind: 'absent', target, absence: await whyAbsent(aws, target) };
  const typedTarget = withTaggedKeyType(target, secret);
  const [content, encryption] = await Promise.all([
    observeContent(aws, typedTarget, { seen: secret }, batchedValue),
    secret.deletedAt ? undefined : readEncryption(readers.encryption, identity, secret),
  ]);
  return { ...content, ...encryption };
}

/** Returns a target with the key type from the secret's tag, unless the type is given. */
function withTaggedKeyType(target: SecretTarget, { keyType }: SecretState): SecretTarget {
  return target.keyTypeGuessed && keyType ? { ...target, keyType, keyTypeGuessed: false } : target;
}

async function observeContent(
  aws: Aws,
  target: SecretTarget,
  described: Observed<SecretState>,
  batchedValue: BatchedValue | undefined,
): Promise<PresentSecret> {
  const { region, id } = target;
  const secret = seenIn(described);
  const knownArn = secret?.arn ?? (parseSecretArn(id) ? id : undefined);
  if (secret?.deletedAt) return { kind: 'present', target, arn: secret.arn, described };
  const [value, resourcePolicy] = await Promise.all([
    batchedValue?.kind === 'found'
      ? { seen: batchedValue.value }
      : observed(readValue(aws, region, knownArn ?? id, secret?.kmsKeyId)),
    secret && !mayHaveResourcePolicy(secret)
      ? { seen: undefined }
      : observed(readResourcePolicy(aws, region, knownArn ?? id)),
  ]);
  return {
    kind: 'present',
    target,
    arn: knownArn ?? seenIn(value)?.arn,
    described,
    content: 'seen' in value ? { seen: value.seen.content } : value,
    resourcePolicy,
  };
}

/** What was found instead of a missing secret. */
type Absence =
  /** Another secret has the name in the ARN. */
  | { kind: 'other-arn'; arn: string }
  /** The ARN lacks the random suffix, and the last part of the secret's name was taken for it. */
  | { kind: 'arn-without-end'; arn: string }
  /** The name is that of a secret, followed by the suffix of an ARN. */
  | { kind: 'arn-end'; name: string }
  /** These Regions have a secret with this name. Empty if no Region is known to have one. */
  | { kind: 'elsewhere'; regions: string[] }
  /** Nothing else was searched for. */
  | { kind: 'absent' };

const REGIONS_AT_ONCE = 20;

/**
 * Searches for what the user may have meant. What can't be read is skipped. There is no search for a manifest, which says what is
 * meant and may name a thousand secrets that don't exist yet.
 */
async function whyAbsent(aws: Aws, { region, id, manifest }: SecretTarget): Promise<Absence> {
  const name = parseSecretArn(id)?.name ?? id;
  if (name !== id) {
    const [, fullName = name] = /:secret:(.+)$/.exec(id) ?? [];
    const fullNameSecret = seenIn(await observed(describeSecret(aws, region, fullName)));
    if (fullNameSecret?.name === fullName) return { kind: 'arn-without-end', arn: fullNameSecret.arn };
    const other = seenIn(await observed(describeSecret(aws, region, name)));
    if (other) return { kind: 'other-arn', arn: other.arn };
  }
  if (manifest) return { kind: 'absent' };
  const [, nameWithoutEnd, end = ''] = /^(.+)-([A-Za-z0-9]{6})$/.exec(name) ?? [];
  const other = nameWithoutEnd && seenIn(await observed(describeSecret(aws, region, nameWithoutEnd)));
  // A word or a number of six characters may well be part of the intended name.
  const isEnd = other && (other.arn.endsWith(`-${end}`) || !/^([A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(end));
  return isEnd ? { kind: 'arn-end', name: other.name } : findElsewhere(aws, region, name);
}

async function findElsewhere(aws: Aws, region: string, name: string): Promise<Absence> {
  const { partition } = await aws.identity();
  const others = mediaConnectRegionsIn(partition).filter((id) => id !== region);
  const found = await atMost(REGIONS_AT_ONCE, others, async (other) =>
    seenIn(await observed(secretExists(aws, other, name, HTTP.searchLimitMs))),
  );
  return { kind: 'elsewhere', regions: others.filter((_other, index) => found[index] === true) };
}
