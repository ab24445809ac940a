import { parseSecretArn } from '../../../aws/arn.ts';
import { type Observed, observed, seenIn } from '../../../aws/observed.ts';
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
import { HTTP } from '../../../defaults.ts';
import type { Algorithm, KeyMaterial, KeySource, KeyType } from '../../../key/index.ts';
import type { Reading } from '../../../ui/commands.ts';
import { type Encryption, type EncryptionReaders, readEncryption } from '../../access/encryption.ts';
import { isForeign } from '../result.ts';

/** A secret to be looked at, and what it must hold. */
export interface SecretTarget {
  region: string;
  /** Its name or its ARN. */
  id: string;
  keyType: KeyType;
  /** True where the type of the key is not given: then the tag decides, and without a tag `keyType` is a guess. */
  keyTypeGuessed?: boolean;
  algorithm?: Algorithm;
  /** The very key that it must hold. */
  key?: KeyMaterial;
  /** The entry of a manifest that names it, if one does. */
  manifest?: ManifestEntry;
  /** Who is to read it, where the command line or a flow says so. */
  reading?: Reading;
}

/** What the checks and their remedies have to know of an entry of a manifest. */
export interface ManifestEntry {
  path: string;
  /** Where the entry stands, as `keys.yaml:12:5`. */
  at: string;
  /** The Regions of its secret. */
  regions: string[];
  roleName: string;
  /** Where its key comes from; absent for a secret that is used as it is. */
  source?: KeySource;
  /** Whether `rotate --manifest` would put the right key into it, and change nothing that is right. */
  rotates: boolean;
}

/** A secret as far as it could be looked at. */
export type SecretObservation = { target: SecretTarget } & (
  | { kind: 'foreign' }
  | { kind: 'absent'; absence: Absence }
  | PresentSecret
);

/**
 * A secret that exists or may exist: without the permission to look, nothing else is known. Its encryption is not looked at while
 * it is scheduled for deletion, nor where it could not be described.
 */
export interface PresentSecret extends Partial<Encryption> {
  kind: 'there';
  /** Absent when the secret was given by its name and has not been found. */
  arn?: string;
  described: Observed<SecretState>;
  /** Not looked at while the secret is scheduled for deletion, as is the next one. */
  content?: Observed<SecretContent>;
  resourcePolicy?: Observed<string | undefined>;
}

/** What reads for many secrets at once, or once for many secrets. */
export interface SecretReaders {
  values: ValueReader;
  encryption: EncryptionReaders;
}

/** Looks at a secret. This reads its value, which moves its date of last access. */
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
    ...(arn === undefined ? {} : { arn }),
    described,
    content: 'seen' in value ? { seen: value.seen.content } : value,
    resourcePolicy,
  };
}

/** What there is in place of a secret that is not there. */
type Absence =
  /** Another secret has the name that is in the ARN. */
  | { kind: 'other-arn'; arn: string }
  /** The ARN lacks its end: what stands there is the end of the name. */
  | { kind: 'arn-without-end'; arn: string }
  /** The name is that of a secret, with the end of an ARN after it. */
  | { kind: 'arn-end'; name: string }
  /** A secret of the name is in these Regions; none means that it was seen in no Region. */
  | { kind: 'elsewhere'; regions: string[] }
  /** Nothing else was looked for. */
  | { kind: 'absent' };

const REGIONS_AT_ONCE = 20;

/**
 * Looks for what the user may have meant. What cannot be looked at is left out. A manifest says what is meant, and may name
 * a thousand secrets that are not there yet.
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
  // A word or a number of six characters may well be a part of the name that was meant.
  const isEnd = other && (other.arn.endsWith(`-${end}`) || !/^([A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(end));
  return isEnd ? { kind: 'arn-end', name: other.name } : elsewhere(aws, region, name);
}

async function elsewhere(aws: Aws, region: string, name: string): Promise<Absence> {
  const { partition } = await aws.identity();
  const others = offeredRegions(partition).filter((id) => id !== region);
  const found = await atMost(REGIONS_AT_ONCE, others, async (other) =>
    seenIn(await observed(secretExists(aws, other, name, HTTP.searchLimitMs))),
  );
  return { kind: 'elsewhere', regions: others.filter((_other, at) => found[at] === true) };
}
