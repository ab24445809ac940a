import { type ListedSecret, listedSecret, secretPages } from '../aws/secret-listing.ts';
import { readCurrentVersion } from '../aws/secret-versions.ts';
import { orAbsent } from '../aws/session.ts';
import { allOrFirstFailure, atMost } from '../aws/together.ts';
import { Failure } from '../failure.ts';
import { statusWords as words } from '../report/words/status.ts';
import type { Looking } from './collect.ts';

/** A secret, and when its current value was stored, as far as that could be looked at. */
export interface SeenSecret extends ListedSecret {
  currentSince?: Date;
}

/** A secret by its name or its ARN. */
export interface SecretId {
  region: string;
  id: string;
}

/** The secrets that were found, and where they were looked for. */
export interface SeenSecrets {
  secrets: SeenSecret[];
  regions: string[];
  /** Those looked for one by one that are not there. */
  absent: SecretId[];
}

const REGIONS_AT_ONCE = 8;
const AGES_AT_ONCE = 20;
const UNLISTED_AT_ONCE = 10;

/** Why a Region that nobody asked for by its name may be left out. What concerns all of AWS is not among it. */
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
export async function findSecrets(looking: Looking, regions: string[], wanted: Wanted): Promise<SeenSecrets> {
  const progress = { count: 0 };
  const found = await atMost(REGIONS_AT_ONCE, regions, (region) =>
    secretsIn(looking, region, wanted, progress).catch(leftOut(looking, region)),
  );
  const kept = found.map((each) => each?.kept ?? []);
  const count = kept.flat().length;
  if (count > AGES_AT_ONCE) looking.onProgress(words.readingAges(count));
  // Each Region has a quota of its own.
  const aged = kept.map((secrets) => atMost(AGES_AT_ONCE, secrets, (secret) => withAge(looking, secret)));
  return {
    secrets: (await allOrFirstFailure(aged)).flat(),
    regions: regions.filter((_, at) => found[at]),
    absent: found.flatMap((each) => each?.absent ?? []),
  };
}

async function secretsIn(
  looking: Looking,
  region: string,
  { isWanted, passOver, others }: Wanted,
  progress: { count: number },
): Promise<{ kept: ListedSecret[]; absent: SecretId[] }> {
  const { aws, onProgress } = looking;
  const kept: ListedSecret[] = [];
  for await (const { items, next } of secretPages(aws, region, { deleted: true })) {
    for (const { description: _, ...secret } of items) {
      // Descriptions are not shown, and there may be thousands.
      if (isWanted(secret)) kept.push(secret);
      else passOver?.(secret);
    }
    progress.count += items.length;
    if (next) onProgress(words.lookingAtSecrets(progress.count));
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

async function withAge({ aws, notes }: Looking, secret: ListedSecret): Promise<SeenSecret> {
  const { region, arn, name, deletedAt, current } = secret;
  if (deletedAt || !current) return secret;
  const version = await notes.unlessUnanswered(name, orAbsent(readCurrentVersion(aws, { region, arn })));
  return version?.createdAt ? { ...secret, currentSince: version.createdAt } : secret;
}
