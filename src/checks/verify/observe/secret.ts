import { parseSecretArn } from '../../../aws/arn.ts';
import { mediaConnectRegionsIn } from '../../../aws/regions.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import {
  describeSecret,
  mayHaveResourcePolicy,
  readResourcePolicy,
  type SecretState,
  secretExists,
} from '../../../aws/secrets/index.ts';
import type { BatchedValue, ValueReader } from '../../../aws/secrets/value-reader.ts';
import { readValue, type SecretContent } from '../../../aws/secrets/versions.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import { type Observed, observed, seenIn } from '../../../aws/session.ts';
import type { Algorithm, KeyMaterial, KeySource, KeyType } from '../../../key/index.ts';
import { HTTP } from '../../../limits.ts';
import type { ReadAccess } from '../../../ui/commands.ts';
import { type Encryption, type EncryptionReaders, readEncryption } from '../../access/encryption.ts';
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
  reading?: ReadAccess;
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
  /** True if `rotate --manifest` would store the right key and change nothing that is already right. */
  canRotate: boolean;
}

/** A secret, as far as it could be read. */
export type SecretObservation = { target: SecretTarget } & (
  | { kind: 'foreign' }
  | { kind: 'absent'; absence: Absence }
  | PresentSecret
);

/**
 * A secret that exists or may exist. Without read permission, nothing else is known. Its encryption is not read while it is
 * scheduled for deletion, or if it could not be described.
 */
export interface PresentSecret extends Partial<Encryption> {
  kind: 'present';
  /** Absent if the secret was given by name and has not been found. */
  arn?: string;
  described: Observed<SecretState>;
  /** Absent while the secret is scheduled for deletion. */
  content?: Observed<SecretContent>;
  /** Absent while the secret is scheduled for deletion. */
  resourcePolicy?: Observed<string | undefined>;
}

/** Readers that combine requests for many secrets, or share their results. */
export interface SecretReaders {
  values: ValueReader;
  encryption: EncryptionReaders;
}

/** Reads a secret and its value, which updates its date of last access. */
export async function observeSecret(
  aws: Aws,
  { values, encryption: readers }: SecretReaders,
  identity: Identity,
  target: SecretTarget,
): Promise<SecretObservation> {
  if (parseSecretArn(target.id) && isForeign(target.id, identity)) return { target, kind: 'foreign' };
  const { region, id } = target;
  const batchedValue = await values.fromBatch(region, id);
  const described = await observed(describeSecret(aws, region, id));
  if ('unseen' in described)
    return { target, ...(await observeContent(aws, target, described, batchedValue)) };
  const { seen: secret } = described;
  if (!secret) return { target, kind: 'absent', absence: await whyAbsent(aws, target) };
  const knownTarget = withTag(target, secret);
  const [content, encryption] = await Promise.all([
    observeContent(aws, knownTarget, { seen: secret }, batchedValue),
    secret.deletedAt ? undefined : readEncryption(readers, identity, secret),
  ]);
  return { target: knownTarget, ...content, ...encryption };
}

/** Returns a target with the key type from the secret's tag, unless the type is given. */
function withTag(target: SecretTarget, { keyType }: SecretState): SecretTarget {
  return target.keyTypeGuessed && keyType ? { ...target, keyType, keyTypeGuessed: false } : target;
}

async function observeContent(
  aws: Aws,
  { region, id }: SecretTarget,
  described: Observed<SecretState>,
  batchedValue: BatchedValue | undefined,
): Promise<PresentSecret> {
  const secret = seenIn(described);
  const knownArn = secret?.arn ?? (parseSecretArn(id) ? id : undefined);
  if (secret?.deletedAt) return { kind: 'present', arn: secret.arn, described };
  const [value, resourcePolicy] = await Promise.all([
    batchedValue?.kind === 'found'
      ? { seen: batchedValue.value }
      : observed(readValue(aws, region, knownArn ?? id, secret?.kmsKeyId)),
    secret && !mayHaveResourcePolicy(secret)
      ? { seen: undefined }
      : observed(readResourcePolicy(aws, region, knownArn ?? id)),
  ]);
  const arn = knownArn ?? seenIn(value)?.arn;
  return {
    kind: 'present',
    arn,
    described,
    content: 'seen' in value ? { seen: value.seen.content } : value,
    resourcePolicy,
  };
}

/** What was found instead of a missing secret. */
type Absence =
  /** Another secret has the name in the ARN. */
  | { kind: 'other-arn'; arn: string }
  /** The ARN lacks the random suffix; the end of the name looks like one. */
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
