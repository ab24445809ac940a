import type { ElementClause } from './document.ts';

/** An element of a pattern: a literal character, `?` (one character), or `*` (any number of characters). */
export type Token = { char: string } | { any: 'one' | 'run' };

/** Parses a text with the wildcards `*` and `?`. */
export function parsePattern(text: string): Token[] {
  return Array.from(text, (char) => {
    if (char === '*') return { any: 'run' };
    return char === '?' ? { any: 'one' } : { char };
  });
}

/** Parses a text without wildcards: all characters are literal. */
export function literal(text: string): Token[] {
  return Array.from(text, (char) => ({ char }));
}

/** Returns true if a text starts with the part of a pattern before its first wildcard or variable. */
export function beginsLike(pattern: string, text: string): boolean {
  const special = pattern.search(/[*?$]/);
  return text.startsWith(special === -1 ? pattern : pattern.slice(0, special));
}

/** Returns true if the whole text matches the pattern. Case-sensitive; `*` matches any character. */
export function matches(tokens: Token[], text: string): boolean {
  return covers(tokens, literal(text));
}

/**
 * Returns true if the `outer` pattern matches everything that the `inner` pattern matches. Sound but not complete: it may miss
 * that `?*` covers `*?`, for example, but this program has no such ARN patterns.
 */
export function covers(outer: Token[], inner: Token[]): boolean {
  let outerIndex = 0;
  let innerIndex = 0;
  let resume: { outerIndex: number; innerIndex: number } | undefined;
  for (;;) {
    const outerToken = outer[outerIndex];
    const innerToken = inner[innerIndex];
    if (outerToken !== undefined && isRun(outerToken)) {
      resume = { outerIndex: outerIndex + 1, innerIndex };
      outerIndex += 1;
    } else if (innerToken === undefined && outerToken === undefined) {
      return true;
    } else if (outerToken !== undefined && innerToken !== undefined && accepts(outerToken, innerToken)) {
      outerIndex += 1;
      innerIndex += 1;
    } else if (resume !== undefined && resume.innerIndex < inner.length) {
      // The last `*` of `outer` takes one more token of `inner`. The rest of `outer` is tried again.
      resume.innerIndex += 1;
      outerIndex = resume.outerIndex;
      innerIndex = resume.innerIndex;
    } else {
      return false;
    }
  }
}

/**
 * Returns the six parts of an ARN or ARN pattern; undefined if there are fewer. Colons after the fifth belong to the last part.
 * Source: IAM User Guide, "IAM ARNs".
 */
export function arnParts(tokens: Token[]): Token[][] | undefined {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if ('char' in token && token.char === ':' && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.length === 6 ? parts : undefined;
}

/** Like `covers`, for ARNs. Compares part by part, so that no `*` extends into the next part. */
export function coversArn(outer: Token[], inner: Token[]): boolean {
  const innerParts = arnParts(inner);
  const parts = arnParts(outer);
  if (parts === undefined || innerParts === undefined) return false;
  return parts.every((part, index) => covers(part, innerParts[index] ?? []));
}

/** Returns true if a `Resource` entry (an ARN or a pattern) matches the resource with this ARN. */
export function matchesArn(entry: string, arn: string): boolean {
  // Most entries differ at the start, which is quick to compare.
  if (!beginsLike(entry, arn)) return false;
  return entry === '*' || entry === arn || coversArn(parsePattern(entry), literal(arn));
}

function accepts(outer: Token, inner: Token): boolean {
  if ('any' in outer) return !isRun(inner);
  return 'char' in inner && inner.char === outer.char;
}

/** Returns true for `*`. */
export function isRun(token: Token): boolean {
  return 'any' in token && token.any === 'run';
}

interface SplitEntries {
  /** Full ARNs without wildcards or variables. */
  plain: ReadonlySet<string>;
  /** All other entries, in order. */
  patterns: readonly string[];
}

const WHOLE_ARN = /^([^:*?$]*:){5}[^*?$]*$/;

/** The split entries of each clause. They stay valid because parsed documents are never changed. */
const splitCache = new WeakMap<ElementClause, SplitEntries>();

/**
 * Returns the `Resource` entries that may match this ARN or pattern; the others can't. A role may read hundreds of secrets, and
 * each policy is evaluated for each of them.
 */
export function entriesFor(clause: ElementClause, arn: string): string[] {
  const { plain, patterns } = splitEntries(clause);
  // The value of a variable is unknown here.
  const possibleEntries = patterns.filter((each) => each.includes('$') || beginsLike(each, arn));
  return plain.has(arn) ? [...possibleEntries, arn] : possibleEntries;
}

function splitEntries(clause: ElementClause): SplitEntries {
  const split = splitCache.get(clause) ?? {
    plain: new Set(clause.values.filter((each) => WHOLE_ARN.test(each))),
    patterns: clause.values.filter((each) => !WHOLE_ARN.test(each)),
  };
  splitCache.set(clause, split);
  return split;
}
