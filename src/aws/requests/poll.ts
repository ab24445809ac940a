import { setTimeout as sleep } from 'node:timers/promises';
import type { Limits } from '../../defaults.ts';
import { Interrupted } from '../../failure.ts';

/** What became of waiting: the last answer, and whether it was the one waited for. */
export interface Waited<T> {
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
