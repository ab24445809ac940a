import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import type { Limits } from '../../limits.ts';
import type { Check } from '../../plan-types.ts';
import {
  checkState,
  type Expectation,
  mayPassLater,
  type ObservedSecret,
  observeRole,
  type RoleToRead,
  type SetupObservation,
} from './checks.ts';

/** The state in AWS, and the results of the checks. */
export interface ReadBackResult {
  observed: SetupObservation;
  checks: Check[];
}

export interface ReadBackContext {
  aws: Aws;
  limits: Limits;
  interrupt: AbortSignal;
  onWait(elapsedMs: number): void;
}

/**
 * Reads back the role and checks it together with the secrets. Repeats this until IAM has propagated the changes. It continues
 * while a check fails, or while a check is undecided and IAM doesn't show all policies of the role yet.
 */
export async function verifyUntilSettled(
  { aws, limits, interrupt, onWait }: ReadBackContext,
  roleToRead: RoleToRead,
  observedSecrets: Promise<ObservedSecret[]>,
  expected: Expectation,
): Promise<ReadBackResult> {
  const identity = await aws.identity();
  const readAndCheck = async () => {
    const [secrets, role] = await Promise.all([observedSecrets, observeRole(aws, roleToRead)]);
    return checkObservation({ secrets, role }, expected, identity);
  };
  const isSettled = ({ observed, checks }: ReadBackResult) =>
    !checks.some(mayPassLater) &&
    (!checks.some(({ verdict }) => verdict === 'cannot-tell') || showsPolicies(observed, roleToRead));
  const { value } = await waitUntil(readAndCheck, isSettled, { limits, interrupt, onWait });
  return value;
}

/** Returns true if IAM shows all policies on the role that the run attached or found there. */
function showsPolicies({ role }: SetupObservation, { policies }: RoleToRead): boolean {
  return policies.every(({ arn }) => role?.policies.some((policy) => policy.arn === arn) ?? false);
}

/** Checks what was already read. Sufficient if nothing has changed since. */
export function checkObservation(
  observed: SetupObservation,
  expected: Expectation,
  identity: Identity,
): ReadBackResult {
  return { observed, checks: checkState(observed, expected, identity) };
}
