import type { Failure } from '../../failure.ts';
import type { Remedy, Told } from '../../message.ts';
import { toldText } from '../../ui/plan.ts';
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
