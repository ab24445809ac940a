import { setTimeout as sleep } from 'node:timers/promises';
import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, type PolicyReader, policyReader } from '../aws/policies.ts';
import { waitUntil } from '../aws/wait.ts';
import { carryingDoubt, EXIT, Failure } from '../failure.ts';
import type { Conflict, PolicyOutcome } from '../report/types.ts';
import { awsWords } from '../report/words/aws.ts';
import { policyWords as words } from '../report/words/steps.ts';
import { conflictFailure } from './conflict.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { ChainPolicy, PolicyChain } from './policy-chain.ts';
import { overwroteConflict, policyConflict } from './policy-conflicts.ts';
import { type CreateWork, isChange, type PolicyWork, type UpdateWork } from './policy-distribution.ts';
import { dispensableVersion, intendedState, withAll } from './policy-rescue.ts';
import {
  beginWrite,
  dropWrite,
  endWrite,
  historyOf,
  isInDoubt,
  mayStillShow,
  newestOf,
  noteDoubt,
  outcomeOf,
  type Settling,
  takeWrite,
} from './policy-settling-state.ts';
import { addVersion, createPolicy, deleteVersion, versionToDelete } from './policy-writing.ts';
import type { StepContext } from './types.ts';

/**
 * Brings the policies to where they shall be, from whatever they are now: read, merge, write, read back, until there is
 * nothing left to write. Policies have no compare-and-swap, and another run may be writing at the same time;
 * and IAM may for a while not show a policy whose name it calls taken already.
 * @throws Failure with a conflict when a policy is in the way
 */
