import { type Algorithm, algorithmOfLength, KEY_LENGTH, KeyMaterial, type KeyType } from './key-material.ts';
import {
  type KeyProblemCode,
  keyMessages as messages,
  storedKeyMessages,
  storedWrongAlgorithm,
} from './messages.ts';
import {
  characterProblem,
  digitProblem,
  formProblem,
  invisibleProblem,
  type KeyProblem,
  notationProblem,
} from './problems.ts';

export interface KeyRules {
  keyType: KeyType;
  /** Checked against the key length; derived from it if absent. SRT passwords have none. */
  algorithm?: Algorithm;
}

/** A valid key, or the problems with the text. `algorithm` is absent for an SRT password. */
type CheckResult =
  | { ok: true; key: KeyMaterial; algorithm?: Algorithm }
  | { ok: false; problems: KeyProblem[] };

/** Checks a key as the user provided it, without one trailing newline. Don't keep the text: the returned key is wrapped. */
export function checkKey(text: string, rules: KeyRules): CheckResult {
  const key = text.replace(/\r?\n$/, '');
  const problem = problemOf(key, rules);
  if (problem) return { ok: false, problems: [problem] };
  const algorithm = rules.keyType === 'static-key' ? algorithmOfLength(key.length) : undefined;
  return { ok: true, key: KeyMaterial.from(key), algorithm };
}

/** What was removed from the text of a key, with its number. */
export interface RemovedFromKey {
  what: 'space' | 'line-break' | 'separator' | 'hex-prefix' | 'quote';
  count: number;
}

