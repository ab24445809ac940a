import { policyArn } from '../../aws/arn.ts';
import { type PolicyState, versionNumber } from '../../aws/iam/policy-versions.ts';
import { HTTP, type Limits } from '../../defaults.ts';
import type { Failure } from '../../failure.ts';
import type { PolicyOutcome } from '../../plan-types.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { StepContext } from '../types.ts';
import { areInTurn, candidatesIn, newVersionState, type VersionState } from './compare-and-swap.ts';
import { isChange, type PolicyWork } from './distribute.ts';

/** How many reads in a row must lack a policy before it counts as deleted, and for how long: reads may be out of date. */
const READS_UNTIL_GONE = 3;
const ABSENT_MS = 30_000;

/** What this run has done to the policies so far, and what it knows of them; everything by ARN. */
export interface ReconcileState {
  /** How many versions and policies this run has written. */
  writesMade: number;
  /** Whether this run waits because others have to write first. */
  othersFirst: boolean;
  /** How many more times this run may write: what its plan has, and some for what others write meanwhile. */
  writesLeft: { versions: number; policies: number };
  /** The policies as they were when they had the newest default version that this run has seen. */
  seen: Map<string, PolicyState>;
  /** How many reads in a row have not shown a policy, and the time of the first one in `performance.now()` milliseconds. */
  absences: Map<string, { reads: number; since: number }>;
  /** The policies that IAM has shown. */
  shown: Set<string>;
  /** The policies as this run wrote them. */
  written: Map<string, PolicyState & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written though no answer said so, or of which it has deleted a version. */
  doubtful: Map<string, 'created' | 'updated'>;
  versions: Map<string, VersionState>;
  /** Whether the last look was older than what was seen before. */
  unshown: boolean;
  /** The last change that may or may not have been made. */
  doubt?: { failure: Failure; action: string | undefined; at: number; times: number };
  /** Set while AWS refuses to write for the number of requests. What would be written is read again before the next try. */
  throttled?: Failure | undefined;
  /** The name of a policy that IAM calls taken, and does not show. */
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

/** Takes one of the writes that a run has. Returns false when there is none left. */
export function takeWrite({ writesLeft }: ReconcileState, { kind }: PolicyWork): boolean {
  const of = kind === 'create' ? 'policies' : 'versions';
  writesLeft[of] -= 1;
  return writesLeft[of] >= 0;
}

/** Gives a write back that was refused, so that it has changed nothing. */
export function giveWriteBack({ writesLeft }: ReconcileState, { kind }: PolicyWork): void {
  writesLeft[kind === 'create' ? 'policies' : 'versions'] += 1;
}

/** Returns what this run knows of the versions of a policy. */
export function versionsOf(
  { versions }: ReconcileState,
  policy: Pick<PolicyState, 'arn' | 'versions'>,
): VersionState {
  const state = versions.get(policy.arn) ?? newVersionState(policy);
  versions.set(policy.arn, state);
  return state;
}

/**
 * Returns the newest that is known of a policy: IAM may show an older state than it did before, and may not show yet what this
 * run wrote. A policy that IAM has shown, and that several reads in a row lack, was deleted by someone else.
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
  // Its tags may not show yet, or may not be read every time.
  const overflow = known.find((each) => each.overflow !== undefined)?.overflow;
  const policy = overflow === undefined ? newest : { ...newest, overflow };
  seen.set(arn, policy);
  return policy;
}

/**
 * Whether one state of a policy is newer than another. If someone makes an older version the default again, a write finds out and
 * forgets the newer one.
 */
function isNewer(state: PolicyState, other: PolicyState): boolean {
  return versionNumber(state.versionId) > versionNumber(other.versionId);
}

/** Notes that a version of this run is the default one. */
export function endWrite(
  reconciling: ReconcileState,
  now: PolicyState & { action: 'created' | 'updated' },
): void {
  reconciling.writesMade += 1;
  reconciling.written.set(now.arn, now);
  reconciling.seen.delete(now.arn);
}

/** Forgets what was seen of a policy, which is not what it was thought to be. */
export function forgetPolicy({ seen, written, doubtful }: ReconcileState, arn: string): void {
  const action = written.get(arn)?.action;
  if (action) doubtful.set(arn, action);
  seen.delete(arn);
  written.delete(arn);
}

/** Notes that a change may have been made. @throws the failure itself when it was so too often. */
export function noteUnconfirmed(
  reconciling: ReconcileState,
  failure: Failure,
  work: PolicyWork,
  account: AccountRef,
): void {
  const times = (reconciling.doubt?.times ?? 0) + 1;
  reconciling.doubt = { failure, action: failure.inDoubt, at: performance.now(), times };
  if (times >= HTTP.maxAttempts) throw failure;
  const arn = work.kind === 'create' ? policyArn(account, work.name) : work.policy.arn;
  reconciling.doubtful.set(arn, work.kind === 'create' ? 'created' : 'updated');
}

/** Whether the last change may still show by itself, so that it is too early to make it again. */
function isInDoubt({ doubt }: ReconcileState, { inDoubtMs }: Limits): boolean {
  return doubt !== undefined && performance.now() - doubt.at < inDoubtMs;
}

/** Whether it is too early for a change: the last one may still show by itself, or another run has to write first. */
export function isTooEarly(
  reconciling: ReconcileState,
  work: PolicyWork,
  { limits, aws }: Pick<StepContext, 'limits' | 'aws'>,
): boolean {
  if (isInDoubt(reconciling, limits)) return true;
  if (work.kind !== 'update') return false;
  const state = versionsOf(reconciling, work.policy);
  const candidates = candidatesIn(work.policy, aws.clients.now()).filter((each) => !state.open.has(each));
  reconciling.othersFirst =
    candidates.some((each) => state.known.has(each)) || areInTurn(candidates, state, limits);
  return reconciling.othersFirst;
}

/** What became of a policy, as far as this run is concerned. */
export function outcomeOf(policy: PolicyState, { written, doubtful }: ReconcileState): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? doubtful.get(arn) ?? 'kept' };
}
