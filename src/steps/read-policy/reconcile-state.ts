import { policyArn } from '../../aws/arn.ts';
import { type PolicyState, versionNumber } from '../../aws/iam/policy-versions.ts';
import type { Failure } from '../../failure.ts';
import { HTTP, type Limits } from '../../limits.ts';
import type { PolicyOutcome } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { StepContext } from '../types.ts';
import { candidatesIn, mustGoFirst, newVersionState, type VersionState } from './compare-and-swap.ts';
import { isChange, type PolicyWork } from './distribute.ts';

/** A policy counts as deleted after this many consecutive reads without it, over at least this time. Reads may be out of date. */
const READS_UNTIL_GONE = 3;
const ABSENT_MS = 30_000;

/** What this run has done to the policies and knows of them, by ARN. */
export interface ReconcileState {
  /** The number of versions and policies that this run has written. */
  writesMade: number;
  /** True while this run waits for other runs to write first. */
  areOthersFirst: boolean;
  /** How many more writes this run may make: those in its plan, plus some because of concurrent writes. */
  writesLeft: { versions: number; policies: number };
  /** The policies with the newest default version that this run has seen. */
  newestSeen: Map<string, PolicyState>;
  /** The number of consecutive reads without a policy, and the time of the first one in `performance.now()` milliseconds. */
  absences: Map<string, { reads: number; since: number }>;
  /** The policies that IAM has shown. */
  shownArns: Set<string>;
  /** The policies as this run wrote them. */
  written: Map<string, PolicyState & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written without a response that confirms it, or of which it has deleted a version. */
  unconfirmedPolicies: Map<string, 'created' | 'updated'>;
  /** What this run knows of the versions of each policy. */
  versionStates: Map<string, VersionState>;
  /** True if the last read of the policies was older than an earlier one. */
  isReadOutdated: boolean;
  /** The last unconfirmed change. */
  unconfirmed?: {
    failure: Failure;
    action: string | undefined;
    arn: string;
    /** In `performance.now()` milliseconds. */
    notedAt: number;
    /** The number of unconfirmed changes in a row. */
    count: number;
  };
  /** Set while AWS throttles writes. The policies are read again before the next attempt. */
  throttled?: Failure;
  /** The name of a policy that IAM reports as taken but doesn't show. */
  hiddenName?: string;
}

export function newReconcileState(
  plan: PolicyWork[],
  { versionsBeyondPlan, policiesBeyondPlan }: Limits,
): ReconcileState {
  const changes = plan.filter(isChange);
  const creates = changes.filter(({ kind }) => kind === 'create').length;
  return {
    writesMade: 0,
    areOthersFirst: false,
    absences: new Map(),
    writesLeft: { versions: changes.length + versionsBeyondPlan, policies: creates + policiesBeyondPlan },
    newestSeen: new Map(),
    shownArns: new Set(),
    written: new Map(),
    unconfirmedPolicies: new Map(),
    versionStates: new Map(),
    isReadOutdated: false,
  };
}

/** Uses up one of the run's writes. Returns false if none is left. */
export function useWrite({ writesLeft }: ReconcileState, { kind }: PolicyWork): boolean {
  const limit = kind === 'create' ? 'policies' : 'versions';
  writesLeft[limit] -= 1;
  return writesLeft[limit] >= 0;
}

/** Gives back one of the run's writes, because AWS has rejected it and therefore changed nothing. */
export function giveWriteBack({ writesLeft }: ReconcileState, { kind }: PolicyWork): void {
  writesLeft[kind === 'create' ? 'policies' : 'versions'] += 1;
}

/** Returns what this run knows of a policy's versions. */
export function versionStateOf(
  { versionStates }: ReconcileState,
  policy: Pick<PolicyState, 'arn' | 'versionIds'>,
): VersionState {
  const state = versionStates.get(policy.arn) ?? newVersionState(policy);
  versionStates.set(policy.arn, state);
  return state;
}

/**
 * Returns the newest known state of a policy. IAM may show an older state than before, or not yet show what this run wrote. A
 * policy that IAM has shown and that several consecutive reads lack was deleted by someone else.
 */