/** What a static key is often written with, and what can't be part of it. */
const NOT_PART_OF_KEY: readonly [RemovedFromKey['what'], RegExp][] = [
  ['quote', /["'`]/g],
  ['hex-prefix', /(?<![0-9a-f])0x/gi],
  ['line-break', /\r\n|[\r\n]/g],
  ['space', /[^\S\r\n]/g],
  ['separator', /[:,;._-]/g],
];

/**
 * Returns a static key without spaces, line breaks, separators, quotation marks and `0x`, if that makes it valid; undefined if it
 * needs no repair, if that doesn't make it valid, or if the text may be several keys or a number of which digits are lost.
 */
export function repairedKey(
  text: string,
  rules: KeyRules,
): { text: string; removed: RemovedFromKey[] } | undefined {
  if (rules.keyType !== 'static-key') return undefined;
  const result = checkKey(text, rules);
  if (result.ok || result.problems.some(({ code }) => code === 'spreadsheet')) return undefined;
  const runs = text.match(/[0-9a-f]+/gi) ?? [];
  if (runs.filter((run) => run.length >= KEY_LENGTH.aes128).length > 1) return undefined;
  let repaired = text;
  const removed = NOT_PART_OF_KEY.flatMap(([what, pattern]) => {
    const count = repaired.match(pattern)?.length ?? 0;
    repaired = repaired.replace(pattern, '');
    return count > 0 ? [{ what, count }] : [];
  });
  return checkKey(repaired, rules).ok ? { text: repaired, removed } : undefined;
}

/**
 * Checks the value of a secret. Returns the problems, most informative first. The messages reveal only the kind of problem.
 * MediaConnect reads the whole value, so a trailing newline is a problem: the stream would not decrypt.
 */
export function checkStoredKey(key: KeyMaterial, rules: KeyRules): KeyProblem[] {
  const text = key.reveal();
  const withoutLineBreaks = withoutLineBreaksAtEnd(text);
  const codes: KeyProblemCode[] = [];
  const problem = problemOf(withoutLineBreaks, rules);
  if (problem) codes.push(problem.code);
  if (withoutLineBreaks !== text) codes.push('trailing-newline');
  return codes.map((code) => ({ code, message: storedMessage(code, rules) }));
}

function storedMessage(code: KeyProblemCode, { algorithm = 'aes256' }: KeyRules): string {
  return code === 'wrong-algorithm'
    ? storedWrongAlgorithm(algorithm, KEY_LENGTH[algorithm])
    : storedKeyMessages[code];
}

/**
 * Removes line breaks at the end. A loop instead of a regular expression anchored at the end, which would be quadratic in the
 * number of line breaks.
 */
function withoutLineBreaksAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}

/**
 * Returns true if a stored value can be an SRT password and doesn't look like a static key in another notation or with one
 * mistake. For such a value, no message may claim that it is a damaged static key.
 */
export function mayBePassword(key: KeyMaterial): boolean {
  if (checkStoredKey(key, { keyType: 'srt-password' }).length > 0) return false;
  const text = key.reveal();
  const notation = notationProblem(text);
  if (!notation) return !isNearStaticKey(text);
  const digits = notation.code === 'assignment' ? text.replace(/^[^=:]*[=:]/, '') : text.replace(/0x/gi, '');
  return algorithmOfLength(digitCount(digits)) === undefined;
}

/** Returns true for a text as long as a static key, plus or minus one character, of which at least 90% are hexadecimal digits. */
function isNearStaticKey(text: string): boolean {
  const lengths = Object.values(KEY_LENGTH);
  const isAsLong = lengths.some((length) => Math.abs(text.length - length) <= 1);
  return isAsLong && digitCount(text) >= 0.9 * text.length;
}

/** Returns the number of hexadecimal digits in a text. */
function digitCount(text: string): number {
  return text.replace(/[^0-9a-f]/gi, '').length;
}

/** Checks the form of the text first, then its characters, then its length. */
function problemOf(key: string, rules: KeyRules): KeyProblem | undefined {
  return formProblem(key) ?? (rules.keyType === 'static-key' ? staticProblem(key, rules) : srtProblem(key));
}

/** AWS Elemental MediaConnect User Guide: a static key is hexadecimal text whose length fits the algorithm. */
function staticProblem(key: string, { algorithm }: KeyRules): KeyProblem | undefined {
  return (
    invisibleProblem(key) ??
    notationProblem(key) ??
    characterProblem(key) ??
    digitProblem(key) ??
    lengthProblem(key.length, algorithm)
  );
}

function lengthProblem(length: number, algorithm: Algorithm | undefined): KeyProblem | undefined {
  if (algorithm && length === KEY_LENGTH[algorithm]) return undefined;
  if (!algorithm && algorithmOfLength(length)) return undefined;
  if (length % 2 === 1) return { code: 'odd-length', message: messages.oddLength(length) };
  return algorithm && algorithmOfLength(length)
    ? { code: 'wrong-algorithm', message: messages.wrongAlgorithm(length, algorithm, KEY_LENGTH[algorithm]) }
    : { code: 'wrong-length', message: messages.wrongLength(length) };
}

/** MediaConnect User Guide, "SRT password encryption": 10 to 80 printable characters. */
function srtProblem(key: string): KeyProblem | undefined {
  const invisible = invisibleProblem(key);
  if (invisible) return invisible;
  if (key.trim() !== key) return { code: 'surrounding-space', message: messages.surroundingSpace };
  const character = characterProblem(key);
  if (character) return character;
  if (/^(["'`]).*\1$/.test(key)) return { code: 'quoted', message: messages.quoted };
  if (key.length >= 10 && key.length <= 80) return undefined;
  return { code: 'srt-length', message: messages.srtLength(key.length) };
}

/**
 * Returns warnings for an unusual key that passed `checkKey`. They are not problems: the other end of the stream may use exactly
 * this key. An SRT password gets no warnings, because the user may choose any text.
 */
export function keyWarnings(key: KeyMaterial, keyType: KeyType): string[] {
  if (keyType !== 'static-key') return [];
  const digits = key.reveal();
  if (/^(.)\1*$/i.test(digits)) return [messages.sameDigit];
  // Spreadsheets keep 15 significant digits.
  if (/^[1-9]\d{14}0+$/.test(digits)) return [messages.roundedNumber];
  const decoded = Buffer.from(digits, 'hex').toString('latin1');
  // In a random 32-byte key, all bytes are hexadecimal digits with a probability of about 10^-34.
  const isKey = /^[0-9a-f]+$/i.test(decoded) && algorithmOfLength(decoded.length) !== undefined;
  return isKey ? [messages.encodedTwice(decoded.length)] : [];
}
