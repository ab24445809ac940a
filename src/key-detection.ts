/**
 * Hexadecimal digits in one piece, or in groups of equal length (`0011 2233 …`, `00:11:…`). The groups of a UUID differ in
 * length.
 */
const DIGITS = new RegExp(
  `(?<![0-9a-f])(?:${[2, 4, 8, 16].map((n) => `[0-9a-f]{${n}}(?:[ :._-][0-9a-f]{${n}})+`).join('|')}|[0-9a-f]+)(?![0-9a-f])`,
  'gi',
);

const KEY_LENGTHS = [32, 48, 64] as const;

/** Enough digits for a key. Even a long text has few matches, so the slower pattern runs on little text. */
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
  const offsets: number[] = [];
  for (const { 0: part, index } of text.matchAll(ENOUGH_DIGITS)) {
    for (const { offset, digits, grouped } of runsOfDigits(part)) {
      const isKey = KEY_LENGTHS.some((length) => length === digits) || (grouped && digits >= KEY_LENGTHS[0]);
      if (isKey) offsets.push(index + offset);
    }
  }
  return offsets;
}

/** Returns true if a value contains what looks like half a key or more. For values that messages would otherwise repeat. */
export function looksLikePartOfKey(value: string): boolean {
  for (const { digits } of runsOfDigits(value)) if (digits >= 16) return true;
  return false;
}

/** Hexadecimal digits at an offset in a text. */
interface DigitRun {
  offset: number;
  /** The number of digits, without separators. */
  digits: number;
  /** True if separators divide the digits into groups. */
  grouped: boolean;
}

function* runsOfDigits(value: string): Generator<DigitRun> {
  for (const { 0: run, index } of value.matchAll(DIGITS)) {
    const digits = run.replace(/[^0-9a-f]/gi, '').length;
    yield { offset: index, digits, grouped: digits < run.length };
  }
}
