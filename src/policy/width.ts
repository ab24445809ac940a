import type { PolicyDocument } from './document.ts';
import { coversArn, pattern } from './match.ts';
import { isReadPolicyShape, readsSecrets } from './shape.ts';

/**
 * Returns whether the wildcards of a policy allow more secrets than requested, such as every secret of the account instead of
 * those with a prefix. A policy that is not a read policy counts as wider.
 * @param asked the requested entries of `Resource` (`secretResources`)
 */
export function isWiderThan(document: PolicyDocument, asked: string[]): boolean {
  if (!isReadPolicyShape(document)) return true;
  const wildcards = asked.filter((each) => each.includes('*'));
  const covers = (outer: string, entry: string) => outer === '*' || coversArn(pattern(outer), pattern(entry));
  return document.statements
    .filter(readsSecrets)
    .flatMap(({ resources }) => resources?.values ?? [])
    .filter(standsForMany)
    .some((entry) => !wildcards.some((outer) => covers(outer, entry)));
}

/** Returns whether an entry matches more than one secret. `-??????` matches only the suffix that Secrets Manager adds. */
function standsForMany(entry: string): boolean {
  return /[*?]/.test(entry.replace(/-\?{6}$/, ''));
}
