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

/** The condition keys of a request, in lower case, with their values. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** What stands between the braces: a special character, or a condition key with a default value. */
const VARIABLE = /\$\{\s*(?:([*?$])|([^\s,{}]+)(?:\s*,\s*'([^']*)')?)\s*\}/g;

/**
 * Text of a policy with its variables replaced. What a variable stands for is plain text: a wildcard in it is none.
 * Source: "IAM policy elements: Variables and tags" in the IAM user guide.
 * @param context undefined for a document of a version that has no variables.
 * @param wildcards whether `*` and `?` of the policy's own text are wildcards.
 * @param absent what a variable without a single value stands for.
 * @returns undefined if there is no single value for one of the variables, nor anything to stand for it; then the text matches nothing.
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
