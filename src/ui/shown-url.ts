import { looksLikePartOfKey } from '../options/rules.ts';
import { plain } from './plain.ts';

/** A URL as it may be shown: without a user, a password or a query, and not where it looks like a key in the wrong place. */
export function shownUrl(url: string): string {
  if (looksLikePartOfKey(url) || !URL.canParse(url)) return '[redacted]';
  const { protocol, host, pathname } = new URL(url);
  return plain(`${protocol}//${host}${pathname === '/' ? '' : pathname}`);
}
