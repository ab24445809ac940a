import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, versionNumber } from '../aws/policies.ts';
import { HTTP, type Limits } from '../defaults.ts';
import type { Failure } from '../failure.ts';
import type { AccountRef } from '../policy/index.ts';
import type { Conflict, PolicyOutcome } from '../report/types.ts';
import { isChange, type PolicyWork } from './policy-distribution.ts';
import type { PolicyWrite, VersionHistory } from './policy-rescue.ts';
import { mustWaitForRoom, noteVersions } from './policy-room.ts';
import type { StepContext } from './types.ts';

/** How many reads in a row must lack a policy before it counts as deleted, and for how long: reads may be out of date. */
const READS_UNTIL_GONE = 3;
const ABSENT_MS = 30_000;

/** What this run has done to the policies so far, and what it knows of them; everything by ARN. */
export interface Settling {
  /** How many versions and policies this run has written. */
  writesMade: number;
  /** Whether this run waits because others have to write first. */
  othersFirst: boolean;
  /** How many more times this run may write: what its plan has, and some for what others write meanwhile. */
  writesLeft: { versions: number; policies: number };
  /** The policies as they were when they had the newest version that this run has seen. */
  seen: Map<string, FoundPolicy>;
  /** How many reads in a row have not shown a policy, and the time of the first one in `performance.now()` milliseconds. */
  absences: Map<string, { reads: number; since: number }>;
  /** The numbers of the newest versions that IAM has shown. */
  shown: Map<string, number>;
  /** The policies as this run wrote them. */
  written: Map<string, FoundPolicy & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written though no answer said so, or of which it has deleted a version. */
  doubtful: Map<string, 'created' | 'updated'>;
  history: Map<string, VersionHistory>;
  /** A change of somebody else that this run has undone and cannot restore. It is reported at the end. */
  conflict?: Conflict;
  /** Whether the last look found that IAM does not show everything yet. */
  unshown: boolean;
  /** The last change that may or may not have been made. */
  doubt?: { failure: Failure; action: string | undefined; at: number; times: number };
  /** Set while AWS refuses to write for the number of requests. What would be written is read again before the next try. */
  throttled?: Failure | undefined;
  /** The name of a policy that IAM calls taken, and does not show. */
  hidden?: string;
}

export function newSettling(
  plan: PolicyWork[],
  { versionsBeyondPlan, policiesBeyondPlan }: Limits,
): Settling {
  const changes = plan.filter(isChange);
  const creates = changes.filter(({ kind }) => kind === 'create').length;
  return {
    writesMade: 0,
    othersFirst: false,
    unshown: false,
    absences: new Map(),
    writesLeft: { versions: changes.length + versionsBeyondPlan, policies: creates + policiesBeyondPlan },
    seen: new Map(),
    shown: new Map(),
    written: new Map(),
    doubtful: new Map(),
    history: new Map(),
  };
}

/** Takes one of the writes that a run has. Returns false when there is none left. */
export function takeWrite({ writesLeft }: Settling, { kind }: PolicyWork): boolean {
  const of = kind === 'create' ? 'policies' : 'versions';
  writesLeft[of] -= 1;
  return writesLeft[of] >= 0;
}

/** Gives a write back that was refused, so that it has changed nothing. */
export function giveWriteBack({ writesLeft }: Settling, { kind }: PolicyWork): void {
  writesLeft[kind === 'create' ? 'policies' : 'versions'] += 1;
}

/** What is known of a policy's versions; from the first look on, right before this run writes. */
export function historyOf({ history }: Settling, policy: FoundPolicy): VersionHistory {
  const known = history.get(policy.arn) ?? { writes: [], documents: new Map(), room: { seenAt: new Map() } };
  history.set(policy.arn, known);
  noteVersions(known.room, policy);
  return known;
}

/**
 * Returns the newest that is known of a policy: IAM may show an older state than it did before, and may not show yet what this
 * run wrote. A policy that IAM has shown, and that several reads in a row lack, was deleted by somebody else.
 */
