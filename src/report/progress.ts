import type { Output } from './output.ts';

/** Shows what is being done now: a spinner in a terminal, a line each in a log, nothing with `--quiet`. */
export interface Progress {
  start(what: string): void;
  /** Says something about what was started, such as how long it is being waited for. */
  update(what: string): void;
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
  return {
    start: (what) => void show.start(what),
    update: (what) => {
      show.text = what;
    },
    done(what) {
      show.stop();
      say(`${paint.green('✔')} ${what}`);
    },
    stop: () => void show.stop(),
  };
}

function lines(output: Output): Progress {
  let last = '';
  const say = (what: string) => {
    if (what !== last) output.say(what);
    last = what;
  };
  return { start: (what) => say(`${what}…`), update: say, done: say, stop: () => undefined };
}
