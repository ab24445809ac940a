import {
  Chalk,
  type ChalkInstance,
  type ColorSupportLevel,
  chalkStderr,
  default as chalkStdout,
} from 'chalk';
import { wrapAnsi } from 'fast-wrap-ansi';
import { harmless } from '../text.ts';

/** What decides how the program speaks. */
export interface OutputOptions {
  json: boolean;
  quiet: boolean;
  debug: boolean;
  /** False for `--no-color`. */
  color: boolean;
}

/** The two voices of the program: results go to standard output, the conversation to standard error. */
export interface Output {
  readonly options: OutputOptions;
  /** Colors for standard error. */
  readonly paint: ChalkInstance;
  /** Colors for standard output. */
  readonly paintResult: ChalkInstance;
  /** The width of standard error in columns. */
  readonly width: number;
  /** The width of standard output in columns; 80 when it is no terminal. */
  readonly resultWidth: number;
  /** Who asks AWS, once that is decided. */
  caller?: () => object;
  /** Part of the result. */
  result(text: string): void;
  /** Prose for the result: broken between words when a person reads it in a terminal. */
  prose(text: string): string;
  /** Part of the conversation; `--quiet` leaves it out. */
  say(text?: string): void;
  /**
   * Something that the user must not miss: warnings and errors, also with `--quiet`.
   * @param whole whether it is not broken between words, but stays as one line that can be copied
   */
  insist(text: string, whole?: boolean): void;
}

export function createOutput(options: OutputOptions, env: NodeJS.ProcessEnv = process.env): Output {
  const paint = painter(chalkStderr, options, env);
  const width = process.stderr.columns ?? 80;
  const write = (text: string) => process.stderr.write(`${wrap(harmless(text), width)}\n`);
  return {
    options,
    paint,
    paintResult: painter(chalkStdout, options, env),
    width,
    resultWidth: process.stdout.columns ?? 80,
    result: writeResult,
    prose: (text) => (process.stdout.isTTY ? wrap(text, process.stdout.columns) : text),
    say: (text = '') => void (options.quiet || write(text)),
    insist: (text, whole = false) => void (whole ? process.stderr.write(`${harmless(text)}\n`) : write(text)),
  };
}

/** How much is written at a time, in characters: a document of many keys is not copied as a whole. */
const PIECE = 65_536;

function writeResult(text: string): void {
  const shown = harmless(text);
  let at = 0;
  while (at < shown.length) {
    // Not through the middle of a character of two halves.
    const end = /[\ud800-\udbff]/.test(shown[at + PIECE - 1] ?? '') ? at + PIECE - 1 : at + PIECE;
    process.stdout.write(shown.slice(at, end));
    at = end;
  }
  process.stdout.write('\n');
}

/** Breaks lines between words only: an ARN or a document line that is longer stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      // What goes on under an indented line is indented further, so that the next entry stands out.
      const hanging = indent === '' ? '' : '  ';
      return wrapAnsi(line.slice(indent.length), Math.max(width - indent.length - hanging.length, 20))
        .split('\n')
        .map((part, index) => (index === 0 ? indent + part : `${indent}${hanging}${part}`).trimEnd())
        .join('\n');
    })
    .join('\n');
}

/** FORCE_COLOR and TERM are chalk's own business; NO_COLOR (no-color.org) is not, so it is seen to here. */
function painter(standard: ChalkInstance, { color }: OutputOptions, env: NodeJS.ProcessEnv): ChalkInstance {
  const unwanted = !color || (env.NO_COLOR && env.FORCE_COLOR === undefined);
  return new Chalk({ level: unwanted ? 0 : levelOf(standard) });
}

/** The level comes from FORCE_COLOR as it is, which may be no number, or one that chalk itself does not take. */
function levelOf({ level }: ChalkInstance): ColorSupportLevel {
  return Number.isNaN(level) || level > 3 ? 1 : level < 0 ? 0 : level;
}

/** Messages about the output itself. Kept apart because every start of the program loads them. */
export const outputMessages = {
  unwritten: (code: string) => `The result could not be written (${code}).`,
};
