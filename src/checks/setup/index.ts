import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import type { Limits } from '../../limits.ts';
import type { Check } from '../../plan-types.ts';
import {
  check,
  type Expectation,
  mayComeRight,
  type Observed,
  type ObservedSecret,
  observeRole,
  type Subject,
} from './checks.ts';

/** The state in AWS, and the results of the checks. */
export interface Proof {
  observed: Observed;
  checks: Check[];
}

export interface ProofContext {
  aws: Aws;
  limits: Limits;
  interrupt: AbortSignal;
  onWait(elapsedMs: number): void;
}

/**
 * Reads back the role and checks it together with the secrets. Repeats this until IAM has propagated the changes. It continues
 * while a check fails, or while a check is undecided and IAM doesn't show all policies of the role yet.
 */
export async function prove(
  { aws, limits, interrupt, onWait }: ProofContext,
  subject: Subject,
  reading: Promise<ObservedSecret[]>,
  expected: Expectation,
): Promise<Proof> {
  const identity = await aws.identity();
  const look = async () => {
    const [secrets, role] = await Promise.all([reading, observeRole(aws, subject)]);
    return evaluate({ secrets, role }, expected, identity);
  };
  const settled = ({ observed, checks }: Proof) =>
    !checks.some(mayComeRight) && (!checks.some(isUndecided) || showsPolicies(observed, subject));
  const { value } = await waitUntil(look, settled, { limits, interrupt, onWait });
  return value;
}

function isUndecided({ verdict }: Check): boolean {
  return verdict === 'cannot-tell';
}

/** Returns true if IAM shows all policies on the role that the run attached or found there. */
function showsPolicies({ role }: Observed, { policies }: Subject): boolean {
  return policies.every(({ arn }) => role?.policies.some((policy) => policy.arn === arn) ?? false);
}

/** Checks what was already read. Sufficient if nothing has changed since. */
export function evaluate(observed: Observed, expected: Expectation, identity: Identity): Proof {
  return { observed, checks: check(observed, expected, identity) };
}
