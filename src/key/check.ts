import { type Algorithm, algorithmOfLength, KEY_LENGTH, KeyMaterial, type KeyType } from './key-material.ts';
import {
  type KeyProblemCode,
  keyMessages as messages,
  storedKeyMessages,
  storedOtherAlgorithm,
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
  /** Checked against the length; derived from the length when absent. SRT passwords have none. */
  algorithm?: Algorithm;
}

export type CheckResult =
  | { ok: true; key: KeyMaterial; algorithm?: Algorithm }
  | { ok: false; problems: KeyProblem[] };

/**
 * Checks a key as the user gave it; one trailing newline is dropped. The plain text should live no longer than until
 * this call: what it returns is wrapped.
 */
export function checkKey(text: string, rules: KeyRules): CheckResult {
  const key = text.replace(/\r?\n$/, '');
  const problem = problemOf(key, rules);
  if (problem) return { ok: false, problems: [problem] };
  const algorithm = rules.keyType === 'static-key' ? algorithmOfLength(key.length) : undefined;
  return { ok: true, key: KeyMaterial.from(key), ...(algorithm ? { algorithm } : {}) };
}

/**
 * Checks what a secret holds. Returns what is wrong, the most telling first, in words that tell nothing else about the value. MediaConnect reads it to the last
 * character, so here a trailing newline is a mistake: the stream would not decrypt.
 */
export function checkStoredKey(key: KeyMaterial, rules: KeyRules): KeyProblem[] {
  const text = key.reveal();
  const line = withoutLineBreaksAtEnd(text);
  const problem = problemOf(line, rules);
  const codes: KeyProblemCode[] = [
    ...(problem ? [problem.code] : []),
    ...(line === text ? [] : (['trailing-newline'] as const)),
  ];
  return codes.map((code) => ({ code, message: storedMessage(code, rules) }));
}

function storedMessage(code: KeyProblemCode, { algorithm = 'aes256' }: KeyRules): string {
  return code === 'wrong-algorithm'
    ? storedOtherAlgorithm(algorithm, KEY_LENGTH[algorithm])
    : storedKeyMessages[code];
}

/** A loop, because a pattern anchored at the end tries each line break of a long value as the first. */
function withoutLineBreaksAtEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n' || text[end - 1] === '\r') end -= 1;
  return text.slice(0, end);
}

/**
 * Returns true for a stored value that can be an SRT password, and is no static key in some other notation or with one mistake in
 * it. Of such a value it cannot be said that it is a damaged static key.
 */
export function mayBePassword(key: KeyMaterial): boolean {
  if (checkStoredKey(key, { keyType: 'srt-password' }).length > 0) return false;
  const text = key.reveal();
  const notation = notationProblem(text);
  if (!notation) return !isNearStaticKey(text);
  const bare = notation.code === 'assignment' ? text.replace(/^[^=:]*[=:]/, '') : text.replace(/0x/gi, '');
  return algorithmOfLength(digitsIn(bare)) === undefined;
}

/** As long as a static key, give or take a character, and all of it hexadecimal but one character in ten. */
function isNearStaticKey(text: string): boolean {
  const lengths = Object.values(KEY_LENGTH);
  const isAsLong = lengths.some((length) => Math.abs(text.length - length) <= 1);
  return isAsLong && digitsIn(text) >= 0.9 * text.length;
}

/** Returns how many hexadecimal digits a text has. */
function digitsIn(text: string): number {
  return text.replace(/[^0-9a-f]/gi, '').length;
}

/** What happened to the text comes before what is wrong with its characters, and that before its length. */
function problemOf(key: string, rules: KeyRules): KeyProblem | undefined {
  return formProblem(key) ?? (rules.keyType === 'static-key' ? staticProblem(key, rules) : srtProblem(key));
}

/** AWS Elemental MediaConnect User Guide: a static key is hexadecimal text of a length that fits the algorithm. */
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
  return key.length < 10 || key.length > 80
    ? { code: 'srt-length', message: messages.srtLength(key.length) }
    : undefined;
}

/**
 * What is odd about a key that passed `checkKey`. These are warnings, not problems, because the other end of the stream
 * may use just this key, and then no other one decrypts. An SRT password gets none: what it may look like is up to the user.
 */
export function keyWarnings(key: KeyMaterial, keyType: KeyType): string[] {
  if (keyType !== 'static-key') return [];
  const digits = key.reveal();
  if (/^(.)\1*$/i.test(digits)) return [messages.sameDigit];
  // A spreadsheet keeps 15 digits of a number.
  if (/^[1-9]\d{14}0+$/.test(digits)) return [messages.roundedNumber];
  const inner = Buffer.from(digits, 'hex').toString('latin1');
  // In a random key of 32 bytes each byte is a hexadecimal digit about once in 10^34 times.
  const isKey = /^[0-9a-f]+$/i.test(inner) && algorithmOfLength(inner.length) !== undefined;
  return isKey ? [messages.encodedTwice(inner.length)] : [];
}
