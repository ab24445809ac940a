import { policyArn } from '../../aws/arn.ts';
import { type PolicyState, versionNumber } from '../../aws/iam/policy-versions.ts';
import type { Failure } from '../../failure.ts';
import { HTTP, type Limits } from '../../limits.ts';
import type { PolicyOutcome } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { StepContext } from '../types.ts';
import { areInTurn, candidatesIn, newVersionState, type VersionState } from './compare-and-swap.ts';
import { isChange, type PolicyWork } from './distribute.ts';

/** A policy counts as deleted after this many consecutive reads without it, over at least this time. Reads may be out of date. */
const READS_UNTIL_GONE = 3;
const ABSENT_MS = 30_000;

/** What this run has done to the policies and knows of them, by ARN. */
export interface ReconcileState {
  /** The number of versions and policies that this run has written. */
  writesMade: number;
  /** True while this run waits for other runs to write first. */
  othersFirst: boolean;
  /** How many more writes this run may make: those in its plan, plus some because of concurrent writes. */
  writesLeft: { versions: number; policies: number };
  /** The policies with the newest default version that this run has seen. */
  seen: Map<string, PolicyState>;
  /** The number of consecutive reads without a policy, and the time of the first one in `performance.now()` milliseconds. */
  absences: Map<string, { reads: number; since: number }>;
  /** The policies that IAM has shown. */
  shown: Set<string>;
  /** The policies as this run wrote them. */
  written: Map<string, PolicyState & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written without a response that confirms it, or of which it has deleted a version. */
  doubtful: Map<string, 'created' | 'updated'>;
  versions: Map<string, VersionState>;
  /** True if the last read was older than an earlier one. */
  unshown: boolean;
  /** The last unconfirmed change. */
  unconfirmed?: { failure: Failure; action: string | undefined; at: number; times: number };
  /** Set while AWS throttles writes. The policies are read again before the next attempt. */
  throttled?: Failure;
  /** The name of a policy that IAM reports as taken but doesn't show. */
  hidden?: string;
}

export function newReconcileState(
  plan: PolicyWork[],
  { versionsBeyondPlan, policiesBeyondPlan }: Limits,
): ReconcileState {
  const changes = plan.filter(isChange);
  const creates = changes.filter(({ kind }) => kind === 'create').length;
  return {
    writesMade: 0,
    othersFirst: false,
    absences: new Map(),
    writesLeft: { versions: changes.length + versionsBeyondPlan, policies: creates + policiesBeyondPlan },
    seen: new Map(),
    shown: new Set(),
    written: new Map(),
    doubtful: new Map(),
    versions: new Map(),
    unshown: false,
  };
}

/** Uses up one of the run's writes. Returns false if none is left. */
export function takeWrite({ writesLeft }: ReconcileState, { kind }: PolicyWork): boolean {
  const of = kind === 'create' ? 'policies' : 'versions';
  writesLeft[of] -= 1;
  return writesLeft[of] >= 0;
}

/** Returns the write that was rejected and therefore changed nothing. */
export function giveWriteBack({ writesLeft }: ReconcileState, { kind }: PolicyWork): void {
  writesLeft[kind === 'create' ? 'policies' : 'versions'] += 1;
}

/** Returns what this run knows of a policy's versions. */
export function versionsOf(
  { versions }: ReconcileState,
  policy: Pick<PolicyState, 'arn' | 'versions'>,
): VersionState {
  const state = versions.get(policy.arn) ?? newVersionState(policy);
  versions.set(policy.arn, state);
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
  const { seen, written, shown, absences } = reconciling;
  const own = written.get(arn);
  if (!found) {
    const { reads, since } = absences.get(arn) ?? { reads: 0, since: performance.now() };
    absences.set(arn, { reads: reads + 1, since });
    const isGone = reads + 1 >= READS_UNTIL_GONE && performance.now() - since >= ABSENT_MS;
    if (!isGone || !shown.has(arn)) return own;
    for (const known of [seen, written, shown, reconciling.versions]) known.delete(arn);
    return undefined;
  }
  absences.delete(arn);
  shown.add(arn);
  const known = [found, seen.get(arn), own].filter((policy) => policy !== undefined);
  const newest = known.reduce((best, each) => (isNewer(each, best) ? each : best));
  // Its tags may not show yet, or may not be readable every time.
  const overflow = known.find((each) => each.overflow !== undefined)?.overflow;
  const policy = overflow === undefined ? newest : { ...newest, overflow };
  seen.set(arn, policy);
  return policy;
}

/**
 * Returns true if one state of a policy is newer than another. If someone makes an older version the default again, a write
 * detects that and forgets the newer one.
 */
function isNewer(state: PolicyState, other: PolicyState): boolean {
  return versionNumber(state.versionId) > versionNumber(other.versionId);
}

/** Records that a version of this run is the default. */
export function endWrite(
  reconciling: ReconcileState,
  now: PolicyState & { action: 'created' | 'updated' },
): void {
  reconciling.writesMade += 1;
  reconciling.written.set(now.arn, now);
  reconciling.seen.delete(now.arn);
}

/** Forgets the state of a policy that turned out to be wrong. */
export function forgetPolicy({ seen, written, doubtful }: ReconcileState, arn: string): void {
  const action = written.get(arn)?.action;
  if (action) doubtful.set(arn, action);
  seen.delete(arn);
  written.delete(arn);
}

/** Records an unconfirmed change. @throws the failure itself after too many of them */
export function noteUnconfirmed(
  reconciling: ReconcileState,
  failure: Failure,
  work: PolicyWork,
  account: AccountRef,
): void {
  const times = (reconciling.unconfirmed?.times ?? 0) + 1;
  reconciling.unconfirmed = { failure, action: failure.unconfirmedAction, at: performance.now(), times };
  if (times >= HTTP.maxAttempts) throw failure;
  const arn = work.kind === 'create' ? policyArn(account, work.name) : work.policy.arn;
  reconciling.doubtful.set(arn, work.kind === 'create' ? 'created' : 'updated');
}

/** Returns true if the last change may still show up, so it's too early to repeat it. */
function isUnconfirmed({ unconfirmed }: ReconcileState, { unconfirmedMs }: Limits): boolean {
  return unconfirmed !== undefined && performance.now() - unconfirmed.at < unconfirmedMs;
}

/** Returns true if it's too early for a change: the last one may still show up, or another run has to write first. */
export function isTooEarly(
  reconciling: ReconcileState,
  work: PolicyWork,
  { limits, aws }: Pick<StepContext, 'limits' | 'aws'>,
): boolean {
  if (isUnconfirmed(reconciling, limits)) return true;
  if (work.kind !== 'update') return false;
  const state = versionsOf(reconciling, work.policy);
  const candidates = candidatesIn(work.policy, aws.clients.now()).filter((each) => !state.open.has(each));
  reconciling.othersFirst =
    candidates.some((each) => state.known.has(each)) || areInTurn(candidates, state, limits);
  return reconciling.othersFirst;
}

/** Returns the outcome of a policy in this run. */
export function outcomeOf(policy: PolicyState, { written, doubtful }: ReconcileState): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? doubtful.get(arn) ?? 'kept' };
}
