import { parseArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import type { Failure, Fix, Message } from '../../failure.ts';
import { messageText } from '../../ui/plan.ts';
import { fixes } from './fixes.ts';
import { verifyMessages as messages } from './messages.ts';
import type { VerifyCheck, VerifyId } from './types.ts';

/** Makes the checks of one subject. */
export interface Making {
  ok(id: VerifyId, detail: string): VerifyCheck;
  failed(id: VerifyId, detail: string, remedy: Fix): VerifyCheck;
  warning(id: VerifyId, detail: string, remedy: Fix): VerifyCheck;
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
    open: (id, because) => ({ id, verdict: 'cannot-tell', ...about, detail: messages.open(id, because) }),
  };
}

function untold(id: VerifyId, { code, message, hint, awsAction }: Failure) {
  const remedy = hint === undefined ? {} : remedyOf(hint);
  return code === 'access-denied' && awsAction
    ? { detail: messages.denied(id, awsAction), awsAction, ...remedy }
    : { detail: messages.untold(id, message), ...remedy };
}

function remedyOf(hint: Message): Fix {
  return typeof hint === 'object' && 'remedy' in hint ? hint : { remedy: messageText(hint) };
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
export function checkForeign(id: VerifyId, arn: string, identity: Identity, remedy: Fix): VerifyCheck {
  const { account = '', partition = '' } = parseArn(arn) ?? {};
  const { failed } = checksOf(arn);
  return partition === identity.partition
    ? failed(id, messages.otherAccount(account, identity.account), remedy)
    : failed(id, messages.otherPartition(partition, identity.partition), fixes.otherPartition);
}
