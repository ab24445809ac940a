import { HTTP } from '../../defaults.ts';

const TICK_MS = 1_000;

/** What is waited for: in words, and for how many milliseconds at most. */
export interface Wait {
  what: string;
  limitMs: number;
}

/** Notes something that is waited for from now on. Returns what ends that. */
export type BeginWait = (wait: Wait) => () => void;

/** Called each second with the call that has taken longest, if that is long, and once when there is none any more. */
export type OnWaiting = (waiting: (Wait & { elapsedMs: number }) | undefined) => void;

/** Watches what is waited for, such as calls that AWS is slow to answer. */
export function watchWaits(tell: OnWaiting): BeginWait {
  const calls = new Set<Wait & { since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const tick = () => {
    // A set keeps the order in which its members came.
    const [oldest] = calls;
    const elapsedMs = oldest ? performance.now() - oldest.since : 0;
    const slow = oldest && elapsedMs >= HTTP.tellAfterMs;
    if (slow) tell({ what: oldest.what, limitMs: oldest.limitMs, elapsedMs });
    else if (told) tell(undefined);
    told = Boolean(slow);
  };
  return (wait) => {
    const call = { ...wait, since: performance.now() };
    calls.add(call);
    timer ??= setInterval(tick, TICK_MS);
    return () => {
      calls.delete(call);
      if (told) tick();
      if (calls.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

/** The end of a call that is under way: when its time is over, or the user interrupts. */
interface CallEnd {
  /** Aborted when the call is to be given up. */
  readonly signal: AbortSignal;
  /** Whether it is the time that is over. */
  readonly overdue: () => boolean;
  /** To be called when the call is over; nothing of it is left then. */
  readonly close: () => void;
}

/** How calls are begun: for how many milliseconds at most, and whether the interruption ends them too. */
type BeginCall = (limitMs: number, interruptible: boolean) => CallEnd;

/**
 * Watches over the calls of a run. One listener serves them all: signals made of a long-lived one and a time limit
 * (`AbortSignal.any`, `AbortSignal.timeout`) live on until the time is over, also when the call has long ended.
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
