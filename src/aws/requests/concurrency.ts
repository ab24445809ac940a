import { setTimeout as sleep } from 'node:timers/promises';
import { firstThrown, Interrupted } from '../../failure.ts';
import type { Limits } from '../../limits.ts';
import { groupedBy } from '../../text.ts';

/**
 * Waits for all promises, even after a failure, so that nothing keeps running. Then throws the first failure, if any. That
 * failure also carries an unconfirmed change of the others (`firstThrown`).
 */
export async function allSettledOrThrow<T>(running: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(running);
  const thrown = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (thrown.length > 0) throw firstThrown(thrown);
  return Promise.all(running);
}

/**
 * Processes items in batches of `size`: all items of a batch at the same time, then the next batch. Memory use is independent of
 * the number of items, and the items of a batch can be read together.
 * @throws the first error
 */
export async function inBatches<T, R>(
  size: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += size) {
    const batch = items.slice(start, start + size);
    results.push(...(await allSettledOrThrow(batch.map(work))));
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
  // All workers take their items from this one iterator.
  const remaining = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [index, item] of remaining) {
      if (failed) return;
      try {
        results[index] = await work(item);
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
export async function atMostPerRegion<T, R>(
  limit: number,
  items: readonly T[],
  regionOf: (item: T) => string,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entriesByRegion = groupedBy(items.entries(), ([, item]) => regionOf(item));
  const running = [...entriesByRegion.values()].map((entries) =>
    atMost(limit, entries, async ([index, item]) => {
      results[index] = await work(item);
    }),
  );
  await allSettledOrThrow(running);
  return results;
}

/** A page of a listing. */
export interface Page<T> {
  items: T[];
  /** The token for the next page. Absent on the last one. */
  next: string | undefined;
}

/**
 * Reads a listing page by page, so that only one page is in memory. Each page is a separate call, because a listing of thousands
 * of items takes longer than the time limit of one call.
 * @param read reads the page of a token; the first page has no token
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

/**
 * Polls until `isDone` returns true, for at most `limits.iamPropagationMs`. That limit is for changes in IAM, and is ample for
 * other services. Each pause is 1.5 times as long as the one before.
 * @returns the value of the last read; `done` is false if it still didn't meet the condition
 * @throws Interrupted if the user interrupts
 */
export async function waitUntil<T>(
  read: () => Promise<T>,
  isDone: (value: T) => boolean,
  {
    limits,
    interrupt,
    onWait,
  }: { limits: Limits; interrupt: AbortSignal; onWait: (elapsedMs: number) => void },
): Promise<{ value: T; done: boolean }> {
  const startedAt = performance.now();
  const deadline = startedAt + limits.iamPropagationMs;
  let pauseMs = limits.firstPauseMs;
  for (;;) {
    const value = await read();
    if (isDone(value)) return { value, done: true };
    if (performance.now() + pauseMs > deadline) return { value, done: false };
    onWait(performance.now() - startedAt);
    await pauseFor(pauseMs, interrupt);
    pauseMs = Math.min(pauseMs * 1.5, limits.longestPauseMs);
  }
}

/**
 * Awaits a promise, but rejects as soon as the signal is aborted, even if the promise never settles.
 * @param error what to reject with. Default: the signal's reason.
 */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, error?: Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(error ?? signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
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
