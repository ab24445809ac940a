import { HTTP } from '../defaults.ts';

const TICK_MS = 1_000;

/** Tells of calls that AWS is slow to answer: the one under way for longest, each second, and when there is none any more. */
export interface WaitingCalls {
  /** Notes a call that begins; the answer ends it. */
  begin(action: string): () => void;
}

/** What is told: the IAM action and for how many milliseconds by now, or nothing when nothing is being waited for any more. */
export type OnWaiting = (waiting: { action: string; elapsedMs: number } | undefined) => void;

export function watchCalls(tell: OnWaiting): WaitingCalls {
  const calls = new Set<{ action: string; since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let told = false;
  const tick = () => {
    // A set keeps the order in which its members came.
    const [oldest] = calls;
    const elapsedMs = oldest ? performance.now() - oldest.since : 0;
    const slow = oldest && elapsedMs >= HTTP.tellAfterMs;
    if (slow) tell({ action: oldest.action, elapsedMs });
    else if (told) tell(undefined);
    told = Boolean(slow);
  };
  return {
    begin(action) {
      const call = { action, since: performance.now() };
      calls.add(call);
      timer ??= setInterval(tick, TICK_MS);
      return () => {
        calls.delete(call);
        if (told) tick();
        if (calls.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
