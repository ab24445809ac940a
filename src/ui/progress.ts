import { clean } from '../text.ts';
import { batchMessages as messages } from './batch-messages.ts';
import type { Output } from './output.ts';
import { type SuspensionWatch, watchSuspension } from './terminal.ts';

/** Shows the current activity: a spinner in a terminal, lines in a log, nothing with `--quiet`. */
export interface Progress {
  start(what: string): void;
  /** Shows how many items are done. */
  count(done: number, total: number): void;
  /** Shows what the run waits for, and for how long. Without an argument, shows the activity again. */
  wait(what?: string): void;
  done(what: string): void;
  /** Prints other output without disturbing the display. */
  printBetween(print: () => void): void;
  /** Stops the display without a message. The failure is printed separately. */
  stop(): void;
}

/** @param animated false if nobody watches the terminal, as in CI systems */
export async function createProgress(output: Output, animated: boolean): Promise<Progress> {
  const canAnimate = process.stderr.isTTY && process.env.TERM !== 'dumb';
  return animated && canAnimate && !output.options.quiet ? spinnerProgress(output) : logProgress(output);
}

async function spinnerProgress({ paint, info, width }: Output): Promise<Progress> {
  // Loaded only for a terminal; a pipeline doesn't need it.
  const { default: ora } = await import('ora');
  // Don't let the spinner read standard input, so that Ctrl-C stays an ordinary signal.
  const color = paint.level > 0 ? 'cyan' : false;
  const spinner = ora({ stream: process.stderr, discardStdin: false, color });
  let activity = '';
  let estimateRemainingMs = remainingTimeEstimate();
  let suspension: SuspensionWatch | undefined;
  const end = () => {
    suspension?.close();
    spinner.stop();
  };
  return {
    start(what) {
      activity = what;
      estimateRemainingMs = remainingTimeEstimate();
      suspension?.close();
      // The spinner hides the cursor, which the shell needs while the process is suspended.
      suspension = watchSuspension({ leave: () => spinner.stop(), comeBack: () => spinner.start() });
      spinner.start(clean(what));
    },
    count(done, total) {
      const remainingMs = estimateRemainingMs(done, total);
      spinner.text = messages.counted(activity, bar(done / total, width), done, total, remainingMs);
    },
    wait(what = activity) {
      spinner.text = clean(what);
    },
    done(what) {
      end();
      info(`${paint.green('✔')} ${what}`);
    },
    printBetween(print) {
      spinner.clear();
      print();
      if (spinner.isSpinning) spinner.render();
    },
    stop: end,
  };
}

/** Returns a progress bar that leaves room for about 60 columns of text; empty if the terminal is too narrow. */
function bar(fraction: number, width: number): string {
  const length = Math.min(Math.floor((width - 60) / 2), 30);
  if (length < 8) return '';
  const full = Math.round(fraction * length);
  return `${'█'.repeat(full)}${'░'.repeat(length - full)} `;
}

/** The shortest time between two log lines about a wait or a count, in milliseconds. */
const LOG_EVERY_MS = 5_000;

function logProgress(output: Output): Progress {
  let lastLine = '';
  let activity = '';
  let estimateRemainingMs = remainingTimeEstimate();
  let waitLoggedAt = Number.NEGATIVE_INFINITY;
  let countLoggedAt = 0;
  const printNew = (what: string) => {
    if (what !== lastLine) output.info(what);
    lastLine = what;
  };
  return {
    start(what) {
      activity = what;
      estimateRemainingMs = remainingTimeEstimate();
      countLoggedAt = performance.now();
      printNew(`${what}…`);
    },
    count(done, total) {
      if (performance.now() - countLoggedAt < LOG_EVERY_MS) return;
      countLoggedAt = performance.now();
      printNew(messages.counted(activity, '', done, total, estimateRemainingMs(done, total)));
    },
    wait(what) {
      if (what === undefined || performance.now() - waitLoggedAt < LOG_EVERY_MS) return;
      waitLoggedAt = performance.now();
      printNew(what);
    },
    done: printNew,
    printBetween: (print) => print(),
    stop: () => undefined,
  };
}

/** Returns a function to call for each finished item. It shows the count, except for a single item. */
export function counter(progress: Progress, total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (total > 1) progress.count(done, total);
  };
}

/** The remaining time is not shown until this many milliseconds have passed. */
const ESTIMATE_AFTER_MS = 3_000;

/**
 * Returns a function that estimates the remaining time of similar items, in milliseconds, from the items done so far. It returns
 * undefined while there is too little data.
 */
function remainingTimeEstimate() {
  const startedAt = performance.now();
  return (done: number, total: number): number | undefined => {
    const elapsedMs = performance.now() - startedAt;
    return elapsedMs < ESTIMATE_AFTER_MS || done === 0 ? undefined : (elapsedMs / done) * (total - done);
  };
}
