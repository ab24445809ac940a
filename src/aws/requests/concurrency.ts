import { setTimeout as sleep } from 'node:timers/promises';
import { firstThrown, Interrupted } from '../../failure.ts';
import { groupedBy } from '../../grouping.ts';
import type { Limits } from '../../limits.ts';

/**
 * Waits for all promises, even after a failure, so that nothing keeps running. Then throws the first failure, if any, with an
 * unconfirmed change of the others (`firstThrown`).
 */
export async function allSettledOrThrow<T>(running: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(running);
  const thrown = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
  if (thrown.length > 0) throw firstThrown(thrown);
  return Promise.all(running);
}

/**
 * Processes items in batches of `size`: all items of a batch at the same time, then the next batch. Memory use is independent of
 * the number of items, and the items of a batch can be read together.
 * @throws the first error
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
 * Processes each item, at most `limit` at once, and returns the results in the order of the items. After a failure, no new item
 * is started, and those in progress are awaited.
 * @throws the first error
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
 * Like `atMost`, with a limit for each Region. If AWS slows down one Region, the others don't wait.
 * @param regionOf returns the Region in which the work for an item begins
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

/** A page of a listing, and the token for the next one. */
export interface Page<T> {
  items: T[];
  next: string | undefined;
}

/**
 * Reads a listing page by page, so that only one page is in memory. Each page is a separate call, because a listing of thousands
 * of items takes longer than the time limit of one call.
 * @param read reads the page of a token; the first page has none
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

/** The result of waiting: the last value, and whether it met the condition. */
interface Waited<T> {
  value: T;
  done: boolean;
}

/**
 * Polls until `done` returns true or the time is up. Each pause is 1.5 times as long as the one before.
 * @throws Interrupted if the user interrupts
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
 * @throws Interrupted if the signal is aborted
 */
export async function pauseFor(ms: number, interrupt: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal: interrupt });
  } catch {
    throw new Interrupted();
  }
}
