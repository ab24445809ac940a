import { looksLikePartOfKey } from '../key-detection.ts';
import {
  type AnswerCheck,
  ask,
  askAndWatch,
  canGoBack,
  colors,
  indented,
  problemLine,
  width,
  wrapped,
} from './ask.ts';
import { wrap } from './output.ts';

/** An option in a list of options. */
export interface PromptOption<T> {
  value: T;
  name: string;
  /** Shown after the answered question, if not the name. */
  answer?: string;
  description?: string;
}

/** A question for a line of text. */
export interface TextQuestion {
  message: string;
  /** Why it matters, or what the answer must be. It goes when the question is answered. */
  hint?: string;
  /** The answer if the user types nothing. */
  fallback?: string;
  check: AnswerCheck;
  /** The problem that shows while the user types, without a request. By default, none does. */
  checkTyped?: (answer: string) => string | undefined;
  /** Completes a text when the user presses Tab. */
  complete?: (answer: string) => string;
}

/** Asks for a line of text. An invalid answer is red while the user types, and a key in the wrong place is hidden. */
export function askText({ message, hint = '', fallback = '', ...question }: TextQuestion): Promise<string> {
  const { check, checkTyped = () => undefined, complete = (answer: string) => answer } = question;
  return ask<string>({
    type: 'text',
    message,
    fallback,
    check,
    complete,
    hint: () => hint,
    // Text can't be edited in a dumb terminal, so the user starts over there.
    clearsInvalid: process.env.TERM === 'dumb',
    show: (answer: string, { isFinal }: { isFinal: boolean }) =>
      isFinal ? shownAnswer(message, concealed(answer)) : shownWhileTyping(answer, checkTyped),
  });
}

function shownWhileTyping(answer: string, check: (answer: string) => string | undefined): string {
  // A key pasted into the wrong place is drawn digit by digit. Hide it before much of it is visible.
  const lastPart = answer.split(/[/\\.]/).at(-1) ?? '';
  // Digits alone can be an account ID in a name.
  const looksLikeStartOfKey =
    /^[0-9a-f]{12,}$/i.test(lastPart) && (lastPart === answer || /[a-f]/i.test(lastPart));
  const shown = looksLikeStartOfKey ? stars(answer) : concealed(answer);
  const accepted = answer === '' || (shown === answer && check(answer) === undefined);
  return accepted ? answer : colors.red(shown);
}

/** Hides an answer that contains a key, because answers stay on the screen. */
function concealed(answer: string): string {
  return looksLikePartOfKey(answer) ? stars(answer) : answer;
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}

/** A hidden answer. */
export interface HiddenAnswer {
  text: string;
  /** True if the text was pasted, not typed. */
  isPasted: boolean;
}

/**
 * Asks for hidden text. Shows each character as a star, so that the user sees that a paste has arrived. An invalid text is cleared,
 * because the user can't edit it.
 * @param hint with the text so far, of which it must show no more than the length
 */
export async function askHidden({
  message,
  hint,
  check,
}: {
  message: string;
  hint: (answer: string) => string;
  check: AnswerCheck;
}): Promise<HiddenAnswer> {
  const { answer: text, isPasted } = await askAndWatch<string>({
    type: 'text',
    message,
    fallback: '',
    check,
    complete: (answer: string) => answer,
    hint,
    clearsInvalid: true,
    show: stars,
  });
  return { text, isPasted };
}

/** Asks for one of a few options. The first one is the default. */
export function askChoice<T>(message: string, choices: PromptOption<T>[], { hint = '' } = {}): Promise<T> {
  return ask<T>({
    type: 'select',
    message,
    choices: choices.map(toListItem(message)),
    loop: false,
    pageSize: 10,
    theme: { style: { ...listStyle(), message: messageWithHint(hint) } },
  });
}

/** Asks for one of many options, with a search by part of the name. */
export function askSearch<T>(
  message: string,
  find: (term: string) => PromptOption<T>[],
  { hint = '' } = {},
): Promise<T> {
  return ask<T>({
    type: 'search',
    message,
    source: (term: string | undefined) => find(term ?? '').map(toListItem(message)),
    pageSize: 8,
    theme: { style: listStyle(hint) },
  });
}

/** Asks for at least one of several options. */
export function askSeveral<T>(
  message: string,
  choices: PromptOption<T>[],
  { hint = '', isRequired }: { hint?: string; isRequired: string },
): Promise<T[]> {
  return ask<T[]>({
    type: 'checkbox',
    message,
    choices: choices.map(toListItem(message)),
    loop: false,
    pageSize: 10,
    validate: (chosen: unknown[]) => (chosen.length > 0 ? true : isRequired),
    theme: {
      style: {
        ...listStyle(),
        message: messageWithHint(hint),
        renderSelectedChoices: (chosen: { short: string }[]) =>
          shownAnswer(message, chosen.map(({ short }) => short.trim()).join(', ')),
      },
    },
  });
}

/** Asks a yes/no question. Enter selects the fallback. */
export function askYesNo(message: string, { fallback }: { fallback: boolean }): Promise<boolean> {
  return ask<boolean>({
    type: 'confirm',
    message,
    default: fallback,
    theme: { style: { error: problemLine } },
  });
}

/** Returns a function that shows a hint below the question until it is answered. */
function messageWithHint(hint: string) {
  return (text: string, status: string) =>
    hint === '' || status === 'done'
      ? colors.bold(text)
      : `${colors.bold(text)}\n${colors.dim(indented(hint))}`;
}

/** Shows the keys below a list, and the hint of a question above them. */
function listStyle(hint = '') {
  return {
    error: problemLine,
    keysHelpTip: (keys: [key: string, action: string][]) => {
      const allKeys = canGoBack() ? [...keys, ['esc', 'back'] as const] : keys;
      const help = allKeys.map(([key, action]) => `${colors.bold(key)} ${colors.dim(action)}`);
      const helpLines = wrap(help.join(colors.dim(' • ')), width());
      return [...(hint === '' ? [] : [colors.dim(indented(hint))]), helpLines].join('\n');
    },
  };
}

/** Returns the answer as shown after its question, wrapped where the combined line wraps. */
function shownAnswer(question: string, answer: string): string {
  return wrapped(`${question} ${answer}`).slice(wrapped(question).length).replace(/^ /, '');
}

/** Returns a function that converts an option to an item of the list, with its text after the answered question. */
function toListItem<T>(question: string) {
  return ({ value, name, answer = name, description }: PromptOption<T>) => ({
    value,
    name: wrapped(name),
    short: shownAnswer(question, answer),
    description: description === undefined ? undefined : wrap(description, width()),
  });
}
