import { isNetworkFailure } from '../aws/http/network-errors.ts';
import { allSettledOrThrow, atMost } from '../aws/requests/concurrency.ts';
import { mayHaveResourcePolicy, readResourcePolicy } from '../aws/secrets/index.ts';
import { type ListedSecret, readListedSecret, secretPages } from '../aws/secrets/listing.ts';
import { type CurrentVersion, readCurrentVersion } from '../aws/secrets/versions.ts';
import { type Observed, orAbsent, seenIn } from '../aws/session.ts';
import type { KmsRequester } from '../checks/access/decryption.ts';
import { keyPolicyReader } from '../checks/access/decryption.ts';
import {
  type Encryption,
  type EncryptionReaders,
  kmsKeyReader,
  readEncryption,
} from '../checks/access/encryption.ts';
import { Failure } from '../failure.ts';
import { HTTP } from '../limits.ts';
import { statusMessages as messages } from './messages.ts';
import type { Notes, ScanContext } from './notes.ts';

/** A secret with the date of its current value and what decides who may read it, as far as they could be read. */
export interface SecretSnapshot extends ListedSecret {
  /** When the current value was stored. */
  currentSince?: Date;
  /** Absent while it is scheduled for deletion, or if only role policies are read. */
  access?: SecretAccess;
}

/** What decides who may read a secret, apart from the role's policies. */
export interface SecretAccess {
  resourcePolicy: Observed<string | undefined>;
  encryption: Encryption;
}

/** A secret by name or ARN. */
export interface SecretId {
  region: string;
  id: string;
}

/** The secrets that were found, and the Regions that were searched. */
export interface SecretSnapshots {
  secrets: SecretSnapshot[];
  regions: string[];
  /** Secrets that were read individually and don't exist. */
  absent: SecretId[];
  /** Secrets that are missing in the list and that the caller isn't allowed to read individually. */
  unreadable: SecretId[];
}

/** How many Regions, secrets of a Region, and secrets that a list doesn't show are read at the same time. */
const REGIONS_AT_ONCE = 8;
const DETAILS_AT_ONCE = 20;
const UNLISTED_AT_ONCE = 10;

/** Failures for which a Region is skipped, unless the user named it. Failures that concern all of AWS are not included. */
const SKIPPABLE = /^(access-denied|region-not-enabled|no-such-endpoint|unreachable|timed-out|proxy-.*)$/;

/** Selects the secrets to find. */
export interface SecretFilter {
  /** Returns true to keep a listed secret. All others are dropped immediately. */
  isWanted(secret: ListedSecret): boolean;
  /** Called for each listed secret that is not kept. */
  onSkipped?(secret: ListedSecret): void;
  /** Secrets to read individually if the list doesn't show them. */
  namedIds: SecretId[];
}

/**
 * Returns the wanted secrets in these Regions. A Region that is disabled or forbidden is noted and skipped, unless the user named
 * it.
 * @throws Failure if a Region that the user named can't be read
 */
export async function findSecrets(
  context: ScanContext,
  regions: string[],
  filter: SecretFilter,
): Promise<SecretSnapshots> {
  const progress = { count: 0 };
  const found = await atMost(REGIONS_AT_ONCE, regions, (region) =>
    secretsIn(context, region, filter, progress).catch(skipRegion(context, region)),
  );
  const kept = found.map((each) => each?.kept ?? []);
  const count = kept.flat().length;
  if (count > DETAILS_AT_ONCE) context.onProgress(messages.readingDetails(count));
  const withDetails = detailReader(context);
  // Each Region has its own quota.
  const detailed = kept.map((secrets) => atMost(DETAILS_AT_ONCE, secrets, withDetails));
  return {
    secrets: (await allSettledOrThrow(detailed)).flat(),
    regions: regions.filter((_, index) => found[index]),
    absent: found.flatMap((each) => each?.absent ?? []),
    unreadable: found.flatMap((each) => each?.unreadable ?? []),
  };
}

