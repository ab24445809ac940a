import { baseEnv } from '../runs/run.ts';
import { type Pty, type PtyEnd, startInPty } from './pty.ts';
import { newlyShown, Screen, type Snapshot, textOf } from './screen.ts';

export interface TerminalOptions {
  command: string;
  args: string[];
  /** On top of `baseEnv()` and `TERM=xterm-256color`; `undefined` takes a variable away. Nothing else is inherited. */
  env?: NodeJS.ProcessEnv;
  columns?: number;
  rows?: number;
  cwd?: string;
}

const KEYS = {
  enter: '\r',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  up: '\x1b[A',
  down: '\x1b[B',
  space: ' ',
  escape: '\x1b',
  backspace: '\x7f',
  tab: '\t',
} as const;

export interface Terminal {
  /** What a person sees now: the rows of the window, without white space at their ends. */
  screen(): string;
  /** All that was shown and not erased again, with what scrolled away; lines that the terminal wrapped are joined. */
  transcript(): string;
  /** Every character that the program wrote, for finding a key or an escape sequence. */
  raw(): string;
  /**
   * Until the transcript shows the text in a place where it was not when the last key was sent, so the question that
   * was just answered does not count, nor does its answered form in the same row. A string is found
   * however it is broken into lines; a pattern is matched as it is. What is shown and soon erased may be missed: see `raw`.
   * @throws Error with the screen, after the time (5 seconds if not given) or when the program ends without it
   */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<void>;
  /** Sends text in one go, like a paste, once the program has stopped writing. */
  type(text: string): Promise<void>;
  /** The same for a text of any length. Resolves when all of it was taken in. */
  paste(text: string): Promise<void>;
  /** Sends a key, once the program has stopped writing. */
  press(key: keyof typeof KEYS): Promise<void>;
  /**
   * Until the program has ended and all its output is in.
   * @throws Error with the screen, after the time (5 seconds if not given)
   */
  exit(timeoutMs?: number): Promise<PtyEnd>;
  /** Ends the program if it still runs. */
  kill(): void;
}

const STALE = 'shows only where it did before the last key';

/** A prompt takes keys from its first output on, but not in the midst of it. */
const QUIET_MS = 40;
/** How long is waited for what has to appear: long, because other tests may need the machine. */
const LIMIT_MS = 30_000;

/** A program that never stops writing, as with a spinner, gets its keys all the same. */
const LONGEST_QUIET_WAIT_MS = 2_000;

/** Starts a program in a terminal of its own. Whoever opens it ends it: with `exit`, or with `kill`. */
export function openTerminal(options: TerminalOptions): Terminal {
  return new PseudoTerminal(options);
}

class PseudoTerminal implements Terminal {
  readonly #pty: Pty;
  readonly #screen: Screen;
  readonly #listeners = new Set<() => void>();
  #raw = '';
  #lastActivity = Date.now();
  #beforeLastKey: Snapshot = [];
  #ended: PtyEnd | undefined;

  constructor({ command, args, env = {}, columns = 80, rows = 40, cwd = process.cwd() }: TerminalOptions) {
    const exact = defined({ ...baseEnv(), TERM: 'xterm-256color', ...env });
    this.#screen = new Screen(columns, rows, (answer) => this.#pty.write(answer));
    this.#pty = startInPty(
      { command, args, env: exact, columns, rows, cwd },
      (text) => this.#take(text),
      (end) => this.#end(end),
    );
  }

  screen(): string {
    return this.#screen.viewport();
  }

  transcript(): string {
    return textOf(this.#screen.snapshot());
  }

  raw(): string {
    return this.#raw;
  }

  async waitFor(text: string | RegExp, timeoutMs = LIMIT_MS): Promise<void> {
    const pattern = typeof text === 'string' ? broken(text) : text;
    const shown = () => newlyShown(pattern, this.#screen.snapshot(), this.#beforeLastKey);
    await this.#until(() => shown() || this.#ended !== undefined, timeoutMs);
    if (shown()) return;
    const stale = newlyShown(pattern, this.#screen.snapshot(), []);
    throw this.#error(`${typeof text === 'string' ? `'${text}'` : text} ${stale ? STALE : 'does not show'}`);
  }

  type(text: string): Promise<void> {
    return this.#send(text);
  }

  async paste(text: string): Promise<void> {
    await this.#ready();
    await this.#pty.pour(text);
  }

  press(key: keyof typeof KEYS): Promise<void> {
    return this.#send(KEYS[key]);
  }

  async exit(timeoutMs = LIMIT_MS): Promise<PtyEnd> {
    await this.#until(() => this.#ended !== undefined, timeoutMs);
    if (!this.#ended) throw this.#error('the program has not ended');
    return this.#ended;
  }

  kill(): void {
    if (!this.#ended) this.#pty.kill('SIGKILL');
  }

  async #take(text: string): Promise<void> {
    this.#raw += text;
    this.#lastActivity = Date.now();
    await this.#screen.write(text);
    this.#notify();
  }

  async #end(end: PtyEnd): Promise<void> {
    await this.#screen.write('');
    this.#ended = end;
    this.#notify();
  }

  async #send(keys: string): Promise<void> {
    await this.#ready();
    this.#pty.write(keys);
  }

  async #ready(): Promise<void> {
    await this.#quiet();
    if (this.#ended) throw this.#error('the program has ended and takes no keys');
    this.#beforeLastKey = this.#screen.snapshot();
    this.#lastActivity = Date.now();
  }

  /** Until something was written, and nothing more for a moment. */
  async #quiet(): Promise<void> {
    const latest = Date.now() + LONGEST_QUIET_WAIT_MS;
    await this.#until(() => this.#raw !== '' || this.#ended !== undefined, LONGEST_QUIET_WAIT_MS);
    for (;;) {
      const left = Math.min(this.#lastActivity + QUIET_MS, latest) - Date.now();
      if (left <= 0 || this.#ended) return;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }

  /** Resolves when the condition holds or the time is over; asked again whenever the program wrote or ended. */
  #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#listeners.delete(check);
        resolve();
      };
      const check = () => {
        if (condition()) settle();
      };
      const timer = setTimeout(settle, timeoutMs);
      this.#listeners.add(check);
      check();
    });
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #error(what: string): Error {
    const end = this.#ended ? `, and the program ended with ${JSON.stringify(this.#ended)}` : '';
    return new Error(`${what}${end}. The screen:\n${this.screen()}`);
  }
}

/** The text, however it is broken into lines: prompts break lines within words. */
function broken(text: string): RegExp {
  const parts = [...text.trim().replace(/\s+/g, ' ')];
  return new RegExp(
    parts.map((part) => (part === ' ' ? '\\s+' : part.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'))).join('\\n?'),
  );
}

/** A pseudo-terminal would pass `undefined` on as a text. */
function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
