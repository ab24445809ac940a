import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import type { Limits } from '../../defaults.ts';
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

/** What AWS holds, and what the checks say of it. */
export interface Proof {
  observed: Observed;
  checks: Check[];
}

/** How the proof is to be made. */
export interface ProofContext {
  aws: Aws;
  limits: Limits;
  interrupt: AbortSignal;
  onWait(elapsedMs: number): void;
}

/**
 * Reads back the role and evaluates it with what the secrets were found to hold, again and again while IAM is still making
 * the changes known: while a check fails, or is undecided and IAM does not show all policies of the role yet.
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
    return evaluate({ secrets, ...(role ? { role } : {}) }, expected, identity);
  };
  const settled = ({ observed, checks }: Proof) =>
    !checks.some(mayComeRight) && (!checks.some(isUndecided) || showsPolicies(observed, subject));
  const { value } = await waitUntil(look, settled, { limits, interrupt, onWait });
  return value;
}

function isUndecided({ verdict }: Check): boolean {
  return verdict === 'cannot-tell';
}

/** Returns whether IAM shows the role with each policy that the run has attached to it or found there. */
function showsPolicies({ role }: Observed, { policies }: Subject): boolean {
  return policies.every(({ arn }) => role?.policies.some((policy) => policy.arn === arn) ?? false);
}

/** The proof from what was read already: enough when nothing was changed since. */
export function evaluate(observed: Observed, expected: Expectation, identity: Identity): Proof {
  return { observed, checks: check(observed, expected, identity) };
}
