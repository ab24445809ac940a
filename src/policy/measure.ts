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
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1').length;
}
