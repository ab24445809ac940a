import { EXIT, Interrupted } from '../failure.ts';
import { setupWords as words } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';

/** Ctrl-C and requests to end, turned into an abort signal. */
export interface InterruptWatch {
  signal: AbortSignal;
  /** The exit code that goes with the signal that came: 130 or 143. */
  exitCode(): number;
  stop(): void;
}

const SIGTERM_EXIT = 143;

/**
 * Watches for signals. The first one lets a change that is under way finish, and says so; the second one ends the process
 * at once, with the account that `tellEnd` gives.
 * @param changing the IAM action that is under way, if one is
 */
export function watchInterrupts(
  output: Output,
  changing: () => string | undefined,
  tellEnd: (interrupted: Interrupted) => void,
): InterruptWatch {
  const controller = new AbortController();
  let exitCode: number = EXIT.interrupted;
  const onSignal = (signal: NodeJS.Signals) => {
    exitCode = signal === 'SIGTERM' ? SIGTERM_EXIT : EXIT.interrupted;
    if (controller.signal.aborted) {
      const inDoubt = changing();
      tellEnd(new Interrupted(inDoubt ? { inDoubt } : {}));
      process.exit(exitCode);
    }
    if (changing()) output.insist(`\n${words.interruptedWaiting}`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
