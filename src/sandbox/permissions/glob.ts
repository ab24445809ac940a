/**
 * Text in which some asterisks and question marks are wildcards. A wildcard is a symbol, so it can't be confused with plain text.
 */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

/** Any text, including none. */
export const ANY = Symbol('*');
/** Any single character. */
export const ONE = Symbol('?');

/** A pattern that matches every text. */
export const ANYTHING: Pattern = [ANY];

/** Returns a pattern in which every character stands for itself. */
export const literal = (text: string): Pattern => [...text];

/** Returns a pattern in which `*` matches any text, and `?` any single character. */
export function pattern(text: string): Pattern {
  return [...text].map((character) => (character === '*' ? ANY : character === '?' ? ONE : character));
}

/**
 * True if a text starts with the part of the policy's text before its first wildcard or variable. If not, it can't match.
 * Checking this first keeps a policy with many ARNs fast.
 */
export function couldFit(own: string, text: string): boolean {
  const end = own.search(/[*?]|\$\{/);
  return end < 0 ? own === text : text.startsWith(own.slice(0, end));
}

/**
 * True if the whole text matches a pattern. The running time is at most proportional to the product of both lengths, whatever a
 * caller has put into a policy.
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
      // Let the last asterisk match one more character, and retry from there.
      at = lastAny + 1;
      resumeAt += 1;
      read = resumeAt;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((rest) => rest === ANY);
}

/** The condition keys of a request, in lowercase, with their values. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** A policy variable: a special character, or a condition key with an optional default value. */
const VARIABLE = /\$\{\s*(?:([*?$])|([^\s,{}]+)(?:\s*,\s*'([^']*)')?)\s*\}/g;

/**
 * Returns a policy's text with its variables replaced. The value of a variable is plain text: wildcards in it have no effect.
 * Source: "IAM policy elements: Variables and tags" in the IAM user guide.
 * @param context undefined for a document whose version has no variables.
 * @param wildcards true if `*` and `?` in the policy's own text are wildcards.
 * @param absent what to use for a variable without a single value.
 * @returns undefined if a variable has no single value and `absent` is not given; then the text matches nothing.
 */
export function resolved(
  text: string,
  context: Context | undefined,
  wildcards: boolean,
  absent?: Pattern,
): Pattern | undefined {
  const own = wildcards ? pattern : literal;
  if (!context || !text.includes('${')) {
    return own(text);
  }
  const whole: Pattern[] = [];
  let from = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const value = meaningOf(match, context);
    const stands = value === undefined ? absent : literal(value);
    if (stands === undefined) {
      return undefined;
    }
    whole.push(own(text.slice(from, match.index)), stands);
    from = match.index + match[0].length;
  }
  return [...whole, own(text.slice(from))].flat();
}

function meaningOf(match: RegExpMatchArray, context: Context): string | undefined {
  const [, special, key = '', preset] = match;
  if (special !== undefined) {
    return special;
  }
  const values = context.get(key.toLowerCase()) ?? [];
  return values.length === 1 ? values[0] : preset;
}
