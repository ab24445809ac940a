import { parseArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import type { Remedy } from '../../message.ts';
import { remedies } from './fixes.ts';
import { verifyWords as words } from './messages.ts';
import { checksOf } from './result.ts';
import type { VerifyCheck, VerifyId } from './types.ts';

/** Whether an ARN is of another account or partition than the credentials, which can then tell nothing about it. */
export function isForeign(arn: string, { account, partition }: Omit<Identity, 'arn'>): boolean {
  const place = parseArn(arn);
  return place?.account !== account || place.partition !== partition;
}

/**
 * The check of what is foreign.
 * @param remedy what to do when it is another account's; with another partition it is the credentials that are wrong
 */
export function judgeForeign(id: VerifyId, arn: string, identity: Identity, remedy: Remedy): VerifyCheck {
  const { account = '', partition = '' } = parseArn(arn) ?? {};
  const { failed } = checksOf(arn);
  return partition === identity.partition
    ? failed(id, words.otherAccount(account, identity.account), remedy)
    : failed(id, words.otherPartition(partition, identity.partition), remedies.otherPartition);
}
