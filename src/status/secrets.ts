import { atMost } from '../aws/at-most.ts';
import { currentSince, type ListedSecret, secretPages } from '../aws/secret-listing.ts';
import { Failure } from '../failure.ts';
import { statusWords as words } from '../report/words/status.ts';
import type { Looking } from './collect.ts';

/** A secret, and when its current value was stored, as far as that could be looked at. */
export interface SeenSecret extends ListedSecret {
  currentSince?: Date;
}

/** The secrets that were found, and where they were looked for. */
export interface SeenSecrets {
  secrets: SeenSecret[];
  regions: string[];
}

const REGIONS_AT_ONCE = 8;
const AGES_AT_ONCE = 20;

/** Why a Region that nobody asked for by its name may be left out. What concerns all of AWS is not among it. */
const SKIPPABLE = /^(access-denied|region-not-enabled|no-such-endpoint|unreachable|timed-out|proxy-.*)$/;

/**
 * The secrets of these Regions that `wanted` asks for; all others are forgotten as soon as they were seen. A Region that is
 * switched off or not allowed is noted and left out, unless it was asked for by its name.
 * @throws Failure when a Region that was asked for cannot be looked at
 */
export async function findSecrets(
  looking: Looking,
  regions: string[],
  wanted: (secret: ListedSecret) => boolean,
): Promise<SeenSecrets> {
  const progress = { count: 0 };
  const found = await atMost(REGIONS_AT_ONCE, regions, (region) =>
    secretsIn(looking, region, wanted, progress).catch(leftOut(looking, region)),
  );
  const secrets = found.flatMap((each) => each ?? []);
  if (secrets.length > AGES_AT_ONCE) looking.onProgress(words.readingAges(secrets.length));
  return {
    secrets: await atMost(AGES_AT_ONCE, secrets, (secret) => withAge(looking, secret)),
    regions: regions.filter((_, at) => found[at]),
  };
}

async function secretsIn(
  { aws, onProgress }: Looking,
  region: string,
  wanted: (secret: ListedSecret) => boolean,
  progress: { count: number },
): Promise<ListedSecret[]> {
  const kept: ListedSecret[] = [];
  for await (const { items, next } of secretPages(aws, region, { deleted: true })) {
    // Descriptions are not shown, and there may be thousands.
    kept.push(...items.filter(wanted).map(({ description: _, ...secret }) => secret));
    progress.count += items.length;
    if (next) onProgress(words.lookingAtSecrets(progress.count));
  }
  return kept.sort((a, b) => a.name.localeCompare(b.name));
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
  const since = await notes.unlessDenied(name, currentSince(aws, region, arn));
  return since ? { ...secret, currentSince: since } : secret;
}