export async function settlePolicies(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[]> {
  const { limits, interrupt } = context;
  const settled = waitUntil(
    () => settleOnce(context, aim, settling),
    (outcomes) => outcomes !== undefined,
    { limits, interrupt, onWait: (elapsed) => context.waiting(words.propagating, elapsed) },
  );
  try {
    const { value } = await settled;
    if (value) return value;
  } catch (error) {
    await putBack(context, aim, settling);
    return carryingDoubt(() => settling.doubt?.action, Promise.reject(error));
  }
  const failure = settling.doubt?.failure ?? settling.throttled;
  if (failure) throw failure;
  if (settling.hidden) throw conflictFailure([policyConflict({ hidden: settling.hidden })]);
  throw contended(aim.name);
}

/** Answers nothing when something else was written meanwhile, or what was written does not show yet. */
async function settleOnce(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[] | undefined> {
  const { limits } = context;
  // Not for longer without a word to the user.
  const until = performance.now() + limits.longestPauseMs;
  while (performance.now() < until) {
    const chain = await readChainNow(context, aim, settling);
    const intended = await intendedChain(context, aim, chain, settling);
    if (intended === 'unknown') return undefined;
    const work = aim.decide(intended.chain);
    const changed = new Set(work.flatMap((each) => (each.kind === 'update' ? [each.policy.arn] : [])));
    const alone = intended.restored.filter(({ policy }) => !changed.has(policy.arn));
    const next = nextWrite([...work, ...alone], chain);
    if (next === undefined) {
      if (mayStillShow(settling, limits)) return undefined;
      if (intended.conflict) throw conflictFailure([intended.conflict]);
      return work.flatMap((each) => (each.kind === 'create' ? [] : [outcomeOf(each.policy, settling)]));
    }
    if (isInDoubt(settling, limits)) return undefined;
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

/** The policies as they would be if this run's writes had undone nothing. */
interface IntendedChain {
  chain: PolicyChain;
  /** Those that differ from what they are, so that they have to be written whatever else is to be done about them. */
  restored: UpdateWork[];
  /** Set where a write of this run has undone what no run of this program has written. */
  conflict?: Conflict;
}

async function intendedChain(
  context: StepContext,
  aim: PolicyAim,
  chain: PolicyChain,
  settling: Settling,
): Promise<IntendedChain | 'unknown'> {
  const restored: UpdateWork[] = [];
  const policies: ChainPolicy[] = [];
  let conflict: Conflict | undefined;
  for (const policy of chain.policies) {
    const known = { history: historyOf(settling, policy), shown: settling.shown.get(policy.arn) ?? 0 };
    const intended = await intendedState(context, aim, policy, known);
    if (intended.kind === 'unknown') return 'unknown';
    if (intended.kind === 'foreign') conflict ??= overwroteConflict(policy, intended.version);
    if (intended.kind === 'other') {
      restored.push({ kind: 'update', policy, secrets: [], document: intended.document });
      policies.push({ ...policy, document: JSON.stringify(intended.document) });
    } else policies.push(policy);
  }
  return { chain: { ...chain, policies }, restored, ...(conflict ? { conflict } : {}) };
}

/** Returns the first work that changes a policy as it is. */
function nextWrite(work: PolicyWork[], { policies }: PolicyChain): CreateWork | UpdateWork | undefined {
  const asItIs = new Map(policies.map((policy) => [policy.arn, policy]));
  return work
    .filter((each) => each.kind !== 'keep')
    .map((each) =>
      each.kind === 'create' ? each : { ...each, policy: asItIs.get(each.policy.arn) ?? each.policy },
    )
    .find(isChange);
}

/**
 * Before the run ends for another reason: what its writing has undone is put back all the same, also when the user
 * interrupts, because nobody else knows of it. What fails then leaves the reason for which the run ends as it is.
 */
async function putBack(context: StepContext, aim: PolicyAim, settling: Settling): Promise<void> {
  if ([...settling.history.values()].every(({ writes }) => writes.length === 0)) return;
  const { limits, waiting } = context;
  const finish = async (aws: StepContext['aws']): Promise<void> => {
    const calm = { ...context, aws };
    const round = async (): Promise<boolean> => {
      const chain = await readChainNow(calm, aim, settling);
      const intended = await intendedChain(calm, aim, chain, settling);
      if (intended === 'unknown') return false;
      const next = nextWrite(intended.restored, chain);
      if (next) await tryWriting(calm, aim, next, settling);
      return next === undefined;
    };
    const onWait = (elapsed: number) => waiting(words.propagating, elapsed);
    await waitUntil(round, Boolean, { limits, interrupt: new AbortController().signal, onWait });
  };
  await context.aws.whole('iam:CreatePolicyVersion', finish).catch(() => undefined);
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
  for (const policy of chain.policies) historyOf(settling, policy);
  const shows = (name: string) =>
    chain.taken.has(name.toLowerCase()) || chain.policies.some((policy) => policy.name === name);
  if (settling.hidden && shows(settling.hidden)) delete settling.hidden;
  return chain;
}

/** Writes, and answers the policy as it should be now; nothing when it has to be looked at again. */
async function tryWriting(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork | UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  try {
    return work.kind === 'create'
      ? await create(context, aim, work, settling)
      : await update(context, aim, work, settling);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    settling.throttled = error.code === 'throttled' ? error : undefined;
    if (settling.throttled) return undefined;
    if (!error.inDoubt) throw error;
    noteDoubt(settling, error, work, aim.identity);
    return undefined;
  }
}

/** Creates a policy and notes it; answers nothing when one of the name exists, because it must be read before it is extended. */
export async function create(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const created = await createPolicy(context, aim, work);
  const arn = policyArn(aim.identity, work.name);
  if (created.kind === 'made') {
    settling.written.set(arn, { ...created.policy, action: 'created' });
    historyOf(settling, created.policy);
    return created.policy;
  }
  settling.hidden = work.name;
  // What was refused has changed nothing.
  settling.left.policies += 1;
  if (created.perhapsOurs) settling.doubtful.set(arn, 'created');
  return undefined;
}

async function update(
  context: StepContext,
  { identity, keepOf }: PolicyAim,
  { policy, document: wanted }: UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const { arn } = policy;
  const doomed = await chooseDoomed(context, identity, policy, settling);
  if (!doomed && versionToDelete(policy)) return undefined;
  if (doomed) {
    if (!(await deleteVersion(context, arn, doomed))) return undefined;
    settling.doubtful.set(arn, settling.doubtful.get(arn) ?? 'updated');
    context.record({ policies: [outcomeOf(policy, settling)] });
  }
  const carried = historyOf(settling, policy).carried.map(keepOf);
  const document = withAll(identity, JSON.stringify(wanted), carried) ?? wanted;
  const write = beginWrite(settling, policy, JSON.stringify(document));
  const versionId = await orNothingWritten(addVersion(context, arn, document), () =>
    dropWrite(settling, policy, write),
  );
  if (!versionId) {
    // It is not what it was thought to be: nothing that was seen before counts any more.
    dropWrite(settling, policy, write);
    settling.seen.delete(arn);
    return undefined;
  }
  const versions = [...policy.versions.filter((version) => version !== doomed), versionId];
  const action = settling.written.get(arn)?.action ?? 'updated';
  const now = { ...policy, versionId, versions, document: JSON.stringify(document), action };
  endWrite(settling, now, write);
  return now;
}

/** Waits for a change; hears of a failure after which it was not made for sure. */
async function orNothingWritten<T>(change: Promise<T>, nothingWritten: () => void): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof Failure && !error.inDoubt) nothingWritten();
    throw error;
  }
}

/** The version that has to go before another can be made. What it allows is noted if another run may still count on it. */
async function chooseDoomed(
  context: StepContext,
  identity: PolicyAim['identity'],
  policy: FoundPolicy,
  settling: Settling,
): Promise<string | undefined> {
  const history = historyOf(settling, policy);
  const oldest = versionToDelete(policy);
  if (oldest === undefined || oldest === settling.planned.get(policy.arn)) return oldest;
  const doomed = await dispensableVersion(context, identity, policy);
  if (doomed && doomed.number > history.first) history.carried.push(doomed.document);
  return doomed?.version;
}

function contended(name: string): Failure {
  return new Failure(words.contended(name), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:CreatePolicyVersion',
  });
}
