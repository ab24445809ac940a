import type { JsonPolicy } from './document.ts';

/** Most characters of a customer managed policy. Source: IAM User Guide, "IAM and AWS STS quotas". */
export const MANAGED_POLICY_LIMIT = 6144;
/** Most characters of a role trust policy, unless the account's quota was raised. Source: as above. */
export const TRUST_POLICY_LIMIT = 2048;

/**
 * The size of a document in characters as IAM's quotas count it: without white space. AWS does not say whether white
 * space inside a string is counted, so it is: the answer is never less than IAM's.
 */
export function measure(document: JsonPolicy | string): number {
  // It is made without white space between its parts.
  if (typeof document !== 'string') return JSON.stringify(document).length;
  // A string without its end takes the rest of the text, so that the search does not begin again at each quote in it.
  return document.replace(/("(?:[^"\\]|\\.)*"?)|\s+/g, '$1').length;
}
