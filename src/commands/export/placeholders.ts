import type { AccountRef } from '../../policy/index.ts';

/**
 * Stands in for the account in a document that is written before the account is known. It has as many characters as an account
 * ID, so that a document with it is as long as the one that IAM will get.
 */
export const ACCOUNT_PLACEHOLDER = '<account-id>';

/** The account that documents are built for: the placeholder, in the partition of the Regions. */
export function placeholderAccount(partition: string): AccountRef {
  return { partition, account: ACCOUNT_PLACEHOLDER };
}
