import { parseSecretArn } from '../../../aws/arn.ts';
import { offeredRegions } from '../../../aws/regions.ts';
import { atMost } from '../../../aws/requests/concurrency.ts';
import {
  describeSecret,
  mayHavePolicy,
  readResourcePolicy,
  type SecretState,
  secretExists,
} from '../../../aws/secrets/index.ts';
import type { EarlyValue, ValueReader } from '../../../aws/secrets/value-reader.ts';
import { readValue, type SecretContent } from '../../../aws/secrets/versions.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import { type Observed, observed, seenIn } from '../../../aws/session.ts';
import type { Algorithm, KeyMaterial, KeySource, KeyType } from '../../../key/index.ts';
import { HTTP } from '../../../limits.ts';
import type { Reading } from '../../../ui/commands.ts';
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
  /** The role and the policy to read it, if the command line or a flow names them. */
  reading?: Reading;
}

/** What the checks and their fixes need from a manifest entry. */
export interface ManifestEntry {
  path: string;
  /** The position of the entry, such as `keys.yaml:12:5`. */
  at: string;
  /** The Regions of its secret. */
  regions: string[];
  roleName: string;
  /** The source of its key. Absent for a secret that is used as is. */
  source?: KeySource;
  /** True if `rotate --manifest` would store the right key and change nothing that is already right. */
  rotates: boolean;
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
  kind: 'there';
  /** Absent if the secret was given by name and has not been found. */
  arn?: string;
  described: Observed<SecretState>;
  /** Not read while the secret is scheduled for deletion, like `resourcePolicy`. */
  content?: Observed<SecretContent>;
  resourcePolicy?: Observed<string | undefined>;
}

/** Readers that combine or share requests for many secrets. */
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
  const early = await values.early(region, id);
  const described = await observed(describeSecret(aws, region, id));
  if ('unseen' in described) return { target, ...(await observeRest(aws, target, described, early)) };
  const { seen: secret } = described;
  if (!secret) return { target, kind: 'absent', absence: await whyAbsent(aws, target) };
  const known = withTag(target, secret);
  const [rest, encryption] = await Promise.all([
    observeRest(aws, known, { seen: secret }, early),
    secret.deletedAt ? undefined : readEncryption(readers, identity, secret),
  ]);
  return { target: known, ...rest, ...encryption };
}

/** Returns a target with the key type from the secret's tag, unless the type is given. */
function withTag(target: SecretTarget, { keyType }: SecretState): SecretTarget {
  return target.keyTypeGuessed && keyType ? { ...target, keyType, keyTypeGuessed: false } : target;
}

async function observeRest(
  aws: Aws,
  { region, id }: SecretTarget,
  described: Observed<SecretState>,
  early: EarlyValue | undefined,
): Promise<PresentSecret> {
  const secret = seenIn(described);
  const known = secret?.arn ?? (parseSecretArn(id) ? id : undefined);
  if (secret?.deletedAt) return { kind: 'there', arn: secret.arn, described };
  const [value, resourcePolicy] = await Promise.all([
    early?.kind === 'found'
      ? { seen: early.value }
      : observed(readValue(aws, region, known ?? id, secret?.kmsKeyId)),
    secret && !mayHavePolicy(secret)
      ? { seen: undefined }
      : observed(readResourcePolicy(aws, region, known ?? id)),
  ]);
  const arn = known ?? seenIn(value)?.arn;
  return {
    kind: 'there',
    arn,
    described,
    content: 'seen' in value ? { seen: value.seen.content } : value,
    resourcePolicy,
  };
}

/** What exists instead of a missing secret. */
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
    const [, whole = name] = /:secret:(.+)$/.exec(id) ?? [];
    const longer = seenIn(await observed(describeSecret(aws, region, whole)));
    if (longer?.name === whole) return { kind: 'arn-without-end', arn: longer.arn };
    const other = seenIn(await observed(describeSecret(aws, region, name)));
    if (other) return { kind: 'other-arn', arn: other.arn };
  }
  if (manifest) return { kind: 'absent' };
  const [, shorter, end = ''] = /^(.+)-([A-Za-z0-9]{6})$/.exec(name) ?? [];
  const other = shorter && seenIn(await observed(describeSecret(aws, region, shorter)));
  // A word or a number of six characters may well be part of the intended name.
  const isEnd = other && (other.arn.endsWith(`-${end}`) || !/^([A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(end));
  return isEnd ? { kind: 'arn-end', name: other.name } : elsewhere(aws, region, name);
}

async function elsewhere(aws: Aws, region: string, name: string): Promise<Absence> {
  const { partition } = await aws.identity();
  const others = offeredRegions(partition).filter((id) => id !== region);
  const found = await atMost(REGIONS_AT_ONCE, others, async (other) =>
    seenIn(await observed(secretExists(aws, other, name, HTTP.searchLimitMs))),
  );
  return { kind: 'elsewhere', regions: others.filter((_other, index) => found[index] === true) };
}
