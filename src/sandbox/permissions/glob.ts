/** Text in which some asterisks and question marks are wildcards. A wildcard is a symbol, so that no text can be one. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

/** Any text, also none. */
export const ANY = Symbol('*');
/** Any one character. */
export const ONE = Symbol('?');

/** What every text fits. */
export const ANYTHING: Pattern = [ANY];

/** A pattern in which each character stands for itself. */
export const literal = (text: string): Pattern => [...text];

/** A pattern in which `*` stands for any text, and `?` for any one character. */
export function pattern(text: string): Pattern {
  return [...text].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character));
}

/**
 * Whether a text begins as a policy's own text does before its first wildcard or variable. What does not cannot fit; to find that
 * out first keeps a policy of many ARNs quick.
 */
export function couldFit(own: string, text: string): boolean {
  const end = own.search(/[*?]|\$\{/);
  return end < 0 ? own === text : text.startsWith(own.slice(0, end));
}

/**
 * Whether the whole of a text fits a pattern. Its time grows with the product of both lengths and no faster, whatever a caller
 * has put into a policy.
 */
export function fits(wanted: Pattern, text: string): boolean {
  const characters = [...text];
  let at = 0;
  let read = 0;
  let lastAny = -1;
  let resumeAt = 0;
  while (read < characters.length) {
    const next = wanted[at];
    if (next === ANY) {
      lastAny = at;
      resumeAt = read;
      at += 1;
    } else if (next === ONE || next === characters[read]) {
      at += 1;
      read += 1;
    } else if (lastAny >= 0) {
      // The last asterisk takes one character more, and the rest is tried again from there.
      at = lastAny + 1;
      resumeAt += 1;
      read = resumeAt;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((rest) => rest === ANY);
}
