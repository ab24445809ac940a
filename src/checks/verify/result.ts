import { parseArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import type { Failure, Fix, Message } from '../../failure.ts';
import type { Verdict } from '../../plan-types.ts';
import { messageText } from '../../ui/plan.ts';
import { whyUnseen } from '../access/read-access.ts';
import { cannotTell, type Detail, detailOf, fixes, type VerifyId } from '../catalog/index.ts';

/** A key in a batch: the ARNs of its secrets and of the role that has to read them. */
export interface VerifiedKey {
  secrets: string[];
  role: string;
}

/** The result of one check. */
export interface VerifyCheck extends Partial<Fix> {
  id: VerifyId;
  verdict: Verdict;
  /** The ARN of what was checked, with `??????` for an unknown suffix. */
  subject: string;
  /** The role that it is about, if that is not the subject. */
  role?: string;
  detail: string;
  /** The IAM action that is missing to get a result. */
  awsAction?: string;
}

/** Creates the checks of one subject. */
export interface CheckMaker {
  ok<Id extends VerifyId>(id: Id, detail: Detail<Id>): VerifyCheck;
  failed<Id extends VerifyId>(id: Id, detail: Detail<Id>, fix: Fix): VerifyCheck;
  warning<Id extends VerifyId>(id: Id, detail: Detail<Id>, fix: Fix): VerifyCheck;
  /** The subject could not be read. */
  unseen(id: VerifyId, failure: Failure): VerifyCheck;
  /** The result depends on something that is unknown here. */
  undecided<Id extends VerifyId>(id: Id, because: Detail<Id>): VerifyCheck;
}

/** @param role the role that the checks are about, if that is not the subject */
export function checksOf(subject: string, role?: string): CheckMaker {
  return {
    ok: (id, detail) => check(id, 'ok', detail),
    failed: (id, detail, fix) => check(id, 'failed', detail, fix),
    warning: (id, detail, fix) => check(id, 'warning', detail, fix),
    unseen: (id, failure) => ({ id, verdict: 'cannot-tell', subject, role, ...unseenDetails(id, failure) }),
    undecided: (id, because) => check(id, 'cannot-tell', cannotTell(id, detailOf(id, because))),
  };

  function check<Id extends VerifyId>(id: Id, verdict: Verdict, detail: Detail<Id>, fix?: Fix): VerifyCheck {
    return { id, verdict, subject, role, detail: detailOf(id, detail), ...fix };
  }
}

/** Returns what a check says about a subject that could not be read, and what to do. */
function unseenDetails(id: VerifyId, failure: Failure) {
  const { code, hint, awsAction } = failure;
  const detail = cannotTell(id, whyUnseen(failure));
  const fix = hint === undefined ? {} : fixOf(hint);
  return code === 'access-denied' && awsAction ? { detail, awsAction, ...fix } : { detail, ...fix };
}

function fixOf(hint: Message): Fix {
  return typeof hint === 'object' && 'remedy' in hint ? hint : { remedy: messageText(hint) };
}

/** Returns true if an ARN is in a different account or partition than the caller, so nothing can be read about it. */
export function isForeign(arn: string, { account, partition }: Omit<Identity, 'arn'>): boolean {
  const arnParts = parseArn(arn);
  return arnParts?.account !== account || arnParts.partition !== partition;
}

/**
 * Returns the failed check for a resource in a different account or partition.
 * @param fix what to do for another account; for another partition, the credentials are wrong
 */
export function checkForeign(id: VerifyId, arn: string, identity: Identity, fix: Fix): VerifyCheck {
  const { account = '', partition = '' } = parseArn(arn) ?? {};
  const { failed } = checksOf(arn);
  return partition === identity.partition
    ? failed(id, messages.otherAccount(account, identity.account), fix)
    : failed(id, messages.otherPartition(partition, identity.partition), fixes.otherPartition);
}

/** Messages for all checks. */
const messages = {
  otherAccount: (account: string, own: string) =>
    `is in account ${account}, but your credentials are for ${own}. Everything must be in the flow's account`,
  otherPartition: (partition: string, own: string) =>
    `is in partition ${partition}, but your credentials are for ${own}`,
};
