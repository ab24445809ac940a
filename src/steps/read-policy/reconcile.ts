import { setTimeout as sleep } from 'node:timers/promises';
import { policyArn } from '../../aws/arn.ts';
import { type PolicyReader, policyReader } from '../../aws/iam/policies.ts';
import type { FoundPolicy } from '../../aws/iam/policy-versions.ts';
import { awsWords } from '../../aws/messages.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import { carryingDoubt, EXIT, Failure } from '../../failure.ts';
import type { PolicyOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../conflict.ts';
import { policyWords as words } from '../messages.ts';
import type { StepContext } from '../types.ts';
import type { PolicyChain } from './chain.ts';
import { isOutdated, versionToDelete, withdraw, writeVersion } from './compare-and-swap.ts';
import { type PolicyAim, policyConflict } from './desired.ts';
import { type CreateWork, isChange, type UpdateWork } from './distribute.ts';
import {
  endWrite,
  forgetPolicy,
  giveWriteBack,
  isTooEarly,
  newestOf,
  noteDoubt,
  outcomeOf,
  type Settling,
  takeWrite,
  versionsOf,
} from './reconcile-state.ts';
import { createPolicy, deleteVersion } from './write.ts';

/**
 * Writes policies until they have what they need, and keeps what others write to them meanwhile: read, decide, write, read back,
 * until nothing is left to write. A policy can be missing from a read although IAM calls its name taken.
 * @throws Failure with a conflict if a policy is in the way
 */
export async function settlePolicies(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[]> {
  try {
    return await settleInTime(context, aim, settling);
  } catch (error) {
    await withdrawAll(context, settling);
    return carryingDoubt(() => settling.doubt?.action, Promise.reject(error));
  }
}

async function settleInTime(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[]> {
  let before: number;
  do {
    before = settling.writesMade;
    const { value } = await waitUntil(
      () => settleOnce(context, aim, settling),
      (outcomes) => outcomes !== undefined,
      waitingFor(context, settling),
    );
    if (value) return value;
    // After each write the time begins anew; the number of writes is limited.
  } while (before < settling.writesMade);
  const failure = settling.doubt?.failure ?? settling.throttled;
  if (failure) throw failure;
  if (settling.hidden) throw conflictFailure([policyConflict({ hidden: settling.hidden })]);
  throw settling.unshown ? notShown(aim.name) : contended(aim.name);
}

function waitingFor({ limits, interrupt, waiting }: StepContext, settling: Settling) {
  const onWait = (elapsed: number) =>
    waiting(settling.othersFirst ? words.othersFirst : words.propagating, elapsed);
  return { limits, interrupt, onWait };
}

/** Returns undefined when something else was written meanwhile, or what was written does not show yet. */
async function settleOnce(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[] | undefined> {
  const { limits } = context;
  // Not for longer without a word to the user.
  const until = performance.now() + limits.longestPauseMs;
  while (performance.now() < until) {
    settling.othersFirst = false;
    const chain = await readChainNow(context, aim, settling);
    settling.unshown = chain.policies.some((policy) => isOutdated(policy, versionsOf(settling, policy)));
    if (settling.unshown) return undefined;
    const work = aim.decide(chain);
    const next = work.filter((each) => each.kind !== 'keep').find(isChange);
    if (next === undefined) {
      await withdrawAll(context, settling);
      return work.flatMap((each) => (each.kind === 'create' ? [] : [outcomeOf(each.policy, settling)]));
    }
    if (isTooEarly(settling, next, context)) return undefined;
    if (!takeWrite(settling, next)) throw contended(aim.name);
    const done = await tryWriting(context, aim, next, settling);
    if (!done) break;
    delete settling.doubt;
    delete settling.throttled;
    context.record({ policies: [outcomeOf(done, settling)] });
  }
  // So that two runs fall out of step.
  await sleep(Math.random() * limits.jitterMs);
  return undefined;
}

/** Deletes what this run has made of versions that are not the default. What is left of them does no harm. */
async function withdrawAll({ aws, ...context }: StepContext, { versions }: Settling): Promise<void> {
  const interrupt = new AbortController().signal;
  for (const [arn, state] of versions) {
    if (state.open.size === 0) continue;
    await aws
      .whole('iam:DeletePolicyVersion', (calm) => withdraw({ ...context, interrupt, aws: calm }, arn, state))
      .catch(() => undefined);
  }
}

/** The policies as they are now, or as this run wrote them where IAM does not show that yet. */
async function readChainNow(
  { aws }: StepContext,
  { read }: PolicyAim,
  settling: Settling,
): Promise<PolicyChain> {
  const reader = policyReader(aws);
  const newest: PolicyReader['read'] = async (arn, options) => {
    const found = await reader.read(arn, options);
    return newestOf(settling, arn, found);
  };
  const chain = await read({ read: newest });
  for (const policy of chain.policies) versionsOf(settling, policy).open.delete(policy.versionId);
  const shows = (name: string) =>
    chain.taken.has(name.toLowerCase()) || chain.policies.some((policy) => policy.name === name);
  if (settling.hidden && shows(settling.hidden)) delete settling.hidden;
  return chain;
}

function notShown(name: string): Failure {
  return new Failure(words.notShown(name), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:GetPolicyVersion',
  });
}

function contended(name: string): Failure {
  return new Failure(words.contended(name), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:CreatePolicyVersion',
  });
}

/** Carries out one change and notes it. Returns the policy as it should be now, or undefined if it has to be read again. */
async function tryWriting(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork | UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  try {
    return work.kind === 'create'
      ? await create(context, aim, work, settling)
      : await update(context, work, settling);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    settling.throttled = error.code === 'throttled' ? error : undefined;
    if (error.inDoubt) noteDoubt(settling, error, work, aim.identity);
    else if (settling.throttled) giveWriteBack(settling, work);
    else throw error;
    return undefined;
  }
}

/** Creates a policy and notes it. Returns undefined if one of the name exists, because it must be read before it is extended. */
export async function create(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const created = await createPolicy(context, aim, work);
  const arn = policyArn(aim.identity, work.name);
  if (created.kind === 'made') {
    settling.writesMade += 1;
    settling.written.set(arn, { ...created.policy, action: 'created' });
    return created.policy;
  }
  settling.hidden = work.name;
  giveWriteBack(settling, work);
  if (created.perhapsOurs) settling.doubtful.set(arn, 'created');
  return undefined;
}

/** Writes a new version. Returns undefined if the policy is not what it was, and has to be read again. */
async function update(
  context: StepContext,
  work: UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const { policy, document } = work;
  const { arn } = policy;
  const state = versionsOf(settling, policy);
  if (await withdraw(context, arn, state)) return outdated(settling, work);
  const doomed = versionToDelete(policy);
  if (doomed && (await deleteVersion(context, arn, doomed)) !== 'deleted') return outdated(settling, work);
  if (doomed) {
    settling.doubtful.set(arn, settling.doubtful.get(arn) ?? 'updated');
    context.record({ policies: [outcomeOf(policy, settling)] });
  }
  const created = await writeVersion(context, policy, document, state);
  if (!created) return outdated(settling, work);
  const { id: versionId } = created;
  const versions = [...policy.versions.filter((version) => version !== doomed), versionId];
  const action = settling.written.get(arn)?.action ?? 'updated';
  const createdAt = { ...policy.createdAt, ...(created.createdAt ? { [versionId]: created.createdAt } : {}) };
  const now = { ...policy, versionId, versions, createdAt, document: JSON.stringify(document), action };
  endWrite(settling, now);
  return now;
}

function outdated(settling: Settling, { policy }: UpdateWork): undefined {
  forgetPolicy(settling, policy.arn);
}
