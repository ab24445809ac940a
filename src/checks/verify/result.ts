import { parseArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import type { Failure, Remedy, Told } from '../../failure.ts';
import { toldText } from '../../ui/plan.ts';
import { remedies } from './fixes.ts';
import { verifyWords as words } from './messages.ts';
import type { VerifyCheck, VerifyId } from './types.ts';

/** Makes the checks of one subject. */
export interface Making {
  ok(id: VerifyId, detail: string): VerifyCheck;
  failed(id: VerifyId, detail: string, remedy: Remedy): VerifyCheck;
  warning(id: VerifyId, detail: string, remedy: Remedy): VerifyCheck;
  /** It could not be looked at. */
  unseen(id: VerifyId, failure: Failure): VerifyCheck;
  /** It was looked at, and something that cannot be known from here would decide. */
  open(id: VerifyId, because: string): VerifyCheck;
}

/** @param role the role that the checks are about, where that is not the subject */
export function checksOf(subject: string, role?: string): Making {
  const about = { subject, ...(role === undefined ? {} : { role }) };
  return {
    ok: (id, detail) => ({ id, verdict: 'ok', ...about, detail }),
    failed: (id, detail, remedy) => ({ id, verdict: 'failed', ...about, detail, ...remedy }),
    warning: (id, detail, remedy) => ({ id, verdict: 'warning', ...about, detail, ...remedy }),
    unseen: (id, failure) => ({ id, verdict: 'cannot-tell', ...about, ...untold(id, failure) }),
    open: (id, because) => ({ id, verdict: 'cannot-tell', ...about, detail: words.open(id, because) }),
  };
}

function untold(id: VerifyId, { code, message, hint, awsAction }: Failure) {
  const remedy = hint === undefined ? {} : remedyOf(hint);
  return code === 'access-denied' && awsAction
    ? { detail: words.denied(id, awsAction), awsAction, ...remedy }
    : { detail: words.untold(id, message), ...remedy };
}

function remedyOf(hint: Told): Remedy {
  return typeof hint === 'object' && 'remedy' in hint ? hint : { remedy: toldText(hint) };
}

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