export function newestOf(
  reconciling: ReconcileState,
  arn: string,
  found: PolicyState | undefined,
): PolicyState | undefined {
  const { newestSeen, written, shownArns, absences } = reconciling;
  const writtenState = written.get(arn);
  if (!found) {
    const { reads, since } = absences.get(arn) ?? { reads: 0, since: performance.now() };
    absences.set(arn, { reads: reads + 1, since });
    const isGone = reads + 1 >= READS_UNTIL_GONE && performance.now() - since >= ABSENT_MS;
    if (!isGone || !shownArns.has(arn)) return writtenState;
    for (const record of [newestSeen, written, shownArns, reconciling.versionStates]) record.delete(arn);
    return undefined;
  }
  absences.delete(arn);
  shownArns.add(arn);
  const knownStates = [found, newestSeen.get(arn), writtenState].filter((policy) => policy !== undefined);
  // If someone makes an older version the default again, a write detects that and forgets the newer one.
  const newest = knownStates.reduce((best, each) =>
    versionNumber(each.versionId) > versionNumber(best.versionId) ? each : best,
  );
  // A read may lack the tag: IAM may not show it yet, or reading tags may have failed.
  const overflow = knownStates.find((each) => each.overflow !== undefined)?.overflow;
  const policy = overflow === undefined ? newest : { ...newest, overflow };
  newestSeen.set(arn, policy);
  return policy;
}

/** Records the state of a policy after this run has made its version the default. */
export function recordWrite(
  reconciling: ReconcileState,
  newState: PolicyState & { action: 'created' | 'updated' },
): void {
  reconciling.writesMade += 1;
  reconciling.written.set(newState.arn, newState);
  reconciling.newestSeen.delete(newState.arn);
}

/** Forgets the state of a policy that turned out to be wrong, so that the next read replaces it. */
export function forgetPolicy(
  { newestSeen, written, unconfirmedPolicies }: ReconcileState,
  arn: string,
): undefined {
  const action = written.get(arn)?.action;
  if (action) unconfirmedPolicies.set(arn, action);
  newestSeen.delete(arn);
  written.delete(arn);
}

/**
 * Records an unconfirmed change.
 * @throws the failure of the change after too many of them
 */
export function noteUnconfirmed(
  reconciling: ReconcileState,
  failure: Failure,
  work: PolicyWork,
  account: AccountRef,
): void {
  const count = (reconciling.unconfirmed?.count ?? 0) + 1;
  const arn = work.kind === 'create' ? policyArn(account, work.name) : work.policy.arn;
  const action = failure.unconfirmedAction;
  reconciling.unconfirmed = { failure, action, arn, notedAt: performance.now(), count };
  if (count >= HTTP.maxAttempts) throw failure;
  reconciling.unconfirmedPolicies.set(arn, work.kind === 'create' ? 'created' : 'updated');
}

/** Returns true if this run may have created a version of a policy without a response that says so. */
export function mayHaveCreatedVersion({ unconfirmed }: ReconcileState, arn: string): boolean {
  return unconfirmed?.arn === arn && unconfirmed.action === 'iam:CreatePolicyVersion';
}

/** Returns true if it's too early for a change: an unconfirmed one may still show up, or another run has to write first. */
export function isTooEarly(
  reconciling: ReconcileState,
  work: PolicyWork,
  { limits, aws }: Pick<StepContext, 'limits' | 'aws'>,
): boolean {
  const { unconfirmed } = reconciling;
  if (unconfirmed && performance.now() - unconfirmed.notedAt < limits.unconfirmedMs) return true;
  if (work.kind !== 'update') return false;
  const state = versionStateOf(reconciling, work.policy);
  const candidates = candidatesIn(work.policy, aws.clients.now()).filter(
    (each) => !state.ownCandidates.has(each),
  );
  reconciling.areOthersFirst =
    candidates.some((each) => state.initialVersions.has(each)) || mustGoFirst(candidates, state, limits);
  return reconciling.areOthersFirst;
}

export function outcomeOf(
  policy: PolicyState,
  { written, unconfirmedPolicies }: ReconcileState,
): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? unconfirmedPolicies.get(arn) ?? 'kept' };
}
