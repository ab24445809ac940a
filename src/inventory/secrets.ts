import { type Observed, seenIn } from '../aws/observed.ts';
import { allSettledOrThrow, atMost } from '../aws/requests/concurrency.ts';
import { mayHavePolicy, readResourcePolicy } from '../aws/secrets/index.ts';
import { type ListedSecret, listedSecret, secretPages } from '../aws/secrets/listing.ts';
import { type CurrentVersion, readCurrentVersion } from '../aws/secrets/versions.ts';
import { orAbsent } from '../aws/session.ts';
import { keyPolicyReader } from '../checks/access/decryption.ts';
import {
  type Encryption,
  type EncryptionReaders,
  kmsKeyReader,
  readEncryption,
} from '../checks/access/encryption.ts';
import { Failure } from '../failure.ts';
import { statusMessages as messages } from './messages.ts';
import { kmsRequester, type Looking } from './notes.ts';

/** A secret, and when its current value was stored, as far as that could be looked at. */
export interface SecretSnapshot extends ListedSecret {
  currentSince?: Date;
  /** Absent while it is scheduled for deletion, and where only the policies of roles are of concern. */
  access?: SecretAccess;
}

/** What decides who may read a secret, beside the policies of the role. */
export interface SecretAccess {
  resourcePolicy: Observed<string | undefined>;
  encryption: Encryption;
}

/** A secret by its name or its ARN. */
export interface SecretId {
  region: string;
  id: string;
}

/** The secrets that were found, and where they were looked for. */
export interface SecretSnapshots {
  secrets: SecretSnapshot[];
  regions: string[];
  /** Those looked for one by one that are not there. */
  absent: SecretId[];
  /** Those that the list lacks and that the caller is not allowed to read one by one. */
  unreadable: SecretId[];
}

const REGIONS_AT_ONCE = 8;
const DETAILS_AT_ONCE = 20;
const UNLISTED_AT_ONCE = 10;

/** Failures for which a Region that was not named is left out; those that concern all of AWS are not among them. */
const SKIPPABLE = /^(access-denied|region-not-enabled|no-such-endpoint|unreachable|timed-out|proxy-.*)$/;

/** Which secrets are to be found. */
export interface Wanted {
  /** Whether one that a list shows is to be kept; all others are forgotten as soon as they were seen. */
  isWanted(secret: ListedSecret): boolean;
  /** Hears of each that is not kept. */
  passOver?(secret: ListedSecret): void;
  /** Those that are looked for also where the list does not show them. */
  others: SecretId[];
}

/**
 * The secrets of these Regions that are wanted. A Region that is switched off or not allowed is noted and left out, unless
 * it was asked for by its name.
 * @throws Failure when a Region that was asked for cannot be looked at
 */
export async function findSecrets(
  looking: Looking,
  regions: string[],
  wanted: Wanted,
): Promise<SecretSnapshots> {
  const progress = { count: 0 };
  const found = await atMost(REGIONS_AT_ONCE, regions, (region) =>
    secretsIn(looking, region, wanted, progress).catch(leftOut(looking, region)),
  );
  const kept = found.map((each) => each?.kept ?? []);
  const count = kept.flat().length;
  if (count > DETAILS_AT_ONCE) looking.onProgress(messages.readingDetails(count));
  const withDetails = detailReader(looking);
  // Each Region has a quota of its own.
  const detailed = kept.map((secrets) => atMost(DETAILS_AT_ONCE, secrets, withDetails));
  return {
    secrets: (await allSettledOrThrow(detailed)).flat(),
    regions: regions.filter((_, at) => found[at]),
    absent: found.flatMap((each) => each?.absent ?? []),
    unreadable: found.flatMap((each) => each?.unreadable ?? []),
  };
}

async function secretsIn(
  looking: Looking,
  region: string,
  { isWanted, passOver, others }: Wanted,
  progress: { count: number },
): Promise<{ kept: ListedSecret[]; absent: SecretId[]; unreadable: SecretId[] }> {
  const { aws, onProgress } = looking;
  const kept: ListedSecret[] = [];
  for await (const { items, next } of secretPages(aws, region, { deleted: true })) {
    for (const { description: _, ...secret } of items) {
      // Descriptions are not shown, and there may be thousands.
      if (isWanted(secret)) kept.push(secret);
      else passOver?.(secret);
    }
    progress.count += items.length;
    if (next) onProgress(messages.lookingAtSecrets(progress.count));
  }
  const listed = new Set(kept.flatMap(({ name, arn }) => [name, arn]));
  const unlisted = others.filter((other) => other.region === region && !listed.has(other.id));
  const answers = await atMost(UNLISTED_AT_ONCE, unlisted, ({ id }) =>
    looking.notes.unlessDenied(
      id,
      listedSecret(aws, region, id).then((found) => ({ found })),
    ),
  );
  kept.push(...answers.flatMap((answer) => answer?.found ?? []));
  return {
    kept: kept.sort((a, b) => a.name.localeCompare(b.name)),
    absent: unlisted.filter((_, at) => answers[at] && !answers[at].found),
    unreadable: unlisted.filter((_, at) => !answers[at]),
  };
}

/** Decides about a Region that could not be looked at: `undefined` when it is left out. */
function leftOut({ notes, asked }: Looking, region: string): (error: unknown) => undefined {
  return (error) => {
    if (asked.includes(region) || !(error instanceof Failure) || !SKIPPABLE.test(error.code)) throw error;
    notes.leftOut(region, error);
    return undefined;
  };
}

/** Makes what reads the details of secrets; each KMS key is looked at once for all of them. */
function detailReader(looking: Looking): (secret: ListedSecret) => Promise<SecretSnapshot> {
  const { aws, notes, rolesOnly } = looking;
  const request = kmsRequester(notes);
  const keyPolicyOf = keyPolicyReader(aws, request);
  const kmsKeyOf = kmsKeyReader(aws, request);
  return async (secret) => {
    if (secret.deletedAt) return secret;
    const version = readVersion(looking, secret);
    const readers = { currentVersionOf: () => version, keyPolicyOf, kmsKeyOf };
    const reading = rolesOnly ? undefined : readAccess(looking, secret, readers);
    await allSettledOrThrow<unknown>([version, Promise.resolve(reading)]);
    const [createdAt, access] = [seenIn(await version)?.createdAt, await reading];
    return { ...secret, ...(createdAt ? { currentSince: createdAt } : {}), ...(access ? { access } : {}) };
  };
}

function readVersion(
  { aws, notes }: Looking,
  secret: ListedSecret,
): Promise<Observed<CurrentVersion | undefined>> {
  if (!secret.current) return Promise.resolve({ seen: undefined });
  // Of one that is deleted for good meanwhile there is nothing to say.
  return notes.unlessUnanswered(secret.name, orAbsent(readCurrentVersion(aws, secret)));
}

async function readAccess(
  { aws, notes }: Looking,
  secret: ListedSecret,
  readers: EncryptionReaders,
): Promise<SecretAccess> {
  const { region, arn, name } = secret;
  const identity = await aws.identity();
  const [resourcePolicy, encryption] = await Promise.all([
    mayHavePolicy(secret)
      ? notes.unlessUnseen(name, readResourcePolicy(aws, region, arn))
      : { seen: undefined },
    readEncryption(readers, identity, secret),
  ]);
  return { resourcePolicy, encryption };
}
