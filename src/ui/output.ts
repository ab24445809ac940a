import { stripVTControlCharacters } from 'node:util';
import chalkStdout, { Chalk, type ChalkInstance, type ColorSupportLevel, chalkStderr } from 'chalk';
import { wrapAnsi } from 'fast-wrap-ansi';
import type { Verdict } from '../plan-types.ts';
import { cleanOutput } from '../text.ts';
import { commandLines } from './commands.ts';

/** Options that control the output. */
export interface OutputOptions {
  json: boolean;
  quiet: boolean;
  debug: boolean;
  /** False for `--no-color`. */
  color: boolean;
}

/** Output of the program: results go to standard output, everything else to standard error. */
export interface Output {
  readonly options: OutputOptions;
  /** Colors for standard error. */
  readonly paint: ChalkInstance;
  /** Colors for standard output. */
  readonly paintResult: ChalkInstance;
  /** The width of standard error in columns. */
  readonly width: number;
  /** The width of standard output in columns; 80 if it is not a terminal. */
  readonly resultWidth: number;
  /** Returns the caller for the JSON document. Absent before the run knows anything about the caller. */
  caller?: () => object;
  /** Prints part of the result. */
  result(text: string): void;
  /**
   * Wraps prose in the result if standard output is a terminal.
   * @param hanging by how many columns continuation lines are indented further than an indented line
   */
  prose(text: string, hanging?: number): string;
  /** Breaks a command in the result into lines with `\`, if standard output is a terminal and the command is too long. */
  command(text: string): string;
  /** Prints a message to standard error, except with `--quiet`. */
  info(text?: string): void;
  /**
   * Prints something that the user must not miss, even with `--quiet`: warnings and errors.
   * @param unwrapped true for a command, which must stay whole when it is copied. A long one is broken with `\` in a terminal
   */
  warn(text: string, unwrapped?: boolean): void;
}

export function createOutput(options: OutputOptions, env: NodeJS.ProcessEnv = process.env): Output {
  const paint = painter(chalkStderr, options, env);
  const width = process.stderr.columns ?? 80;
  const write = (text: string) => process.stderr.write(`${wrap(cleanOutput(text), width)}\n`);
  return {
    options,
    paint,
    paintResult: painter(chalkStdout, options, env),
    width,
    resultWidth: process.stdout.columns ?? 80,
    result: writeResult,
    prose: (text, hanging) => (process.stdout.isTTY ? wrap(text, process.stdout.columns, hanging) : text),
    command: (text) =>
      process.stdout.isTTY ? commandLines(text, process.stdout.columns ?? 80).join('\n') : text,
    info: (text = '') => void (options.quiet || write(text)),
    warn(text, unwrapped = false) {
      if (!unwrapped) return void write(text);
      const lines = process.stderr.isTTY ? commandLines(text, width) : [text];
      process.stderr.write(`${cleanOutput(lines.join('\n'))}\n`);
    },
  };
}

/** The number of characters to write at a time, so that a large document is not copied as a whole. */
const PIECE_LENGTH = 65_536;

function writeResult(text: string): void {
  const shown = cleanOutput(text);
  let start = 0;
  while (start < shown.length) {
    // Don't split a surrogate pair.
    const fullEnd = start + PIECE_LENGTH;
    const end = /[\ud800-\udbff]/.test(shown[fullEnd - 1] ?? '') ? fullEnd - 1 : fullEnd;
    process.stdout.write(shown.slice(start, end));
    start = end;
  }
  process.stdout.write('\n');
}

/** A mark and one word, such as an ARN in a difference. A break would leave the mark alone. */
const MARKED_WORD = /^ *\S \S+$/;

/** Wraps lines between words only. A longer ARN or document line stays whole, so that it can be copied. */
export function wrap(text: string, width: number, hangingColumns = 2): string {
  return text
    .split('\n')
    .map((line) => {
      if (MARKED_WORD.test(stripVTControlCharacters(line))) return line;
      const indent = /^ */.exec(line)?.[0] ?? '';
      // Continuation lines are indented further, so that the next entry stands out.
      const hanging = indent === '' ? '' : ' '.repeat(hangingColumns);
      return wrapAnsi(line.slice(indent.length), Math.max(width - indent.length - hanging.length, 20))
        .split('\n')
        .map((part, index) => (index === 0 ? indent + part : `${indent}${hanging}${part}`).trimEnd())
        .join('\n');
    })
    .join('\n');
}

/** Returns the colors for a stream. Chalk handles FORCE_COLOR and TERM, but not NO_COLOR (no-color.org). */
function painter(stream: ChalkInstance, { color }: OutputOptions, env: NodeJS.ProcessEnv): ChalkInstance {
  const isColorless = !color || (env.NO_COLOR && env.FORCE_COLOR === undefined);
  return new Chalk({ level: isColorless ? 0 : levelOf(stream) });
}

/** Returns a valid color level. Chalk takes the level from FORCE_COLOR unchecked: it can be NaN or out of range. */
function levelOf({ level }: ChalkInstance): ColorSupportLevel {
  if (Number.isNaN(level) || level > 3) return 1;
  return level < 0 ? 0 : level;
}

/** Messages about the output itself, in an object of their own, because every start loads them. */
export const outputMessages = {
  unwritten: (code: string) => `The result could not be written (${code}).`,
};

/** The verdicts, from the worst to the best. */
export const WORST_FIRST: readonly Verdict[] = ['failed', 'cannot-tell', 'warning', 'ok'];

/** Returns the worst verdict of several checks. */
export function worstVerdict(checks: readonly { verdict: Verdict }[]): Verdict {
  return WORST_FIRST.find((verdict) => checks.some((check) => check.verdict === verdict)) ?? 'ok';
}

/** Returns the symbol of a verdict, in its color. */
export function verdictMark(paint: ChalkInstance, verdict: Verdict): string {
  return colorOf(paint, verdict)(verdictMarks[verdict]);
}

export function colorOf(paint: ChalkInstance, verdict: Verdict): ChalkInstance {
  return { failed: paint.red, 'cannot-tell': paint.yellow, warning: paint.yellow, ok: paint.green }[verdict];
}

/** The symbols in front of check results. */
export const verdictMarks = { failed: '✖', 'cannot-tell': '?', warning: '!', ok: '✔' };

/** With fewer columns, a value stands below its label instead of beside it. */
export const ROOM_FOR_COLUMNS = 60;