export function newestOf(
  settling: Settling,
  arn: string,
  found: FoundPolicy | undefined,
): FoundPolicy | undefined {
  const { seen, written, shown, absences } = settling;
  const own = written.get(arn);
  if (!found) {
    const { reads, since } = absences.get(arn) ?? { reads: 0, since: performance.now() };
    absences.set(arn, { reads: reads + 1, since });
    const isGone = reads + 1 >= READS_UNTIL_GONE && performance.now() - since >= ABSENT_MS;
    if (!isGone || !shown.has(arn)) return own;
    for (const known of [seen, written, shown, settling.history]) known.delete(arn);
    return undefined;
  }
  absences.delete(arn);
  shown.set(arn, Math.max(shown.get(arn) ?? 0, newestNumber(found)));
  const known = [found, seen.get(arn), own].filter((policy) => policy !== undefined);
  const newest = known.reduce((best, each) => (newestNumber(each) > newestNumber(best) ? each : best));
  // Its tags may not show yet, or may not be read every time.
  const overflow = known.find((each) => each.overflow !== undefined)?.overflow;
  const policy = overflow === undefined ? newest : { ...newest, overflow };
  seen.set(arn, policy);
  return policy;
}

/** Notes a version that this run is about to write; `own` of what it returns is set once an answer tells the number. */
export function beginWrite(settling: Settling, policy: FoundPolicy, document: string): PolicyWrite {
  const base = newestNumber(policy);
  const write = { base, baseDocument: policy.document, document, sentAt: performance.now() };
  historyOf(settling, policy).writes.push(write);
  return write;
}

/** Notes that a version was not written for sure. */
export function dropWrite(settling: Settling, policy: FoundPolicy, write: PolicyWrite): void {
  const history = historyOf(settling, policy);
  history.writes = history.writes.filter((each) => each !== write);
}

/** Notes that a version was written. It has what earlier writes had undone, as far as IAM showed those. */
export function endWrite(
  settling: Settling,
  now: FoundPolicy & { action: 'created' | 'updated' },
  write: PolicyWrite,
): void {
  settling.writesMade += 1;
  write.own = versionNumber(now.versionId);
  // Numbers begin again where somebody has deleted the policy and another run has made it anew.
  if (write.own <= write.base) {
    write.base = 0;
    settling.shown.delete(now.arn);
    historyOf(settling, now).documents.clear();
  }
  const history = historyOf(settling, now);
  history.writes = [...history.writes.filter(({ own }) => own === undefined), write];
  settling.written.set(now.arn, now);
  settling.seen.delete(now.arn);
}

export function newestNumber({ versions, versionId }: FoundPolicy): number {
  return Math.max(...[versionId, ...versions].map(versionNumber));
}

/** Notes that a change may have been made. @throws the failure itself when it was so too often. */
export function noteDoubt(settling: Settling, failure: Failure, work: PolicyWork, account: AccountRef): void {
  const times = (settling.doubt?.times ?? 0) + 1;
  settling.doubt = { failure, action: failure.inDoubt, at: performance.now(), times };
  if (times >= HTTP.maxAttempts) throw failure;
  const arn = work.kind === 'create' ? policyArn(account, work.name) : work.policy.arn;
  settling.doubtful.set(arn, work.kind === 'create' ? 'created' : 'updated');
}

/** Whether the last change may still show by itself, so that it is too early to make it again. */
function isInDoubt({ doubt }: Settling, { inDoubtMs }: Limits): boolean {
  return doubt !== undefined && performance.now() - doubt.at < inDoubtMs;
}

/** Whether it is too early for a change: the last one may still show by itself, or another run has to write first. */
export function isTooEarly(
  settling: Settling,
  work: PolicyWork,
  { limits, aws }: Pick<StepContext, 'limits' | 'aws'>,
): boolean {
  if (isInDoubt(settling, limits)) return true;
  if (work.kind !== 'update') return false;
  const { room } = historyOf(settling, work.policy);
  settling.othersFirst = mustWaitForRoom(work.policy, room, { limits, now: aws.clients.now() });
  return settling.othersFirst;
}

/** Whether a version that this run may have written can still show, and undo what others have written before it. */
export function mayStillShow({ history }: Settling, { lateWriteMs }: Limits): boolean {
  return [...history.values()]
    .flatMap(({ writes }) => writes)
    .some(({ own, sentAt }) => own === undefined && performance.now() - sentAt < lateWriteMs);
}

/** What became of a policy, as far as this run is concerned. */
export function outcomeOf(policy: FoundPolicy, { written, doubtful }: Settling): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? doubtful.get(arn) ?? 'kept' };
}
