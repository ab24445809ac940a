import { secretPrefix } from '../options/rules.ts';

/**
 * What the names of secrets have in common at their beginnings, up to its last separator (`/`, `-`, `_` or `.`): a prefix that
 * a policy can allow. Nothing when there is no such.
 */
export function sharedPrefix(names: string[]): string | undefined {
  const sorted = [...names].sort();
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  // What the first and the last one share, all between them share too.
  let length = 0;
  while (length < first.length && first[length] === last[length]) length += 1;
  const prefix = /^.*[/_.-]/.exec(first.slice(0, length))?.[0];
  return prefix === undefined || secretPrefix(prefix, '') ? undefined : prefix;
}
