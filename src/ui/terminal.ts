import type { ReadStream, WriteStream } from 'node:tty';

/**
 * Lets a terminal that reports zero columns or rows count as one that does not report its size, also after a change. Some
 * pseudo-terminals (`script`, CI runners, containers) do, and libraries divide by the width.
 */
export function ignoreZeroSizes(stream: Pick<WriteStream, 'columns' | 'rows'>): void {
  for (const side of ['columns', 'rows'] as const) {
    let size: number | undefined = stream[side];
    Object.defineProperty(stream, side, {
      configurable: true,
      enumerable: true,
      get: () => size || undefined,
      set: (changed: number | undefined) => {
        size = changed;
      },
    });
  }
}

/** Something on the screen that must make way when the process is stopped (Ctrl-Z). */
export interface Stoppable {
  /** Leaves the terminal as the shell expects it. */
  leave(): void;
  /** Takes the terminal again, whatever its state is by then. */
  comeBack(): void;
}

export interface StopWatch {
  /** Stops every process of the terminal's foreground job, as Ctrl-Z does outside of raw mode. */
  stopJob(): void;
  close(): void;
}

/** All processes of this process group, for `process.kill`: `npm start` runs the program below two others. */
const WHOLE_JOB = 0;

/**
 * The system ignores a stop when no shell could continue the job; a terminal without a shell is such a case. After so many
 * milliseconds the program goes on.
 */
const STOP_IGNORED_MS = 50;

/** Watches for SIGTSTP and SIGCONT until it is closed. */
export function watchStops({ leave, comeBack }: Stoppable): StopWatch {
  if (process.platform === 'win32') return { stopJob: () => undefined, close: () => undefined };
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  const stop = (target: number) => {
    if (stopping) return;
    stopping = true;
    leave();
    // A background process that changes the terminal's state is stopped for that. If this has happened, SIGCONT is on its
    // way, and a second stop would be one too many.
    setImmediate(() => setImmediate(() => stopping && raise(target)));
  };
  const raise = (target: number) => {
    process.off('SIGTSTP', onStop);
    process.kill(target, 'SIGTSTP');
    timer = setTimeout(onContinue, STOP_IGNORED_MS);
  };
  const onStop = () => stop(process.pid);
  const onContinue = () => {
    clearTimeout(timer);
    if (!process.listeners('SIGTSTP').includes(onStop)) process.on('SIGTSTP', onStop);
    stopping = false;
    comeBack();
  };
  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', onContinue);
  return {
    stopJob: () => stop(WHOLE_JOB),
    close() {
      clearTimeout(timer);
      stopping = false;
      process.off('SIGTSTP', onStop);
      process.off('SIGCONT', onContinue);
    },
  };
}

/** Switches the terminal to raw mode even if Node believes that it is: a shell may have changed that meanwhile. */
export function forceRawMode(terminal: Pick<ReadStream, 'setRawMode'>): void {
  terminal.setRawMode(false);
  terminal.setRawMode(true);
}
