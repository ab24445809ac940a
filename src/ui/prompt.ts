import { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import inquirer from 'inquirer';
import { Interrupted } from '../failure.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import { openKeyboard } from './keyboard.ts';
import { wrap } from './output.ts';
import { watchSuspension } from './terminal.ts';

/** An option in a list of options. */
export interface PromptOption<T> {
  value: T;
  name: string;
  description?: string;
}

/** Returns the problem with an answer, or undefined if it is valid. */
export type AnswerCheck = (answer: string) => string | undefined;

/** Asks for a line of text. While the user types, `mark` marks an invalid answer, and a key in the wrong place is hidden. */
export function askText(
  message: string,
  fallback: string,
  check: AnswerCheck,
  mark: (text: string) => string,
): Promise<string> {
  return ask<string>({
    type: 'input',
    message,
    default: fallback,
    validate: (answer: string) => {
      const problem = check(answer);
      return problem === undefined || wrapped(problem);
    },
    // Text can't be edited in a dumb terminal, so the user starts over there.
    theme: { validationFailureMode: process.env.TERM === 'dumb' ? 'clear' : 'keep' },
    transformer: (answer: string, { isFinal }: { isFinal: boolean }) =>
      isFinal ? shownAnswer(message, concealed(answer)) : shownWhileTyping(answer, check, mark),
  });
}

function shownWhileTyping(answer: string, check: AnswerCheck, mark: (text: string) => string): string {
  // A key pasted into the wrong place is drawn digit by digit. Hide it before much of it is visible.
  const lastPart = answer.split(/[/\\.]/).at(-1) ?? '';
  // Digits alone can be an account ID in a name.
  const looksLikeStartOfKey =
    /^[0-9a-f]{12,}$/i.test(lastPart) && (lastPart === answer || /[a-f]/i.test(lastPart));
  const shown = looksLikeStartOfKey ? stars(answer) : concealed(answer);
  const accepted = answer === '' || (shown === answer && check(answer) === undefined);
  return accepted ? answer : mark(shown);
}

/** Hides an answer that contains a key, because answers stay on the screen. */
function concealed(answer: string): string {
  return looksLikePartOfKey(answer) ? stars(answer) : answer;
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}

/** Asks for hidden text. Shows each character as a star, so that the user sees that a paste has arrived. */
export function askHidden(message: string): Promise<string> {
  return ask<string>({ type: 'password', message, mask: '*', toggleMask: false });
}

/** Asks for one of a few options. The first one is the default. */
export function askChoice<T>(message: string, choices: PromptOption<T>[]): Promise<T> {
  return ask<T>({
    type: 'select',
    message,
    choices: choices.map(toListItem(message)),
    loop: false,
    pageSize: 10,
  });
}

/** Asks for one of many options, with a search by part of the name. */
export function askSearch<T>(message: string, find: (term: string) => PromptOption<T>[]): Promise<T> {
  return ask<T>({
    type: 'search',
    message,
    source: (term: string | undefined) => find(term ?? '').map(toListItem(message)),
    pageSize: 8,
  });
}

/** Asks a yes/no question. Enter selects the fallback. */
export function askYesNo(message: string, { fallback }: { fallback: boolean }): Promise<boolean> {
  return ask<boolean>({ type: 'confirm', message, default: fallback });
}

type Question = Record<string, unknown> & {
  type: 'input' | 'password' | 'select' | 'search' | 'confirm';
  message: string;
};

/** Wraps a sentence between words, which Inquirer doesn't do. Two columns are for the prompt's own prefix. */
function wrapped(sentence: string): string {
  return wrap(sentence, width() - 2).replaceAll('\n', '\n  ');
}

/** Returns the answer as shown after its question, wrapped where the combined line wraps. */
function shownAnswer(question: string, answer: string): string {
  return wrapped(`${question} ${answer}`).slice(wrapped(question).length).replace(/^ /, '');
}

/** Returns a function that converts an option to an item of the list, with its text after the answered question. */
function toListItem<T>(question: string) {
  return ({ value, name, description }: PromptOption<T>) => ({
    value,
    name: wrapped(name),
    short: shownAnswer(question, name),
    description: description === undefined ? undefined : wrap(description, width()),
  });
}

function width(): number {
  return process.stderr.columns ?? 80;
}

/** Asks on standard error, because standard output is for results. Ctrl-C, Ctrl-D and signals abort the prompt. */
async function ask<T>(question: Question): Promise<T> {
  const interruption = new AbortController();
  const onSignal = () => interruption.abort();
  const onKey = (_: string | undefined, key: { name?: string; ctrl?: boolean } | undefined) => {
    if (key?.ctrl && key.name === 'd') interruption.abort();
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
  keyboard.keys.on('keypress', onKey);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    // Inquirer infers answer types from literal question lists. Here, the caller's question determines the type.
    const { answer } = (await prompt([
      { ...question, message: wrapped(question.message), name: 'answer' },
    ])) as { answer: unknown };
    return answer as T;
  } catch (error) {
    const isInterruption = error instanceof Error && /^(Exit|Abort|Cancel)PromptError$/.test(error.name);
    throw isInterruption ? new Interrupted() : error;
  } finally {
    suspension.close();
    keyboard.close();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** The terminal on which a question is drawn. */
interface Display {
  output: Writable;
  /** Makes room for the shell's output below the question. */
  leave(): void;
  /** Redraws the question at the current cursor position. */
  redraw(): void;
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
  };
}
