import type { Output } from './output.ts';
import { plain } from './plain.ts';

/** Shows what is being done now: a spinner in a terminal, a line each in a log, nothing with `--quiet`. */
export interface Progress {
  start(what: string): void;
  /** Says what is being waited for in the midst of it, and for how long; without a word, that it goes on. */
  wait(what?: string): void;
  done(what: string): void;
  /** Ends whatever is still going on without a word; the failure speaks for itself. */
  stop(): void;
}

export async function createProgress(output: Output): Promise<Progress> {
  const spinning = process.stderr.isTTY && process.env.TERM !== 'dumb' && !output.options.quiet;
  return spinning ? spinner(output) : lines(output);
}

async function spinner({ paint, say }: Output): Promise<Progress> {
  // Loaded only for a terminal: a pipeline has no use for it.
  const { default: ora } = await import('ora');
  // Standard input is left alone, so that Ctrl-C stays an ordinary signal.
  const show = ora({ stream: process.stderr, discardStdin: false, color: paint.level > 0 ? 'cyan' : false });
  let begun = '';
  return {
    start(what) {
      begun = what;
      show.start(plain(what));
    },
    wait(what = begun) {
      show.text = plain(what);
    },
    done(what) {
      show.stop();
      say(`${paint.green('✔')} ${what}`);
    },
    stop: () => void show.stop(),
  };
}

/** A log gets a line about a wait only so often, in milliseconds. */
const LOG_EVERY_MS = 5_000;

function lines(output: Output): Progress {
  let last = '';
  let waitedAt = Number.NEGATIVE_INFINITY;
  const say = (what: string) => {
    if (what !== last) output.say(what);
    last = what;
  };
  return {
    start: (what) => say(`${what}…`),
    wait(what) {
      if (what === undefined || performance.now() - waitedAt < LOG_EVERY_MS) return;
      waitedAt = performance.now();
      say(what);
    },
    done: say,
    stop: () => undefined,
  };
}
