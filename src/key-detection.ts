/**
 * Hexadecimal digits in one piece, or in groups of equal length (`0011 2233 …`, `00:11:…`). The groups of a UUID differ in
 * length.
 */
const DIGITS = new RegExp(
  `(?<![0-9a-f])(?:${[2, 4, 8, 16].map((n) => `[0-9a-f]{${n}}(?:[ :._-][0-9a-f]{${n}})+`).join('|')}|[0-9a-f]+)(?![0-9a-f])`,
  'gi',
);

/** The lengths of static keys for aes128, aes192 and aes256, in digits. */
const KEY_LENGTHS = [32, 48, 64];
const SHORTEST_KEY = Math.min(...KEY_LENGTHS);

/** Enough digits for a key. Even a long text has few matches, so `DIGITS`, which is slower, runs on little text. */
const ENOUGH_DIGITS = /[0-9a-f](?:[ :._-]?[0-9a-f]){31,}/gi;

/**
 * Returns true if a value contains what looks like a key. A key pasted into a name field must not become a name that anyone can
 * read.
 */
export function looksLikeKey(value: string): boolean {
  return keyOffsets(value).length > 0;
}

/** Returns the offset of everything in a text that looks like a key. The text may be a whole file. */
export function keyOffsets(text: string): number[] {
  return [...text.matchAll(ENOUGH_DIGITS)].flatMap(({ 0: part, index }) =>
    runsOfDigits(part)
      .filter(({ digits, grouped }) => KEY_LENGTHS.includes(digits) || (grouped && digits >= SHORTEST_KEY))
      .map(({ offset }) => index + offset),
  );
}

/** Returns true if a value contains what looks like half a key or more, so that messages don't repeat it. */
export function looksLikePartOfKey(value: string): boolean {
  return runsOfDigits(value).some(({ digits }) => digits >= SHORTEST_KEY / 2);
}

/** Returns each match of `DIGITS`: its offset, its number of digits, and whether separators divide the digits into groups. */
function runsOfDigits(value: string) {
  return [...value.matchAll(DIGITS)].map(({ 0: run, index }) => {
    const digits = run.replace(/[^0-9a-f]/gi, '').length;
    return { offset: index, digits, grouped: digits < run.length };
  });
}
