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
  const waits = new Set<Wait & { since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let notified = false;
  const tick = () => {
    // A set iterates in insertion order.
    const [oldest] = waits;
    const elapsedMs = oldest ? performance.now() - oldest.since : 0;
    const slow = oldest && elapsedMs >= HTTP.slowCallNoticeMs;
    if (slow) notify({ what: oldest.what, limitMs: oldest.limitMs, elapsedMs });
    else if (notified) notify(undefined);
    notified = Boolean(slow);
  };
  return (wait) => {
    const timedWait = { ...wait, since: performance.now() };
    waits.add(timedWait);
    timer ??= setInterval(tick, TICK_MS);
    return () => {
      waits.delete(timedWait);
      if (notified) tick();
      if (waits.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

/** Ends a call in progress when its time limit is reached or the user interrupts. */
interface CallLimit {
  /** Aborted to cancel the call. */
  readonly signal: AbortSignal;
  /** Returns true if the time limit was reached. */
  readonly isOverdue: () => boolean;
  /** Releases the resources. Call it when the call has ended. */
  readonly close: () => void;
}

/** Starts the time limit of a call, in milliseconds. An interruption aborts the call only if it is interruptible. */
type LimitCall = (limitMs: number, options: { interruptible: boolean }) => CallLimit;

/**
 * Returns the function that limits each call of a run. One listener serves all calls, because combined signals
 * (`AbortSignal.any`, `AbortSignal.timeout`) stay alive until the time limit, even if the call has long ended.
 */
export function createCallLimits(interrupt: AbortSignal): LimitCall {
  const interruptibleCalls = new Set<AbortController>();
  interrupt.addEventListener('abort', () => {
    for (const controller of interruptibleCalls) controller.abort();
  });
  return (limitMs, { interruptible }) => {
    const controller = new AbortController();
    let isOverdue = false;
    const timer = setTimeout(() => {
      isOverdue = true;
      controller.abort();
    }, limitMs);
    if (interruptible) interruptibleCalls.add(controller);
    return {
      signal: controller.signal,
      isOverdue: () => isOverdue,
      close() {
        clearTimeout(timer);
        interruptibleCalls.delete(controller);
      },
    };
  };
}
