import { literal, type Pattern, pattern } from './glob.ts';

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
