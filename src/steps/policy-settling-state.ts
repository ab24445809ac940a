import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, versionNumber } from '../aws/policies.ts';
import { HTTP, type Limits } from '../defaults.ts';
import type { Failure } from '../failure.ts';
import type { AccountRef } from '../policy/index.ts';
import type { PolicyOutcome } from '../report/types.ts';
import { isChange, type PolicyWork } from './policy-distribution.ts';
import type { VersionHistory } from './policy-rescue.ts';
import { versionToDelete } from './policy-writing.ts';

/** What this run has done to the policies so far, and what it knows of them; everything by ARN. */
export interface Settling {
  /** How many more times this run may write: what its plan has, and some for what others write meanwhile. */
  writesLeft: number;
  /** The version of which the plan said that it makes room. */
  planned: Map<string, string | undefined>;
  /** The policies as they were when they had the newest version that this run has seen. */
  seen: Map<string, FoundPolicy>;
  /** The policies as this run wrote them. */
  written: Map<string, FoundPolicy & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written though no answer said so, or of which it has deleted a version. */
  doubtful: Map<string, 'created' | 'updated'>;
  history: Map<string, VersionHistory>;
  /** The last change that may or may not have been made. */
  doubt?: { failure: Failure; action: string | undefined; at: number; times: number };
  /** Set while AWS refuses to write for the number of requests. What would be written is read again before the next try. */
  throttled?: Failure | undefined;
  /** The name of a policy that IAM calls taken, and does not show. */
  hidden?: string;
}

export function newSettling(plan: PolicyWork[], { policyWritesBeyondPlan }: Limits): Settling {
  const updates = plan.flatMap((work) => (work.kind === 'update' ? [work.policy] : []));
  return {
    writesLeft: plan.filter(isChange).length + policyWritesBeyondPlan,
    planned: new Map(updates.map((policy) => [policy.arn, versionToDelete(policy)])),
    seen: new Map(),
    written: new Map(),
    doubtful: new Map(),
    history: new Map(),
  };
}

/** What is known of a policy's versions; from the first look on, right before this run writes. */
export function historyOf({ history }: Settling, policy: FoundPolicy): VersionHistory {
  const newest = newestNumber(policy);
  const known = history.get(policy.arn) ?? {
    base: newest,
    first: newest,
    unseen: false,
    overwritten: new Set(),
    carried: [],
  };
  history.set(policy.arn, known);
  return known;
}

/**
 * Returns the newest that is known of a policy: IAM may show an older state than it did before, and may not show yet what this
 * run wrote.
 */
export function newestOf(
  { seen, written }: Settling,
  arn: string,
  found: FoundPolicy | undefined,
): FoundPolicy | undefined {
  const own = written.get(arn);
  if (!found) return own;
  const known = [found, seen.get(arn), own].filter((policy) => policy !== undefined);
  const newest = known.reduce((best, each) => (newestNumber(each) > newestNumber(best) ? each : best));
  seen.set(arn, newest);
  return newest;
}

/**
 * Notes a version that this run wrote. The numbers between what it had read and its own are those of versions that it has not
 * seen: until IAM shows them, nobody knows what was undone.
 */
export function noteWritten(
  settling: Settling,
  policy: FoundPolicy,
  now: FoundPolicy & { action: 'created' | 'updated' },
): void {
  const history = historyOf(settling, policy);
  const own = versionNumber(now.versionId);
  // Numbers begin again where somebody has deleted the policy and another run has made it anew.
  history.base = own > newestNumber(policy) ? newestNumber(policy) : 0;
  history.unseen = own > history.base + 1;
  settling.written.set(policy.arn, now);
  settling.seen.delete(policy.arn);
}

/** Notes that IAM shows a policy with what this run wrote, or newer. */
export function noteShown(settling: Settling, arn: string, found: FoundPolicy | undefined): void {
  const [history, own] = [settling.history.get(arn), settling.written.get(arn)];
  if (history && own && found && newestNumber(found) >= newestNumber(own)) history.unseen = false;
}

/** Whether versions of others came before one of this run's that IAM does not show yet. */
export function hasUnseen({ history }: Settling): boolean {
  return [...history.values()].some(({ unseen }) => unseen);
}

/** Notes the versions that came between this run's last reading and its writing after it. */
export function noteOverwritten(settling: Settling, policy: FoundPolicy): void {
  if (!touches(settling, policy.arn)) return;
  const { base, overwritten } = historyOf(settling, policy);
  const own = versionNumber(settling.written.get(policy.arn)?.versionId ?? 'v0');
  // Where no answer told this run which version is its own, it is the default one, or before it.
  const before = own > base ? own : versionNumber(policy.versionId);
  for (const version of policy.versions) {
    if (versionNumber(version) > base && versionNumber(version) < before) overwritten.add(version);
  }
}

export function newestNumber({ versions, versionId }: FoundPolicy): number {
  return Math.max(...[versionId, ...versions].map(versionNumber));
}

/** Whether this run has written to a policy, or may have, or keeps something for it. */
export function touches({ written, doubtful, history }: Settling, arn: string): boolean {
  return written.has(arn) || doubtful.has(arn) || Boolean(history.get(arn)?.carried.length);
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
export function isInDoubt({ doubt }: Settling, { inDoubtMs }: Limits): boolean {
  return doubt !== undefined && performance.now() - doubt.at < inDoubtMs;
}

/** What became of a policy, as far as this run is concerned. */
export function outcomeOf(policy: FoundPolicy, { written, doubtful }: Settling): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? doubtful.get(arn) ?? 'kept' };
}
