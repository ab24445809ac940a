import { type Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';
import inquirer from 'inquirer';
import { Interrupted } from '../failure.ts';
import { openKeyboard } from './keyboard.ts';
import { wrap } from './output.ts';
import { watchSuspension } from './terminal.ts';
import { textPrompt } from './text-prompt.ts';

/** A question for Inquirer, by the type of its prompt. */
export type Question = Record<string, unknown> & {
  type: 'text' | 'select' | 'search' | 'checkbox' | 'confirm';
  message: string;
};

/** Returns the problem with an answer, or undefined if it is valid. */
export type AnswerCheck = (answer: string) => string | undefined | Promise<string | undefined>;

/**
 * Asks on standard error, because standard output is for results. Ctrl-C, Ctrl-D and signals abort the prompt, and so does an
 * error in the check of an answer, which is then thrown.
 */
export async function ask<T>(question: Question): Promise<T> {
  return (await askAndWatch<T>(question)).answer;
}

/** Like `ask`, and also returns whether the answer was pasted. */
export async function askAndWatch<T>(question: Question): Promise<{ answer: T; isPasted: boolean }> {
  const interruption = new AbortController();
  let isBack = false;
  let checkFailure: { error: unknown } | undefined;
  const check = async (answer: string) => {
    try {
      return await (question.check as AnswerCheck)(answer);
    } catch (error) {
      checkFailure = { error };
      interruption.abort();
      return '';
    }
  };
  const onSignal = () => interruption.abort();
  const onKey = (_: string | undefined, key: PressedKey | undefined) => {
    isBack = key?.name === 'escape';
    if (isBack || (key?.ctrl && key.name === 'd')) interruption.abort();
  };
  const keyboard = openKeyboard(process.stdin, { onSuspend: () => suspension.suspendJob(), onEnd: onSignal });
  const display = openDisplay(process.stderr);
  const suspension = watchSuspension({
    leave() {
      display.leave();
      keyboard.suspend();
    },
    comeBack() {
      keyboard.resume();
      display.redraw();
    },
  });
  const prompt = inquirer.createPromptModule({
    input: keyboard.keys,
    output: display.output,
    signal: interruption.signal,
  });
  prompt.registerPrompt('text', textPrompt);
  if (!isBackAllowed) dropEscape(keyboard.keys);
  keyboard.keys.on('keypress', onKey);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    // Inquirer infers answer types from literal question lists. Here, the caller's question determines the type.
    const { answer } = (await prompt([
      { ...question, ...TEXT_STYLES, check, message: wrapped(question.message), name: 'answer' },
    ] as never)) as { answer: unknown };
    return { answer: answer as T, isPasted: keyboard.hasPasted() };
  } catch (error) {
    const isInterruption = error instanceof Error && /^(Exit|Abort|Cancel)PromptError$/.test(error.name);
    if (!isInterruption) throw error;
    if (checkFailure) throw checkFailure.error;
    if (!isBack) throw new Interrupted();
    display.erase();
    throw new GoBack();
  } finally {
    suspension.close();
    keyboard.close();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

interface PressedKey {
  name?: string;
  ctrl?: boolean;
}

/** Makes Esc have no effect. A list would take it for an empty search, and select its first option. */
function dropEscape(keys: Readable): void {
  const emit = keys.emit.bind(keys);
  keys.emit = (event: string | symbol, ...values: unknown[]) => {
    const [, key] = values as [unknown, PressedKey?];
    return !(event === 'keypress' && key?.name === 'escape') && emit(event, ...values);
  };
}

const TEXT_STYLES = {
  styles: {
    hint: (text: string) => (text === '' ? '' : colors.dim(indented(text))),
    problem: problemLine,
  },
};

/** The terminal on which a question is drawn. */
interface Display {
  output: Writable;
  /** Makes room for the shell's output below the question. */
  leave(): void;
  /** Redraws the question at the current cursor position. */
  redraw(): void;
  /** Erases the question after its prompt has ended. */
  erase(): void;
}

const SHOW_CURSOR = '\x1b[?25h';
const ERASE_BELOW = '\x1b[J';
/** The end of the sequence with which a prompt erases its lines before it redraws. */
const END_OF_ERASING = '\x1b[2K\x1b[G';

function openDisplay(terminal: WriteStream): Display {
  let drawn = '';
  const output = new Writable({
    decodeStrings: false,
    write(chunk, _, done) {
      const text = String(chunk);
      const erasedTo = text.lastIndexOf(END_OF_ERASING);
      drawn = erasedTo < 0 ? drawn + text : text.slice(erasedTo + END_OF_ERASING.length);
      terminal.write(text);
      done();
    },
  });
  Object.defineProperty(output, 'columns', { get: () => terminal.columns });
  return {
    output,
    leave: () => void terminal.write(`${ERASE_BELOW}${SHOW_CURSOR}\n`),
    redraw: () => void terminal.write(`\r${drawn}`),
    erase: () => void terminal.write(`\x1b[${drawn.split('\n').length - 1}A\r${ERASE_BELOW}`),
  };
}

/** Thrown when the user presses Esc to return to the question before. */
export class GoBack extends Error {}

/** True while a question can be left with Esc. A global, because a process asks one question at a time. */
let isBackAllowed = false;

/** Returns true if Esc would end a question that is asked now. */
export function canGoBack(): boolean {
  return isBackAllowed;
}

/** Decides whether Esc ends the questions that `work` asks. @throws GoBack if it does and the user presses it */
export async function withBack<T>(isAllowed: boolean, work: () => Promise<T>): Promise<T> {
  const before = isBackAllowed;
  isBackAllowed = isAllowed;
  try {
    return await work();
  } finally {
    isBackAllowed = before;
  }
}

/** As Inquirer colors its own parts, so that `NO_COLOR` applies to all of a question. */
export const colors = {
  bold: (text: string) => styleText('bold', text),
  dim: (text: string) => styleText('dim', text),
  red: (text: string) => styleText('red', text),
};

/** Wraps a sentence between words, which Inquirer doesn't do. Two columns are for the prompt's own prefix. */
export function wrapped(sentence: string): string {
  return wrap(sentence, width() - 2).replaceAll('\n', '\n  ');
}

/** Returns a sentence as shown below a question. */
export function indented(sentence: string): string {
  return `  ${wrapped(sentence)}`;
}

/** Returns what is wrong with an answer, as shown below the question. */
export function problemLine(text: string): string {
  return colors.red(`  ✖ ${wrap(text, width() - 4).replaceAll('\n', '\n    ')}`);
}

/** Returns the width of the terminal, in columns. */
export function width(): number {
  return process.stderr.columns ?? 80;
}
