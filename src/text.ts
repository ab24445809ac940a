import { stripVTControlCharacters } from 'node:util';
import { looksLikePartOfKey } from './key-detection.ts';

/** Control characters and bidirectional marks, which can make a text look different from what it is. */
const CONTROL = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Like `CONTROL`, but without line breaks. Documents with 100,000 lines don't have to be split into lines. */
const CONTROL_IN_LINES = new RegExp(`(?!\\n)${CONTROL.source}`, 'gu');

const ESCAPE = '\u001b';

/** The color sequences that this program prints, with their resets. */
const PRINTED_COLORS = new RegExp(`(${ESCAPE}\\[(?:1|2|22|31|32|33|36|39)m)`);

/** In characters. No name, ARN or message from AWS is this long. Longer texts would flood the terminal. */
const LONGEST_SHOWN = 4_096;

/**
 * Makes text from outside (AWS, files, the command line) safe for a terminal: removes escape sequences, replaces other control
 * characters and bidirectional marks with `�`, and truncates long texts.
 */
export function clean(text: string): string {
  return stripVTControlCharacters(cut(text)).replace(CONTROL, '�');
}

/** Like `clean`, but doesn't truncate: a command is only useful as a whole. */
export function cleanCommand(command: string): string {
  return stripVTControlCharacters(command).replace(CONTROL, '�');
}

function cut(text: string): string {
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

/** Like `clean`, for each line of a text. Line breaks are kept. */
export function cleanLines(text: string): string {
  return harmlessLines(text.split('\n').map(cut).join('\n'));
}

/** The last filter for everything that goes to a terminal. Only line breaks and the program's own colors pass. */
export function cleanOutput(text: string): string {
  return text
    .split(PRINTED_COLORS)
    .map((part, index) => (index % 2 === 1 ? part : harmlessLines(part)))
    .join('');
}

function harmlessLines(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROL_IN_LINES, '�');
}

/** Escapes control characters and bidirectional marks in JSON text as `\uXXXX`. The parsed value stays the same. */
export function escapeJson(json: string): string {
  return json.replace(
    CONTROL_IN_LINES,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The most lines of one kind to print. More lines are folded. */
export const MOST_LINES = 20;

/**
 * Groups items with the same text, in the order in which each text first appears.
 * @param textOf returns the text that the items of a group have in common; if undefined, each item is a group of its own
 */
export function groupByText<T>(items: T[], textOf: ((item: T) => string) | undefined): NonEmptyArray<T>[] {
  return textOf ? [...groupedBy(items, textOf).values()] : items.map((item) => [item]);
}

/** Returns the UTC day of a date, such as `2026-11-25`. */
export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Returns a URL for display, without user, password and query. Returns `[redacted]` if it contains what looks like a key. */
export function shownUrl(url: string): string {
  if (looksLikePartOfKey(url) || !URL.canParse(url)) return '[redacted]';
  const { protocol, host, pathname } = new URL(url);
  return clean(`${protocol}//${host}${pathname === '/' ? '' : pathname}`);
}

/** Quotes a word for a POSIX shell where necessary. */
export function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** An array with at least one element. */
export type NonEmptyArray<T> = [T, ...T[]];

/** Groups items by name, in the order in which each name first appears. */
export function groupedBy<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<string, NonEmptyArray<T>> {
  const groups = new Map<string, NonEmptyArray<T>>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
