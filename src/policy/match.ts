import type { ElementClause } from './document.ts';

/** One piece of a pattern: a character that stands for itself, `?` as one character, or `*` as any number of them. */
export type Token = { char: string } | { any: 'one' | 'run' };

/** Reads `*` and `?` as wildcards and everything else as itself. */
export function pattern(text: string): Token[] {
  return Array.from(text, (char) => {
    if (char === '*') return { any: 'run' };
    return char === '?' ? { any: 'one' } : { char };
  });
}

/** Takes every character for itself, wildcards too. */
export function literal(text: string): Token[] {
  return Array.from(text, (char) => ({ char }));
}

/** Whether the text before the first wildcard or variable of a pattern is how the other text begins. */
export function beginsLike(pattern: string, text: string): boolean {
  const special = pattern.search(/[*?$]/);
  return text.startsWith(special === -1 ? pattern : pattern.slice(0, special));
}

/** Whether the whole text matches the pattern. Case counts, and `*` stops at nothing. */
export function matches(tokens: Token[], text: string): boolean {
  return covers(tokens, literal(text));
}

/**
 * Whether everything that the `inner` pattern matches is matched by the `outer` one too. Sound but not complete: it
 * may miss that a sequence such as `?*` covers `*?`, which no ARN pattern of this program has.
 */
export function covers(outer: Token[], inner: Token[]): boolean {
  let at = 0;
  let here = 0;
  let resume: { at: number; here: number } | undefined;
  for (;;) {
    const token = outer[at];
    const next = inner[here];
    if (token !== undefined && isRun(token)) {
      resume = { at: at + 1, here };
      at += 1;
    } else if (next === undefined && token === undefined) {
      return true;
    } else if (token !== undefined && next !== undefined && accepts(token, next)) {
      at += 1;
      here += 1;
    } else if (resume !== undefined && resume.here < inner.length) {
      // The last `*` takes one more character, and what follows it is tried again.
      resume.here += 1;
      at = resume.at;
      here = resume.here;
    } else {
      return false;
    }
  }
}

/**
 * The six parts of an ARN or ARN pattern, or nothing when it has fewer. Colons after the fifth belong to the last part.
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

/** As `covers`, for ARNs: each part is compared with its counterpart, so that no `*` reaches into the next part. */
export function coversArn(outer: Token[], inner: Token[]): boolean {
  const innerParts = arnParts(inner);
  const parts = arnParts(outer);
  if (parts === undefined || innerParts === undefined) return false;
  return parts.every((part, at) => covers(part, innerParts[at] ?? []));
}

/** Whether an ARN or pattern of a policy stands for the resource with this ARN. */
export function standsFor(entry: string, arn: string): boolean {
  // Nearly all differ in their beginnings, which is quick to compare.
  if (!beginsLike(entry, arn)) return false;
  return entry === '*' || entry === arn || coversArn(pattern(entry), literal(arn));
}

function accepts(token: Token, next: Token): boolean {
  if ('any' in token) return !isRun(next);
  return 'char' in next && next.char === token.char;
}

function isRun(token: Token): boolean {
  return 'any' in token && token.any === 'run';
}

interface Sorted {
  /** Whole ARNs, which stand for themselves and for nothing else. */
  plain: ReadonlySet<string>;
  /** All others, in their order. */
  patterns: readonly string[];
}

const WHOLE_ARN = /^([^:*?$]*:){5}[^*?$]*$/;

/** A document is never changed once it is parsed; what was found out about a part of it goes when that goes. */
const known = new WeakMap<ElementClause, Sorted>();

/**
 * The entries of `Resource` that are worth a closer look when it is asked about this ARN or pattern: none of the others
 * stands for it. A role may read hundreds of secrets, and each policy is asked about each of them.
 */
export function entriesFor(clause: ElementClause, arn: string): string[] {
  const { plain, patterns } = sorted(clause);
  // What a variable in an entry stands for is not known here.
  const possible = patterns.filter((each) => each.includes('$') || beginsLike(each, arn));
  return plain.has(arn) ? [...possible, arn] : possible;
}

function sorted(clause: ElementClause): Sorted {
  const found = known.get(clause) ?? sort(clause);
  known.set(clause, found);
  return found;
}

function sort({ values }: ElementClause): Sorted {
  return {
    plain: new Set(values.filter((each) => WHOLE_ARN.test(each))),
    patterns: values.filter((each) => !WHOLE_ARN.test(each)),
  };
}
