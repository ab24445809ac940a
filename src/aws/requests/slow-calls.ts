import { HTTP } from '../../limits.ts';

const TICK_MS = 1_000;

/** Something being waited for, in words, and its time limit in milliseconds. */
export interface Wait {
  what: string;
  limitMs: number;
}

/** Starts a wait. Returns the function that ends it. */
export type BeginWait = (wait: Wait) => () => void;

/** Called each second with the longest-running slow call, and once with undefined when there is none anymore. */
export type OnWaiting = (waiting: (Wait & { elapsedMs: number }) | undefined) => void;

/** Watches for slow waits, such as calls to which AWS responds slowly. */
export function watchWaits(notify: OnWaiting): BeginWait {
  const calls = new Set<Wait & { since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let notified = false;
  const tick = () => {
    // A set iterates in insertion order.
    const [oldest] = calls;
    const elapsedMs = oldest ? performance.now() - oldest.since : 0;
    const slow = oldest && elapsedMs >= HTTP.tellAfterMs;
    if (slow) notify({ what: oldest.what, limitMs: oldest.limitMs, elapsedMs });
    else if (notified) notify(undefined);
    notified = Boolean(slow);
  };
  return (wait) => {
    const call = { ...wait, since: performance.now() };
    calls.add(call);
    timer ??= setInterval(tick, TICK_MS);
    return () => {
      calls.delete(call);
      if (notified) tick();
      if (calls.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

/** Ends a call in progress when its time limit is reached or the user interrupts. */
interface CallEnd {
  /** Aborted to cancel the call. */
  readonly signal: AbortSignal;
  /** Returns true if the time limit was reached. */
  readonly overdue: () => boolean;
  /** Releases the resources. Call it when the call has ended. */
  readonly close: () => void;
}

/** Starts a call with its time limit in milliseconds, and whether an interruption aborts it. */
type BeginCall = (limitMs: number, interruptible: boolean) => CallEnd;

/**
 * Ends the calls of a run. One listener serves them all: combined signals (`AbortSignal.any`, `AbortSignal.timeout`) stay alive
 * until the time limit, even if the call has long ended.
 */
export function watchEnds(interrupt: AbortSignal): BeginCall {
  const interruptible = new Set<AbortController>();
  interrupt.addEventListener('abort', () => {
    for (const controller of interruptible) controller.abort();
  });
  return (limitMs, isInterruptible) => {
    const controller = new AbortController();
    let overdue = false;
    const timer = setTimeout(() => {
      overdue = true;
      controller.abort();
    }, limitMs);
    if (isInterruptible) interruptible.add(controller);
    return {
      signal: controller.signal,
      overdue: () => overdue,
      close() {
        clearTimeout(timer);
        interruptible.delete(controller);
      },
    };
  };
}
