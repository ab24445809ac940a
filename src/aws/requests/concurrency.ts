import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../../defaults.ts';
import { firstThrown, Interrupted } from '../../failure.ts';
import { groupedBy } from '../../grouping.ts';

/**
 * Waits for all, also after one has failed, so that nothing is left under way; then throws the first failure, if any, with
 * the change that any of them leaves in doubt.
 */
export async function allSettledOrThrow<T>(running: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(running);
  const thrown = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (thrown.length > 0) throw firstThrown(thrown);
  return Promise.all(running);
}

/**
 * Does a piece of work for each item, so many at the same moment and then the next ones, so that what is under way takes the same
 * memory however many there are; those of a moment can be read together.
 * @throws what the first piece of work that failed has thrown
 */
export async function inTurns<T, R>(
  size: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size) {
    const some = items.slice(start, start + size);
    results.push(...(await allSettledOrThrow(some.map(work))));
  }
  return results;
}

/**
 * Does a piece of work for each item, at most `limit` at once, and returns the results in the order of the items. When one
 * fails, no further one is begun, and those under way are waited for.
 * @throws what a piece of work that failed has thrown
 */
export async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [at, item] of waiting) {
      if (failed) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await allSettledOrThrow(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}

/**
 * The same with at most `limit` at once of each Region: where AWS lets one go slowly, the others do not wait for it.
 * @param regionOf the Region in which the work for an item begins
 */
export async function atMostInEach<T, R>(
  limit: number,
  items: readonly T[],
  regionOf: (item: T) => string,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const regions = groupedBy(items.entries(), ([, item]) => regionOf(item));
  const running = [...regions.values()].map((some) =>
    atMost(limit, some, async ([at, item]) => {
      results[at] = await work(item);
    }),
  );
  await allSettledOrThrow(running);
  return results;
}

/** One page of a listing, and the token that AWS returns for the next one. */
export interface Page<T> {
  items: T[];
  next: string | undefined;
}

/**
 * Reads a listing page by page, so that no more than one page is held. Each page is a call of its own: a listing of
 * thousands takes longer than one call may.
 * @param read reads the page that a token stands for, the first one without a token
 */
export async function* pages<T>(
  read: (token: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<Page<T>> {
  let token: string | undefined;
  do {
    const page = await read(token);
    yield page;
    // An imitation of AWS may return the same page forever.
    if (page.next === token) return;
    token = page.next;
  } while (token);
}

/** What became of waiting: the last answer, and whether it was the one waited for. */
interface Waited<T> {
  value: T;
  done: boolean;
}

/**
 * Looks again and again until `done` holds or the time is up. The pauses grow by half each time.
 * Throws `Interrupted` when the user does not want to wait any longer.
 */
export async function waitUntil<T>(
  look: () => Promise<T>,
  done: (value: T) => boolean,
  {
    limits,
    interrupt,
    onWait,
  }: { limits: Limits; interrupt: AbortSignal; onWait: (elapsedMs: number) => void },
): Promise<Waited<T>> {
  const begun = performance.now();
  const end = begun + limits.iamPropagationMs;
  let pause = limits.firstPauseMs;
  for (;;) {
    const value = await look();
    if (done(value)) return { value, done: true };
    if (performance.now() + pause > end) return { value, done: false };
    onWait(performance.now() - begun);
    await pauseFor(pause, interrupt);
    pause = Math.min(pause * 1.5, limits.longestPauseMs);
  }
}

/**
 * Waits for `ms` milliseconds.
 * @throws Interrupted when the signal is aborted
 */
export async function pauseFor(ms: number, interrupt: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: interrupt });
  } catch {
    throw new Interrupted();
  }
}
