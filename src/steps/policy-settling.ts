import { setTimeout as sleep } from 'node:timers/promises';
import { type PolicyReader, policyReader } from '../aws/policies.ts';
import { waitUntil } from '../aws/wait.ts';
import { carryingDoubt, EXIT, Failure } from '../failure.ts';
import type { Conflict, PolicyOutcome } from '../report/types.ts';
import { awsWords } from '../report/words/aws.ts';
import { policyWords as words } from '../report/words/steps.ts';
import { conflictFailure } from './conflict.ts';
import type { PolicyAim } from './policy-aim.ts';
import { tryWriting } from './policy-attempt.ts';
import type { ChainPolicy, PolicyChain } from './policy-chain.ts';
import { overwroteConflict, policyConflict } from './policy-conflicts.ts';
import { type CreateWork, isChange, type PolicyWork, type UpdateWork } from './policy-distribution.ts';
import { intendedState } from './policy-rescue.ts';
import {
  historyOf,
  isTooEarly,
  mayStillShow,
  newestOf,
  outcomeOf,
  type Settling,
  takeWrite,
} from './policy-settling-state.ts';
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
  try {
    return await settleInTime(context, aim, settling);
  } catch (error) {
    await putBack(context, aim, settling);
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
  throw contended(aim.name);
}

function waitingFor({ limits, interrupt, waiting }: StepContext, settling: Settling) {
  const onWait = (elapsed: number) =>
    waiting(settling.othersFirst ? words.othersFirst : words.propagating, elapsed);
  return { limits, interrupt, onWait };
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
    settling.othersFirst = false;
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
    if (isTooEarly(settling, next, limits)) return undefined;
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
  const { limits } = context;
  const finish = async (aws: StepContext['aws']): Promise<void> => {
    const calm = { ...context, aws, interrupt: new AbortController().signal };
    const round = async (): Promise<boolean> => {
      const chain = await readChainNow(calm, aim, settling);
      const intended = await intendedChain(calm, aim, chain, settling);
      if (intended === 'unknown') return false;
      const next = nextWrite(intended.restored, chain);
      if (!next) return true;
      if (!isTooEarly(settling, next, limits)) await tryWriting(calm, aim, next, settling);
      return false;
    };
    await waitUntil(round, Boolean, waitingFor(calm, settling));
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

function contended(name: string): Failure {
  return new Failure(words.contended(name), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:CreatePolicyVersion',
  });
}