async function secretsIn(
  context: ScanContext,
  region: string,
  { isWanted, onSkipped, namedIds }: SecretFilter,
  progress: { count: number },
): Promise<{ kept: ListedSecret[]; absent: SecretId[]; unreadable: SecretId[] }> {
  const { aws, onProgress } = context;
  const kept: ListedSecret[] = [];
  for await (const { items, next } of secretPages(aws, region, { withDeleted: true })) {
    // Descriptions aren't shown, and there may be thousands.
    for (const { description: _, ...secret } of items) {
      if (isWanted(secret)) kept.push(secret);
      else onSkipped?.(secret);
    }
    progress.count += items.length;
    if (next) onProgress(messages.lookingAtSecrets(progress.count));
  }
  const listed = new Set(kept.flatMap(({ name, arn }) => [name, arn]));
  const unlistedIds = namedIds.filter((other) => other.region === region && !listed.has(other.id));
  const answers = await atMost(UNLISTED_AT_ONCE, unlistedIds, ({ id }) =>
    context.notes.unlessDenied(
      id,
      readListedSecret(aws, region, id).then((found) => ({ found })),
    ),
  );
  kept.push(...answers.flatMap((answer) => answer?.found ?? []));
  return {
    kept: kept.sort((a, b) => a.name.localeCompare(b.name)),
    absent: unlistedIds.filter((_, index) => answers[index] && !answers[index].found),
    unreadable: unlistedIds.filter((_, index) => !answers[index]),
  };
}

/** Returns an error handler for a Region that could not be read: it notes that the Region is skipped, or rethrows the error. */
function skipRegion({ notes, requestedRegions }: ScanContext, region: string): (error: unknown) => undefined {
  return (error) => {
    if (requestedRegions.includes(region) || !(error instanceof Failure) || !SKIPPABLE.test(error.code))
      throw error;
    notes.noteSkippedRegion(region, error);
    return undefined;
  };
}

/** Returns a function that reads the details of a secret. Each KMS key is read once for all secrets. */
function detailReader(context: ScanContext): (secret: ListedSecret) => Promise<SecretSnapshot> {
  const { aws, notes, rolesOnly } = context;
  const request = kmsRequester(notes);
  const keyPolicyOf = keyPolicyReader(aws, request);
  const kmsKeyOf = kmsKeyReader(aws, request);
  return async (secret) => {
    if (secret.deletedAt) return secret;
    const version = readVersion(context, secret);
    const readers = { currentVersionOf: () => version, keyPolicyOf, kmsKeyOf };
    const reading = rolesOnly ? undefined : readAccess(context, secret, readers);
    await allSettledOrThrow<unknown>([version, Promise.resolve(reading)]);
    return { ...secret, currentSince: seenIn(await version)?.createdAt, access: await reading };
  };
}

function readVersion(
  { aws, notes }: ScanContext,
  secret: ListedSecret,
): Promise<Observed<CurrentVersion | undefined>> {
  if (!secret.hasCurrentVersion) return Promise.resolve({ seen: undefined });
  // A secret that was permanently deleted in the meantime has no details.
  return notes.unlessUnanswered(secret.name, orAbsent(readCurrentVersion(aws, secret)));
}

async function readAccess(
  { aws, notes }: ScanContext,
  secret: ListedSecret,
  readers: EncryptionReaders,
): Promise<SecretAccess> {
  const { region, arn, name } = secret;
  const identity = await aws.identity();
  const [resourcePolicy, encryption] = await Promise.all([
    mayHaveResourcePolicy(secret)
      ? notes.unlessFailed(name, readResourcePolicy(aws, region, arn))
      : { seen: undefined },
    readEncryption(readers, identity, secret),
  ]);
  return { resourcePolicy, encryption };
}

/**
 * Sends requests to KMS, which may be unreachable from here, with a short time limit. The first request to a Region goes alone.
 * After a network failure, no more requests are sent to that Region; they get the same failure. Each failure is noted.
 */
function kmsRequester(notes: Notes): KmsRequester {
  const firstRequests = new Map<string, Promise<unknown>>();
  const failures = new Map<string, unknown>();
  const sendUnlessFailed = async <T>(region: string, send: () => Promise<T>): Promise<T> => {
    const first = firstRequests.get(region);
    await first;
    if (failures.has(region)) throw failures.get(region);
    return send();
  };
  return ({ region, id }, send) => {
    const sending = sendUnlessFailed(region, () => send({ limitMs: HTTP.searchLimitMs }));
    const sendingEnded = sending.catch((error: unknown) => {
      if (isNetworkFailure(error)) failures.set(region, error);
    });
    if (!firstRequests.has(region)) firstRequests.set(region, sendingEnded);
    return notes.unlessFailed(id, sending);
  };
}
