/** Hexadecimal digits in one piece, or in groups of one length (`0011 2233 …`, `00:11:…`), which those of a UUID are not. */
const DIGITS = new RegExp(
  `(?<![0-9a-f])(?:${[2, 4, 8, 16].map((n) => `[0-9a-f]{${n}}(?:[ :._-][0-9a-f]{${n}})+`).join('|')}|[0-9a-f]+)(?![0-9a-f])`,
  'gi',
);

const KEY_LENGTHS = [32, 48, 64] as const;

/** What could hold a key at all; a long text has very few of these. */
const ENOUGH_DIGITS = /[0-9a-f](?:[ :._-]?[0-9a-f]){31,}/gi;

/** A key that was pasted into a field for a name must not become a name that everyone can read. */
export function looksLikeKey(value: string): boolean {
  return keysIn(value).length > 0;
}

/** Where in a text, which may be a whole file, something begins that looks like a key. */
export function keysIn(text: string): number[] {
  const found: number[] = [];
  for (const { 0: part, index } of text.matchAll(ENOUGH_DIGITS)) {
    for (const { at, digits, grouped } of runsOfDigits(part)) {
      const isKey = KEY_LENGTHS.some((length) => length === digits) || (grouped && digits >= KEY_LENGTHS[0]);
      if (isKey) found.push(index + at);
    }
  }
  return found;
}

/** The same for half a key, in a place that messages would repeat. */
export function looksLikePartOfKey(value: string): boolean {
  for (const { digits } of runsOfDigits(value)) if (digits >= 16) return true;
  return false;
}

function* runsOfDigits(value: string): Generator<{ at: number; digits: number; grouped: boolean }> {
  for (const { 0: run, index } of value.matchAll(DIGITS)) {
    const digits = run.replace(/[^0-9a-f]/gi, '').length;
    yield { at: index, digits, grouped: digits < run.length };
  }
}
