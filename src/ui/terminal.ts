import type { ReadStream, WriteStream } from 'node:tty';

/**
 * Treats a terminal that reports zero columns or rows as one of unknown size, even after a resize. Some pseudo-terminals
 * (`script`, CI runners, containers) report zero, and libraries divide by the width.
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

/** Called before the process is suspended (Ctrl-Z), and after it continues. */
export interface SuspensionHandlers {
  /** Restores the terminal to the state that the shell expects. */
  leave(): void;
  /** Takes over the terminal again, whatever state it is in. */
  comeBack(): void;
}

/** Handles the suspension of the process until it is closed. */
export interface SuspensionWatch {
  /** Suspends all processes of the terminal's foreground job, as Ctrl-Z does outside raw mode. */
  suspendJob(): void;
  close(): void;
}

/** The `process.kill` target for all processes of this process group. Under `npm start`, the program has two parent processes. */
const WHOLE_JOB = 0;

/**
 * The system ignores SIGTSTP if no shell could continue the job, as in a terminal without a shell. The program then continues
 * after this many milliseconds.
 */
const IGNORED_AFTER_MS = 50;

/** Calls the handlers on SIGTSTP and SIGCONT until the watch is closed. */
export function watchSuspension({ leave, comeBack }: SuspensionHandlers): SuspensionWatch {
  if (process.platform === 'win32') return { suspendJob: () => undefined, close: () => undefined };
  let isSuspending = false;
  let timer: NodeJS.Timeout | undefined;
  const suspend = (target: number) => {
    if (isSuspending) return;
    isSuspending = true;
    leave();
    // The system suspends a background process that changes the terminal's state. If that has happened, SIGCONT is on its way,
    // and a second SIGTSTP must not be sent.
    setImmediate(() => setImmediate(() => isSuspending && raise(target)));
  };
  const raise = (target: number) => {
    process.off('SIGTSTP', onSuspend);
    process.kill(target, 'SIGTSTP');
    timer = setTimeout(onContinue, IGNORED_AFTER_MS);
  };
  const onSuspend = () => suspend(process.pid);
  const onContinue = () => {
    clearTimeout(timer);
    if (!process.listeners('SIGTSTP').includes(onSuspend)) process.on('SIGTSTP', onSuspend);
    isSuspending = false;
    comeBack();
  };
  process.on('SIGTSTP', onSuspend);
  process.on('SIGCONT', onContinue);
  return {
    suspendJob: () => suspend(WHOLE_JOB),
    close() {
      clearTimeout(timer);
      isSuspending = false;
      process.off('SIGTSTP', onSuspend);
      process.off('SIGCONT', onContinue);
    },
  };
}

/** Sets raw mode even if Node believes that it is already set. A shell may have reset it in the meantime. */
export function forceRawMode(terminal: Pick<ReadStream, 'setRawMode'>): void {
  terminal.setRawMode(false);
  terminal.setRawMode(true);
}
