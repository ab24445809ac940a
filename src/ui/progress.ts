import { plain } from '../text.ts';
import { batchMessages as messages } from './batch-messages.ts';
import type { Output } from './output.ts';
import { type StopWatch, watchStops } from './terminal.ts';

/** Shows what is being done now: a spinner in a terminal, a line each in a log, nothing with `--quiet`. */
export interface Progress {
  start(what: string): void;
  /** Says how many of the things that were begun are done. */
  count(done: number, total: number): void;
  /** Says what is being waited for in the midst of it, and for how long; without a word, that it goes on. */
  wait(what?: string): void;
  done(what: string): void;
  /** Prints something else, without disturbing what is shown. */
  printBetween(print: () => void): void;
  /** Ends whatever is still going on without a word; the failure speaks for itself. */
  stop(): void;
}

/** @param animated false where a terminal is only recorded, as in CI systems */
export async function createProgress(output: Output, animated: boolean): Promise<Progress> {
  const capable = process.stderr.isTTY && process.env.TERM !== 'dumb';
  const spinning = animated && capable && !output.options.quiet;
  return spinning ? spinner(output) : lines(output);
}

async function spinner({ paint, say, width }: Output): Promise<Progress> {
  // Loaded only for a terminal: a pipeline has no use for it.
  const { default: ora } = await import('ora');
  // Standard input is left alone, so that Ctrl-C stays an ordinary signal.
  const show = ora({ stream: process.stderr, discardStdin: false, color: paint.level > 0 ? 'cyan' : false });
  let begun = '';
  let left = timeLeft();
  let stops: StopWatch | undefined;
  const end = () => {
    stops?.close();
    show.stop();
  };
  return {
    start(what) {
      begun = what;
      left = timeLeft();
      stops?.close();
      // It hides the cursor, which the shell needs while the process is stopped.
      stops = watchStops({ leave: () => show.stop(), comeBack: () => show.start() });
      show.start(plain(what));
    },
    count(done, total) {
      show.text = messages.counted(begun, bar(done / total, width), done, total, left(done, total));
    },
    wait(what = begun) {
      show.text = plain(what);
    },
    done(what) {
      end();
      say(`${paint.green('✔')} ${what}`);
    },
    printBetween(print) {
      show.clear();
      print();
      if (show.isSpinning) show.render();
    },
    stop: end,
  };
}

/** How much of something is done, drawn as a bar where the terminal has room for one. */
function bar(part: number, width: number): string {
  const length = Math.min(Math.floor((width - 60) / 2), 30);
  if (length < 8) return '';
  const full = Math.round(part * length);
  return `${'█'.repeat(full)}${'░'.repeat(length - full)} `;
}

/** A log gets a line about a wait, or about how far it has come, only so often, in milliseconds. */
const LOG_EVERY_MS = 5_000;

function lines(output: Output): Progress {
  let last = '';
  let begun = '';
  let left = timeLeft();
  let waitedAt = Number.NEGATIVE_INFINITY;
  let countedAt = 0;
  const say = (what: string) => {
    if (what !== last) output.say(what);
    last = what;
  };
  return {
    start(what) {
      begun = what;
      left = timeLeft();
      countedAt = performance.now();
      say(`${what}…`);
    },
    count(done, total) {
      if (performance.now() - countedAt < LOG_EVERY_MS) return;
      countedAt = performance.now();
      say(messages.counted(begun, '', done, total, left(done, total)));
    },
    wait(what) {
      if (what === undefined || performance.now() - waitedAt < LOG_EVERY_MS) return;
      waitedAt = performance.now();
      say(what);
    },
    done: say,
    printBetween: (print) => print(),
    stop: () => undefined,
  };
}

/** Counts what is done with, for the user to see; one thing alone needs no counting. */
export function counter(progress: Progress, total: number): () => void {
  let done = 0;
  return () => {
    done += 1;
    if (total > 1) progress.count(done, total);
  };
}

/** Below this many milliseconds, the remaining time is not shown. */
const WORTH_TELLING_MS = 3_000;

/**
 * Estimates how long a number of like things takes until all are done, in milliseconds, from how long those took that are
 * done. Returns undefined as long as that would be a guess.
 */
function timeLeft(now: () => number = () => performance.now()) {
  const begun = now();
  return (done: number, total: number): number | undefined => {
    const elapsed = now() - begun;
    return elapsed < WORTH_TELLING_MS || done === 0 ? undefined : (elapsed / done) * (total - done);
  };
}
