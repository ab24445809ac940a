/** The characters of a text, and wildcards. A wildcard is a symbol, so that it can't be confused with `*` or `?` in the text. */
export type Pattern = readonly (string | typeof ANY_TEXT | typeof ANY_CHARACTER)[];

/** Any text, including none. */
export const ANY_TEXT = Symbol('*');
/** Any single character. */
export const ANY_CHARACTER = Symbol('?');

/** A pattern that matches every text. */
export const ANYTHING: Pattern = [ANY_TEXT];

const literalPattern = (text: string): Pattern => [...text];

/** Returns a pattern in which `*` matches any text, and `?` any single character. */
export function parsePattern(text: string): Pattern {
  const wildcards = new Map<string, Pattern[number]>([
    ['*', ANY_TEXT],
    ['?', ANY_CHARACTER],
  ]);
  return [...text].map((character) => wildcards.get(character) ?? character);
}

/**
 * True if a text starts with the part of the policy's text before the first wildcard or variable; if not, the two can't match.
 * This check keeps the evaluation of a policy with many ARNs fast.
 */
export function couldMatch(policyText: string, text: string): boolean {
  const literalLength = policyText.search(/[*?]|\$\{/);
  return literalLength < 0 ? policyText === text : text.startsWith(policyText.slice(0, literalLength));
}

/**
 * True if the whole text matches a pattern. The running time is at most proportional to the product of their lengths, even for a
 * pattern with many asterisks.
 */
export function matches(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  let patternIndex = 0;
  let textIndex = 0;
  let lastAsteriskIndex = -1;
  let resumeIndex = 0;
  while (textIndex < characters.length) {
    const token = pattern[patternIndex];
    if (token === ANY_TEXT) {
      lastAsteriskIndex = patternIndex;
      resumeIndex = textIndex;
      patternIndex += 1;
    } else if (token === ANY_CHARACTER || token === characters[textIndex]) {
      patternIndex += 1;
      textIndex += 1;
    } else if (lastAsteriskIndex >= 0) {
      // Let the last asterisk match one more character, and retry from there.
      patternIndex = lastAsteriskIndex + 1;
      resumeIndex += 1;
      textIndex = resumeIndex;
    } else {
      return false;
    }
  }
  return pattern.slice(patternIndex).every((token) => token === ANY_TEXT);
}

/** The condition keys of a request, in lowercase, with their values. */
export type Context = ReadonlyMap<string, readonly string[]>;

/** A policy variable: a special character, or a condition key with an optional default value. */
const VARIABLE = /\$\{\s*(?:([*?$])|([^\s,{}]+)(?:\s*,\s*'([^']*)')?)\s*\}/g;

interface ExpandOptions {
  /** True if `*` and `?` in the policy's own text are wildcards. */
  readonly wildcards: boolean;
  /** The pattern to use for a variable that has no single value. */
  readonly fallback?: Pattern | undefined;
}

/**
 * Returns a policy's text with its variables replaced. The value of a variable is plain text: wildcards in it have no effect.
 * Source: "IAM policy elements: Variables and tags" in the IAM user guide.
 * @param context undefined for a document whose version has no variables.
 * @returns undefined if a variable has no single value and there is no `fallback`; then the text matches nothing.
 */
export function expandVariables(
  text: string,
  context: Context | undefined,
  { wildcards, fallback }: ExpandOptions,
): Pattern | undefined {
  const toPattern = wildcards ? parsePattern : literalPattern;
  if (!context || !text.includes('${')) return toPattern(text);
  const parts: Pattern[] = [];
  let offset = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const value = valueOfVariable(match, context);
    const replacement = value === undefined ? fallback : literalPattern(value);
    if (replacement === undefined) return undefined;
    parts.push(toPattern(text.slice(offset, match.index)), replacement);
    offset = match.index + match[0].length;
  }
  return [...parts, toPattern(text.slice(offset))].flat();
}

function valueOfVariable(match: RegExpMatchArray, context: Context): string | undefined {
  const [, special, key = '', defaultValue] = match;
  if (special !== undefined) return special;
  const values = context.get(key.toLowerCase()) ?? [];
  return values.length === 1 ? values[0] : defaultValue;
}
