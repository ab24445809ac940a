/** The end of a call that is under way: when its time is over, or the user interrupts. */
export interface CallEnd {
  /** Aborted when the call is to be given up. */
  readonly signal: AbortSignal;
  /** Whether it is the time that is over. */
  readonly overdue: () => boolean;
  /** To be called when the call is over; nothing of it is left then. */
  readonly close: () => void;
}

/** How calls are begun: for how many milliseconds at most, and whether the interruption ends them too. */
export type BeginCall = (limitMs: number, interruptible: boolean) => CallEnd;

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
