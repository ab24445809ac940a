import type { ElementClause } from './document.ts';
import { beginsLike } from './match.ts';

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
