import type { PolicyScope } from './build.ts';
import type { PolicyDocument } from './document.ts';
import { isReadPolicyShape, readsSecrets } from './shape.ts';

/** How much one entry of `Resource` can stand for: one secret, those of a prefix, those of a Region, or all. */
const WIDTHS = { secrets: 0, prefix: 1, region: 2, account: 3 };

/**
 * Returns whether a policy allows reading secrets more widely than a scope asks for, such as every secret of the account where
 * secrets are to be named one by one. A policy that is no read policy is wider than any scope.
 */
export function isWiderThan(document: PolicyDocument, scope: PolicyScope): boolean {
  if (!isReadPolicyShape(document)) return true;
  const entries = document.statements
    .filter(readsSecrets)
    .flatMap(({ resources }) => resources?.values ?? []);
  const asked = WIDTHS[typeof scope === 'object' ? 'prefix' : scope];
  return entries.some((entry) => widthOf(entry) > asked);
}

function widthOf(entry: string): number {
  const [, , , region = '*', account = '*', , ...name] = entry.split(':');
  if (/[*?]/.test(region + account)) return WIDTHS.account;
  // Six question marks stand for the characters that Secrets Manager adds to a name.
  const named = name.join(':').replace(/-\?{6}$/, '');
  if (/^[*?]/.test(named)) return WIDTHS.region;
  return /[*?]/.test(named) ? WIDTHS.prefix : WIDTHS.secrets;
}
