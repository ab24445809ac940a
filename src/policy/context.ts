import { matches, pattern } from './match.ts';

/** A context key as far as it is known. An empty list of values is the same as no key. */
export type ContextValue =
  | { state: 'absent' }
  | { state: 'unknown' }
  | { state: 'present'; values: string[] };

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
