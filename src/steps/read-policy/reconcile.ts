import { setTimeout as sleep } from 'node:timers/promises';
import { policyArn } from '../../aws/arn.ts';
import { type PolicyReader, policyReader } from '../../aws/iam/policies.ts';
import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import { awsMessages } from '../../aws/messages.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import { EXIT, Failure, withUnconfirmedAction } from '../../failure.ts';
import type { PolicyOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import { type StepContext, waitOptions } from '../types.ts';
import type { PolicyChain } from './chain.ts';
import { isOutdated, takeOver, versionToDelete, withdraw, writeVersion } from './compare-and-swap.ts';
import { type DesiredPolicies, policyConflict } from './desired.ts';
import { type CreateWork, isChange, type UpdateWork } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';
import {
  forgetPolicy,
  giveWriteBack,
  isTooEarly,
  mayHaveCreatedVersion,
  newestOf,
  noteUnconfirmed,
  outcomeOf,
  type ReconcileState,
  recordWrite,
  useWrite,
  versionStateOf,
} from './reconcile-state.ts';
import { createPolicy, deleteVersion } from './write.ts';

/**
 * Reconciles the policies with the desired state and keeps what others write in the meantime: read, decide, write and read back,
 * until nothing is left to write. A policy can be missing from a read although IAM reports its name as taken.
 * @throws Failure with a conflict if a policy can't be used
 */
export async function reconcilePolicies(
  context: StepContext,
  desired: DesiredPolicies,
  reconciling: ReconcileState,
): Promise<PolicyOutcome[]> {
  try {
    return await reconcileInTime(context, desired, reconciling);
  } catch (error) {
    await withdrawAll(context, reconciling);
    return withUnconfirmedAction(() => reconciling.unconfirmed?.action, Promise.reject(error));
  }
}

async function reconcileInTime(
  context: StepContext,
  desired: DesiredPolicies,
  reconciling: ReconcileState,
): Promise<PolicyOutcome[]> {
  const options = waitOptions(context, () =>
    reconciling.areOthersFirst ? messages.othersFirst : messages.waitingForPropagation,
  );
  let writesBefore: number;
  do {
    writesBefore = reconciling.writesMade;
    const round = () => reconcileOnce(context, desired, reconciling);
    const { value } = await waitUntil(round, (outcomes) => outcomes !== undefined, options);
    if (value) return value;
    // The time limit restarts after each write; the number of writes is limited.
  } while (writesBefore < reconciling.writesMade);
  const failure = reconciling.unconfirmed?.failure ?? reconciling.throttled;
  if (failure) throw failure;
  if (reconciling.hiddenName) throw conflictFailure([policyConflict({ hidden: reconciling.hiddenName })]);
  if (!reconciling.isReadOutdated) throw contendedFailure(desired.name);
  throw tryAgainFailure(messages.notShown(desired.name), 'iam-propagation', 'iam:GetPolicyVersion');
}

/** Returns undefined if the policies must be read again: another run has written, or the last write doesn't show yet. */
async function reconcileOnce(
  context: StepContext,
  desired: DesiredPolicies,
  reconciling: ReconcileState,
): Promise<PolicyOutcome[] | undefined> {
  const { limits } = context;
  // Returns after a while, so that the user sees progress.
  const pauseAt = performance.now() + limits.longestPauseMs;
  while (performance.now() < pauseAt) {
    reconciling.areOthersFirst = false;
    const chain = await readChainNow(context, desired, reconciling);
    reconciling.isReadOutdated = chain.policies.some((policy) =>
      isOutdated(policy, versionStateOf(reconciling, policy)),
    );
    if (reconciling.isReadOutdated) return undefined;
    const work = desired.decide(chain);
    const next = work.find(isChange);
    if (next === undefined) {
      await withdrawAll(context, reconciling);
      return work.flatMap((each) => (each.kind === 'create' ? [] : [outcomeOf(each.policy, reconciling)]));
    }
    if (next.kind === 'update') {
      const isUnconfirmed = mayHaveCreatedVersion(reconciling, next.policy.arn);
      await takeOver(context, next, versionStateOf(reconciling, next.policy), isUnconfirmed);
    }
    if (isTooEarly(reconciling, next, context)) return undefined;
    if (!useWrite(reconciling, next)) throw contendedFailure(desired.name);
    const writtenPolicy = await tryWriting(context, desired, next, reconciling);
    if (!writtenPolicy) break;
    delete reconciling.unconfirmed;
    delete reconciling.throttled;
    context.record({ policies: [outcomeOf(writtenPolicy, reconciling)] });
  }
  // The random pause keeps two concurrent runs from writing at the same moments.
  await sleep(Math.random() * limits.jitterMs);
  return undefined;
}

/** Deletes the versions that this run has created and not made the default. A version that can't be deleted does no harm. */
async function withdrawAll({ aws, ...context }: StepContext, reconciling: ReconcileState): Promise<void> {
  const interrupt = new AbortController().signal;
  for (const [arn, state] of reconciling.versionStates) {
    if (state.ownCandidates.size === 0) continue;
    await aws
      .uninterruptible('iam:DeletePolicyVersion', (uninterruptibleAws) =>
        withdraw({ ...context, interrupt, aws: uninterruptibleAws }, arn, state),
      )
      .catch(() => undefined);
  }
}

/** Returns the current policies, or as this run wrote them if IAM doesn't show that yet. */
async function readChainNow(
  { aws }: StepContext,
  { read }: DesiredPolicies,
  reconciling: ReconcileState,
): Promise<PolicyChain> {
  const reader = policyReader(aws);
  const readNewest: PolicyReader['read'] = async (arn, options) =>
    newestOf(reconciling, arn, await reader.read(arn, options));
  const chain = await read({ read: readNewest });
  for (const policy of chain.policies)
    versionStateOf(reconciling, policy).ownCandidates.delete(policy.versionId);
  const shows = (name: string) =>
    chain.takenNames.has(name.toLowerCase()) || chain.policies.some((policy) => policy.name === name);
  if (reconciling.hiddenName && shows(reconciling.hiddenName)) delete reconciling.hiddenName;
  return chain;
}

function contendedFailure(name: string): Failure {
  return tryAgainFailure(messages.contended(name), 'contended', 'iam:CreatePolicyVersion');
}

function tryAgainFailure(message: string, code: string, awsAction: string): Failure {
  return new Failure(message, { code, exitCode: EXIT.failed, hint: awsMessages.tryAgainHint, awsAction });
}

/** Makes one change and records it. Returns the policy as written, or undefined if it must be read again. */
async function tryWriting(
  context: StepContext,
  desired: DesiredPolicies,
  work: CreateWork | UpdateWork,
  reconciling: ReconcileState,
): Promise<PolicyState | undefined> {
  try {
    return work.kind === 'create'
      ? await createAndRecord(context, desired, work, reconciling)
      : await update(context, work, reconciling);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    reconciling.throttled = error.code === 'throttled' ? error : undefined;
    if (error.unconfirmedAction) noteUnconfirmed(reconciling, error, work, desired.identity);
    else if (reconciling.throttled) giveWriteBack(reconciling, work);
    else throw error;
    return undefined;
  }
}

/** Creates a policy and records it. Returns undefined if the name exists: that policy must be read before it is extended. */
export async function createAndRecord(
  context: StepContext,
  desired: DesiredPolicies,
  work: CreateWork,
  reconciling: ReconcileState,
): Promise<PolicyState | undefined> {
  const created = await createPolicy(context, desired, work);
  const arn = policyArn(desired.identity, work.name);
  if (created.kind === 'created') {
    reconciling.writesMade += 1;
    reconciling.written.set(arn, { ...created.policy, action: 'created' });
    return created.policy;
  }
  reconciling.hiddenName = work.name;
  giveWriteBack(reconciling, work);
  if (created.maybeOurs) reconciling.unconfirmedPolicies.set(arn, 'created');
  return undefined;
}

/** Writes a new version. Returns undefined if the policy has changed and must be read again. */
async function update(
  context: StepContext,
  work: UpdateWork,
  reconciling: ReconcileState,
): Promise<PolicyState | undefined> {
  const { policy, document } = work;
  const { arn } = policy;
  const state = versionStateOf(reconciling, policy);
  const kept = policy.versionIds.filter((version) => !state.ownCandidates.has(version));
  if (await withdraw(context, arn, state)) return forgetPolicy(reconciling, arn);
  const oldest = versionToDelete({ ...policy, versionIds: kept });
  if (oldest && (await deleteVersion(context, arn, oldest)) !== 'deleted')
    return forgetPolicy(reconciling, arn);
  if (oldest) {
    reconciling.unconfirmedPolicies.set(arn, reconciling.unconfirmedPolicies.get(arn) ?? 'updated');
    context.record({ policies: [outcomeOf(policy, reconciling)] });
  }
  const created = await writeVersion(context, policy, document, state);
  if (!created) return forgetPolicy(reconciling, arn);
  const { id: versionId } = created;
  const versionIds = [...kept.filter((version) => version !== oldest), versionId];
  const action = reconciling.written.get(arn)?.action ?? 'updated';
  const versionCreatedAtMs = { ...policy.versionCreatedAtMs };
  if (created.createdAt !== undefined) versionCreatedAtMs[versionId] = created.createdAt;
  const text = JSON.stringify(document);
  const newState = { ...policy, versionId, versionIds, versionCreatedAtMs, document: text, action };
  recordWrite(reconciling, newState);
  return newState;
}
