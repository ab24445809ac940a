import { setTimeout as sleep } from 'node:timers/promises';
import { nameInIamArn } from '../aws/arn.ts';
import { type PolicyReader, policyReader } from '../aws/policies.ts';
import { waitUntil } from '../aws/wait.ts';
import { carryingDoubt, EXIT, Failure, isExpected } from '../failure.ts';
import type { PolicyOutcome } from '../report/types.ts';
import { awsWords } from '../report/words/aws.ts';
import { policyWords as words } from '../report/words/steps.ts';
import type { Told } from '../told.ts';
import { conflictFailure } from './conflict.ts';
import type { PolicyAim } from './policy-aim.ts';
import { tryWriting } from './policy-attempt.ts';
import type { ChainPolicy, PolicyChain } from './policy-chain.ts';
import { lostVersionConflict, policyConflict } from './policy-conflicts.ts';
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
 * Writes policies until they have what they need, and keeps what others write to them meanwhile: read, decide, write, read back,
 * until nothing is left to write. A policy can be missing from a read although IAM calls its name taken.
 * @throws Failure with a conflict if a policy is in the way, or if this run has undone a change that it cannot restore
 */
export async function settlePolicies(
  context: StepContext,
  aim: PolicyAim,
  settling: Settling,
): Promise<PolicyOutcome[]> {
  try {
    return await settleInTime(context, aim, settling);
  } catch (error) {
    const lost = await putBack(context, aim, settling);
    if (isExpected(error)) error.details.push(...lost);
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
    const intended = await intendedChain(context, aim, chain, settling);
    settling.unshown = intended === 'unknown';
    if (intended === 'unknown') return undefined;
    const work = aim.decide(intended.chain);
    const changed = new Set(work.flatMap((each) => (each.kind === 'update' ? [each.policy.arn] : [])));
    const alone = intended.toRestore.filter(({ policy }) => !changed.has(policy.arn));
    const next = nextWrite([...work, ...alone], chain);
    if (next === undefined) {
      if (mayStillShow(settling, limits)) return undefined;
      const { conflict } = settling;
      delete settling.conflict;
      if (conflict) throw conflictFailure([conflict]);
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

/** The policies as they would be if this run's writes had undone nothing. */
interface IntendedChain {
  chain: PolicyChain;
  /** Those that differ from what they are, so that they have to be written whatever else is to be done about them. */
  toRestore: UpdateWork[];
}

async function intendedChain(
  context: StepContext,
  aim: PolicyAim,
  chain: PolicyChain,
  settling: Settling,
): Promise<IntendedChain | 'unknown'> {
  const toRestore: UpdateWork[] = [];
  const policies: ChainPolicy[] = [];
  for (const policy of chain.policies) {
    const known = { history: historyOf(settling, policy), shown: settling.shown.get(policy.arn) ?? 0 };
    const intended = await intendedState(context, aim, policy, known);
    if (intended.kind === 'unknown') return 'unknown';
    if (intended.kind === 'lost') settling.conflict ??= lostVersionConflict(policy, intended.lost);
    if (intended.kind === 'other') {
      toRestore.push({ kind: 'update', policy, secrets: [], document: intended.document });
      policies.push({ ...policy, document: JSON.stringify(intended.document) });
    } else policies.push(policy);
  }
  return { chain: { ...chain, policies }, toRestore };
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

/** How many versions a run writes at most to restore, before it ends, what it has undone. */
const RESTORING_WRITES = 5;

/**
 * Restores what this run's writes have undone before the run ends with an error, also when the user interrupts, because nobody else
 * knows of it. Returns what the user must know of what could not be restored.
 */
async function putBack(context: StepContext, aim: PolicyAim, settling: Settling): Promise<Told[]> {
  const { limits } = context;
  settling.writesLeft.versions = RESTORING_WRITES;
  let isRestored = false;
  let undone: string[] = [];
  const finish = async (aws: StepContext['aws']): Promise<void> => {
    const calm = { ...context, aws, interrupt: new AbortController().signal };
    const round = async (): Promise<boolean> => {
      const chain = await readChainNow(calm, aim, settling);
      const intended = await intendedChain(calm, aim, chain, settling);
      if (intended === 'unknown') return false;
      const next = nextWrite(intended.toRestore, chain);
      undone = intended.toRestore.map(({ policy }) => policy.name);
      isRestored = !next && !mayStillShow(settling, limits);
      if (!next) return isRestored;
      if (isTooEarly(settling, next, calm)) return false;
      if (!takeWrite(settling, next)) return true;
      await tryWriting(calm, aim, next, settling);
      return false;
    };
    await waitUntil(round, Boolean, waitingFor(calm, settling));
  };
  const written = [...settling.history].filter(([, { writes }]) => writes.length > 0).map(([arn]) => arn);
  if (written.length > 0) await context.aws.whole('iam:CreatePolicyVersion', finish).catch(() => undefined);
  const { conflict } = settling;
  const unread = isRestored ? [] : written.map(nameInIamArn);
  return [
    ...(conflict ? [conflict.found, ...conflict.details] : []),
    ...(undone.length > 0 ? undone.map(words.notRestored) : unread.map(words.notReadBack)),
  ];
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
