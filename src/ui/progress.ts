import type { OutcomeAction, Outcomes } from '../plan-types.ts';
import { clean } from '../text.ts';
import { formatCount, batchMessages as messages } from './batch-messages.ts';
import { setupMessages } from './messages.ts';
import { type Output, ROOM_FOR_COLUMNS } from './output.ts';
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

/** A time is shown only if a step has taken longer, in milliseconds. */
const SHOW_TIME_AFTER_MS = 1_000;
/** More secrets, policies or roles share a line with their number. */
const MOST_DONE_LINES = 4;
/** The width of the column with the names, in a terminal with room for columns. */
const NAME_WIDTH = 36;
type Outcome = { name: string; region?: string; action: OutcomeAction; attachedCount?: number };

/**
 * Returns the lines for what a step has done: one for each resource with its name and outcome, or one for many resources.
 * @param elapsedMs how long the step took
 */
export function doneLines(
  { secrets, policies, roles }: Outcomes,
  elapsedMs: number,
  width: number,
): string[] {
  const lines = [
    ...linesOf('secret', secrets, width),
    ...linesOf('policy', policies, width),
    ...linesOf('role', roles, width),
  ];
  const time = elapsedMs > SHOW_TIME_AFTER_MS ? `    ${setupMessages.seconds(elapsedMs)}` : '';
  return lines.map((line, index) => (index === lines.length - 1 ? line + time : line));
}

function linesOf(kind: 'secret' | 'policy' | 'role', outcomes: Outcome[], width: number): string[] {
  const { one, several } = setupMessages.progressLabel[kind];
  const columns = (label: string, subject: string, outcome: string) =>
    width < ROOM_FOR_COLUMNS
      ? `${label} ${subject}: ${outcome}`
      : `${label.padEnd(8)}${subject.padEnd(NAME_WIDTH)}  ${outcome}`;
  if (outcomes.length > MOST_DONE_LINES)
    return [columns(several, formatCount(outcomes.length), countsOf(outcomes))];
  return outcomes.map(({ name, region, action, attachedCount = 0 }) => {
    const attached = attachedCount > 0 ? [setupMessages.policiesAttached(attachedCount)] : [];
    const outcome = [setupMessages.done[action], ...attached].join(', ');
    return columns(one, clean(region ? `${name} (${region})` : name), outcome);
  });
}

/** Returns the number of resources with each outcome, such as `118 created, 2 unchanged`. */
function countsOf(outcomes: Outcome[]): string {
  const actions = [...new Set(outcomes.map(({ action }) => action))];
  if (actions.length === 1 && actions[0]) return setupMessages.done[actions[0]];
  return actions
    .map((action) => {
      const count = outcomes.filter((outcome) => outcome.action === action).length;
      return `${formatCount(count)} ${setupMessages.done[action]}`;
    })
    .join(', ');
}
