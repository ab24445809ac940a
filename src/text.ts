import { stripVTControlCharacters } from 'node:util';
import { groupedBy, type NonEmptyArray } from './grouping.ts';
import { looksLikePartOfKey } from './redaction.ts';

/** Control characters, and the marks that reverse the direction of writing, change what a person believes to read. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The same but for line breaks: a document of a hundred thousand lines is looked through without a copy of each. */
const CONTROL_IN_LINES = new RegExp(`(?!\\n)${CONTROL.source}`, 'gu');

/** The colors that this program itself paints with, and their ends. */
const ESCAPE = '\u001b';
const OWN_COLORS = new RegExp(`(${ESCAPE}\\[(?:1|2|22|31|32|33|36|39)m)`);

/** No name, ARN or sentence of AWS's is as long; what is longer would flood the terminal. */
const LONGEST_SHOWN = 4_096;

/**
 * Text from outside (AWS, files, the command line) made harmless for a terminal: escape sequences go, other control
 * characters and the marks that reverse the direction of writing become `�`, and what is endless is cut.
 */
export function plain(text: string): string {
  return stripVTControlCharacters(cut(text)).replace(CONTROL, '�');
}

/** The same for a command, which is of no use unless it is whole. */
export function plainCommand(command: string): string {
  return stripVTControlCharacters(command).replace(CONTROL, '�');
}

function cut(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** The same for a text of several lines, which stay lines. */
export function plainLines(text: string): string {
  return harmlessLines(text.split('\n').map(cut).join('\n'));
}

/**
 * The last filter for everything that goes to a terminal: only line breaks and the program's own colors
 * pass.
 */
export function harmless(text: string): string {
  return text
    .split(OWN_COLORS)
    .map((part, at) => (at % 2 === 1 ? part : harmlessLines(part)))
    .join('');
}

function harmlessLines(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL_IN_LINES, '�');
}

/** JSON text in which every such character stands as `\uXXXX`: what a parser makes of it stays the same. */
export function plainJson(json: string): string {
  return json.replace(
    CONTROL_IN_LINES,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** More lines of one kind than this are folded. */
export const MOST_LINES = 20;

/**
 * Puts things of which the same is to be said together, in the order in which the first of each came.
 * @param alike what is the same of things that belong together; absent where each stands for itself
 */
export function folded<T>(things: T[], alike: ((thing: T) => string) | undefined): NonEmptyArray<T>[] {
  return alike ? [...groupedBy(things, alike).values()] : things.map((thing) => [thing]);
}

/** The day of a date in UTC, such as `2026-11-25`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A URL as it may be shown: without a user, a password or a query, and not where it looks like a key in the wrong place. */
export function shownUrl(url: string): string {
  if (looksLikePartOfKey(url) || !URL.canParse(url)) return '[redacted]';
  const { protocol, host, pathname } = new URL(url);
  return plain(`${protocol}//${host}${pathname === '/' ? '' : pathname}`);
}

/** A word as a POSIX shell takes it. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
