import { CURRENT_VERSION } from './document.ts';
import { literal, matches, pattern, type Token } from './match.ts';

/** What is not known, and why: a short clause. */
interface Unknown {
  unknown: string;
}

/** The answer to a question that not always has one (Kleene's three-valued logic). */
export type Truth = 'yes' | 'no' | Unknown;

export function truth(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** "No" as soon as one is; else unknown as soon as one is, for the reason of the first such. */
export function all(values: Truth[]): Truth {
  return values.includes('no') ? 'no' : (values.find(isUnknown) ?? 'yes');
}

/** "Yes" as soon as one is; else unknown as soon as one is, for the reason of the first such. */
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

/** What a text in a policy is read against: the policy's `Version` and the request's context. */
export interface Facts {
  version: string;
  context: RequestContext;
}

/** How a text in a policy is read: whether `*` and `?` are wildcards in it, and `${…}` is a policy variable. */
export interface Reading {
  wildcards: boolean;
  variables: boolean;
}

/** `unresolved`: a variable in it stands for a context key that the request does not have. */
type Expansion = { tokens: Token[] } | { unresolved: true } | Unknown;

const SPECIAL_CHARACTERS = ['*', '?', '$'];

/**
 * Whether `test` holds for one of a policy's values or, if `negated`, for none of them.
 *
 * A value with an unresolved variable matches nothing. AWS says that it "might" make the whole statement invalid, so
 * the answer is given only where that makes no difference.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags".
 */
export function anyValueMatches(
  values: string[],
  negated: boolean,
  reading: Reading,
  facts: Facts,
  test: (tokens: Token[]) => Truth,
): Truth {
  const expansions = values.map((value) => expand(value, reading, facts));
  const results = expansions.flatMap((expansion) => {
    if ('tokens' in expansion) return [test(expansion.tokens)];
    return 'unknown' in expansion ? [expansion] : [];
  });
  const matched = any(results);
  const result = negated ? not(matched) : matched;
  if (results.length === values.length) return result;
  return all([result, { unknown: 'a policy variable has no value' }]);
}

function expand(text: string, { wildcards, variables }: Reading, facts: Facts): Expansion {
  const read = wildcards ? pattern : literal;
  if (!variables || facts.version !== CURRENT_VERSION || !text.includes('${')) return { tokens: read(text) };
  const tokens: Token[] = [];
  // What follows the last brace holds no whole variable, and each `${` there would be searched to the end.
  const end = text.lastIndexOf('}') + 1;
  for (const piece of [...text.slice(0, end).split(/(\$\{[^}]*\})/), text.slice(end)]) {
    const expansion =
      piece.startsWith('${') && piece.endsWith('}')
        ? resolve(piece, wildcards, facts.context)
        : { tokens: read(piece) };
    if (!('tokens' in expansion)) return expansion;
    tokens.push(...expansion.tokens);
  }
  return { tokens };
}

/** The value of one `${key}`, `${key, 'default'}` or special character such as `${*}`. */
function resolve(piece: string, wildcards: boolean, context: RequestContext): Expansion {
  const inside = piece.slice(2, -1);
  if (SPECIAL_CHARACTERS.includes(inside)) return { tokens: literal(inside) };
  const [, key, fallback] = /^([^\s,'{}]+)(?:, '([^']*)')?$/.exec(inside) ?? [];
  if (key === undefined) return { unknown: `the policy variable ${piece} cannot be read` };

  const found = context.lookup(key);
  if (found.state === 'unknown') return { unknown: `context key ${key} is not known` };
  const values = found.state === 'present' ? found.values : [fallback].flatMap((each) => each ?? []);
  const [value] = values;
  if (value === undefined) return { unresolved: true };
  if (values.length > 1) return { unknown: `policy variable ${key} has several values` };
  if (wildcards && /[*?]/.test(value)) return { unknown: `policy variable ${key} stands for a wildcard` };
  return { tokens: literal(value) };
}

/** A context key as far as it is known. An empty list of values is the same as no key. */
type ContextValue = { state: 'absent' } | { state: 'unknown' } | { state: 'present'; values: string[] };

/** The context of one request. Names of context keys are not case-sensitive. */
export interface RequestContext {
  lookup(key: string): ContextValue;
}

/**
 * `known` holds the keys of the request with their values. A key that is not there is known to be absent, unless
 * `unknown` names it; a name there may have wildcards, as in `aws:PrincipalTag/*`.
 */
export function requestContext(known: Record<string, string | string[]>, unknown: string[]): RequestContext {
  const present = new Map(Object.entries(known).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return {
    lookup(key) {
      const name = key.toLowerCase();
      const values = present.get(name);
      if (values !== undefined) return values.length > 0 ? { state: 'present', values } : { state: 'absent' };
      // Few requests come to this, so that the patterns are not read before.
      const mayBeThere = unknown.some((each) => matches(pattern(each.toLowerCase()), name));
      return { state: mayBeThere ? 'unknown' : 'absent' };
    },
  };
}
