import { HTTP } from '../../defaults.ts';

const TICK_MS = 1_000;

/** What is waited for: in words, and for how many milliseconds at most. */
export interface Wait {
  what: string;
  limitMs: number;
}

/** Notes something that is waited for from now on. Returns what ends that. */
export type BeginWait = (wait: Wait) => () => void;

/** Is told each second of what has been waited for longest, if that is long, and once when nothing is any more. */
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
