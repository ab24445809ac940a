import { CURRENT_VERSION } from './document.ts';
import { literal, matches, parsePattern, type Token } from './match.ts';

/** An unknown result with its reason, a short clause. */
interface Unknown {
  unknown: string;
}

/** A three-valued result (Kleene logic). */
export type Truth = 'yes' | 'no' | Unknown;

export function truth(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** Returns "no" if any value is; otherwise the first unknown value, if any; otherwise "yes". */
export function all(values: Truth[]): Truth {
  return values.includes('no') ? 'no' : (values.find(isUnknown) ?? 'yes');
}

/** Returns "yes" if any value is; otherwise the first unknown value, if any; otherwise "no". */
export function any(values: Truth[]): Truth {
  return values.includes('yes') ? 'yes' : (values.find(isUnknown) ?? 'no');
}

export function not(value: Truth): Truth {
  if (isUnknown(value)) return value;
  return value === 'yes' ? 'no' : 'yes';
}

export function isUnknown(value: Truth): value is Unknown {
  return typeof value === 'object';
}

/** The context for evaluating a text in a policy: the policy's `Version` and the request context. */
export interface Facts {
  version: string;
  context: RequestContext;
}

/** How a text in a policy is interpreted: whether `*` and `?` are wildcards, and whether `${…}` is a policy variable. */
export interface Interpretation {
  wildcards: boolean;
  variables: boolean;
}

/** `unresolved`: the text has a variable for a context key that is absent from the request. */
type Expansion = { tokens: Token[] } | { unresolved: true } | Unknown;

const SPECIAL_CHARACTERS = ['*', '?', '$'];

/**
 * Returns whether `test` is true for one of the policy's values or, if `negated`, for none of them.
 *
 * A value with an unresolved variable matches nothing. AWS says that it "might" make the whole statement invalid, so the result
 * is unknown if that makes a difference. Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
export function anyValueMatches(
  values: string[],
  negated: boolean,
  interpretation: Interpretation,
  facts: Facts,
  test: (tokens: Token[]) => Truth,
): Truth {
  const expansions = values.map((value) => expand(value, interpretation, facts));
  const results = expansions.flatMap((expansion) => {
    if ('tokens' in expansion) return [test(expansion.tokens)];
    return 'unknown' in expansion ? [expansion] : [];
  });
  const matched = any(results);
  const result = negated ? not(matched) : matched;
  if (results.length === values.length) return result;
  return all([result, { unknown: 'a policy variable has no value' }]);
}

function expand(text: string, { wildcards, variables }: Interpretation, facts: Facts): Expansion {
  const tokenize = wildcards ? parsePattern : literal;
  if (!variables || facts.version !== CURRENT_VERSION || !text.includes('${'))
    return { tokens: tokenize(text) };
  const tokens: Token[] = [];
  // No complete variable follows the last brace. Without this split, each `${` there would be searched to the end of the text.
  const tailStart = text.lastIndexOf('}') + 1;
  for (const piece of [...text.slice(0, tailStart).split(/(\$\{[^}]*\})/), text.slice(tailStart)]) {
    const expansion =
      piece.startsWith('${') && piece.endsWith('}')
        ? resolve(piece, wildcards, facts.context)
        : { tokens: tokenize(piece) };
    if (!('tokens' in expansion)) return expansion;
    tokens.push(...expansion.tokens);
  }
  return { tokens };
}

/** Resolves `${key}`, `${key, 'default'}` or a special character such as `${*}`. */
function resolve(piece: string, wildcards: boolean, context: RequestContext): Expansion {
  const inside = piece.slice(2, -1);
  if (SPECIAL_CHARACTERS.includes(inside)) return { tokens: literal(inside) };
  const [, key, defaultValue] = /^([^\s,'{}]+)(?:, '([^']*)')?$/.exec(inside) ?? [];
  if (key === undefined) return { unknown: `the policy variable ${piece} cannot be read` };

  const found = context.lookup(key);
  if (found.state === 'unknown') return { unknown: `context key ${key} is not known` };
  const values = found.state === 'present' ? found.values : [defaultValue].flatMap((each) => each ?? []);
  const [value] = values;
  if (value === undefined) return { unresolved: true };
  if (values.length > 1) return { unknown: `policy variable ${key} has several values` };
  if (wildcards && /[*?]/.test(value)) return { unknown: `policy variable ${key} stands for a wildcard` };
  return { tokens: literal(value) };
}

/** The known state of a context key. An empty list of values is the same as an absent key. */
type ContextValue = { state: 'absent' } | { state: 'unknown' } | { state: 'present'; values: string[] };

/** The context of a request. Context key names are case-insensitive. */
export interface RequestContext {
  lookup(key: string): ContextValue;
}

/**
 * Creates a request context. A key that is not in `knownContext` is absent, unless one of the `unknownContext` patterns, such as
 * `aws:PrincipalTag/*`, matches its name.
 */
export function requestContext(
  knownContext: Record<string, string | string[]>,
  unknownContext: string[],
): RequestContext {
  const present = new Map(
    Object.entries(knownContext).map(([key, value]) => [key.toLowerCase(), [value].flat()]),
  );
  return {
    lookup(key) {
      const name = key.toLowerCase();
      const values = present.get(name);
      if (values !== undefined) return values.length > 0 ? { state: 'present', values } : { state: 'absent' };
      // The patterns are parsed lazily because few requests get here.
      const mayBePresent = unknownContext.some((each) => matches(parsePattern(each.toLowerCase()), name));
      return { state: mayBePresent ? 'unknown' : 'absent' };
    },
  };
}
