import type { PolicyDocument } from './document.ts';
import { coversArn, pattern } from './match.ts';
import { isReadPolicyShape, readsSecrets } from './shape.ts';

/**
 * Returns whether a policy allows reading more secrets by wildcards than is asked for, such as every secret of the account where
 * those of a prefix are. A policy that is no read policy is wider than anything.
 * @param asked the entries of `Resource` that are asked for (`secretResources`)
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

/** Whether an entry stands for more than one secret. Six question marks stand for what Secrets Manager adds to a name. */
function standsForMany(entry: string): boolean {
  return /[*?]/.test(entry.replace(/-\?{6}$/, ''));
}
