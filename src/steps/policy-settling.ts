import { setTimeout as sleep } from 'node:timers/promises';
import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, policyReader } from '../aws/policies.ts';
import { waitUntil } from '../aws/wait.ts';
import { HTTP } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import type { PolicyOutcome } from '../report/types.ts';
import { policyWords as words } from '../report/words/steps.ts';
import { distribute, type PolicyWork } from './policy-distribution.ts';
import {
  dispensableVersion,
  missedAdditions,
  type VersionHistory,
  versionNumber,
  withAll,
} from './policy-rescue.ts';
import { addVersion, type CreateWork, createPolicy, readChain, versionToDelete } from './policy-writing.ts';
import type { StepContext, StepInput } from './types.ts';

type UpdateWork = Extract<PolicyWork, { kind: 'update' }>;

/** How often in a row the policies are read, merged and written when others write to them at the same time. */
const ROUNDS = 12;
/** Longest random pause before such another row, so that two runs fall out of step, in milliseconds. */
const JITTER_MS = 400;

/** What this run has done to the policies so far, and what it knows of them. */
export interface Settling {
  /** The policies as this run wrote them, by ARN. */
  written: Map<string, FoundPolicy & { action: 'created' | 'updated' }>;
  /** Policies that this run may have written though no answer said so, by ARN. */
  doubtful: Map<string, 'created' | 'updated'>;
  /** What is known of their versions, by ARN. */
  history: Map<string, VersionHistory>;
  /** The last change that may or may not have been made. */
  doubt?: { failure: Failure; at: number; times: number };
  /** Why it is not settled yet. */
  obstacle: 'hidden' | 'contended';
}

/** @param plan what was planned to be done, which says what is to make room */
export function newSettling(plan: PolicyWork[]): Settling {
  const planned = plan.flatMap((work) => (work.kind === 'update' ? [work.policy] : []));
  const history = planned.map((policy): [string, VersionHistory] => [
    policy.arn,
    { since: newestNumber(policy), carried: [], planned: versionToDelete(policy) },
  ]);
  return { written: new Map(), doubtful: new Map(), history: new Map(history), obstacle: 'contended' };
}

/**
 * Brings the policies to where they allow the secrets, from whatever they are now: read, merge, write, read back, until
 * there is nothing left to write. Policies have no compare-and-swap, and another run may be writing at the same time;
 * and IAM may for a while not show a policy whose name it calls taken already.
 * @throws Failure with a conflict when a policy is in the way
 */
export async function settlePolicies(
  context: StepContext,
  input: StepInput,
  settling: Settling,
): Promise<PolicyOutcome[]> {
  const { limits, interrupt } = context;
  const { value: outcomes } = await waitUntil(
    () => settleOnce(context, input, settling),
    (settled) => settled !== undefined,
    { limits, interrupt, onWait: (elapsed) => context.waiting(words.propagating, elapsed) },
  );
  if (outcomes) return outcomes;
  if (settling.doubt) throw settling.doubt.failure;
  if (settling.obstacle === 'hidden') throw conflict(words.nameTaken(input.request.policy.name));
  throw contended(input.request.policy.name, limits.iamPropagationMs);
}

/** Answers nothing when something else was written meanwhile, or what was written does not show yet. */
async function settleOnce(
  context: StepContext,
  input: StepInput,
  settling: Settling,
): Promise<PolicyOutcome[] | undefined> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const chain = await readChainNow(context, input, settling);
    const spread = distribute(input.secrets, chain, input.request.policy, input.identity);
    if ('blocked' in spread) throw conflict(words.otherShape(spread.blocked.name));
    const open = spread.work.find((work) => work.kind !== 'keep');
    const next = open ?? (await rescue(context, input, chain, settling));
    if (!next)
      return spread.work.flatMap((work) => (work.kind === 'keep' ? [outcomeOf(work.policy, settling)] : []));
    if (isInDoubt(context, settling)) return undefined;
    const done = await tryWriting(context, input, next, settling);
    if (!done) break;
    delete settling.doubt;
    context.record({ policies: [outcomeOf(done, settling)] });
  }
  await sleep(Math.random() * JITTER_MS);
  return undefined;
}

/** Whether the last change may still show by itself, so that it is too early to make it again. */
function isInDoubt({ limits }: StepContext, { doubt }: Settling): boolean {
  return doubt !== undefined && performance.now() - doubt.at < limits.inDoubtMs;
}

/** The work of putting back what other runs had added and this one has undone. */
async function rescue(
  context: StepContext,
  { identity }: StepInput,
  chain: FoundPolicy[],
  { written, doubtful, history }: Settling,
): Promise<UpdateWork | undefined> {
  for (const policy of chain) {
    const { arn } = policy;
    const known = history.get(arn);
    const touched = written.has(arn) || doubtful.has(arn) || known?.carried.length;
    const document = touched && known && (await missedAdditions(context, identity, policy, known));
    if (document) return { kind: 'update', policy, secrets: [], document };
  }
  return undefined;
}

/** The policies as they are now, or as this run wrote them where IAM does not show that yet. */
async function readChainNow(
  { aws }: StepContext,
  { request, identity }: StepInput,
  { written, history }: Settling,
): Promise<FoundPolicy[]> {
  const reader = policyReader(aws);
  const newest = async (arn: string) => {
    const found = await reader.read(arn);
    const own = written.get(arn);
    return own && (!found || newestNumber(found) < newestNumber(own)) ? own : found;
  };
  const chain = await readChain({ read: newest }, request.policy.name, identity);
  for (const policy of chain) {
    if (!history.has(policy.arn)) history.set(policy.arn, { since: newestNumber(policy), carried: [] });
  }
  return chain;
}

function newestNumber({ versions, versionId }: FoundPolicy): number {
  return Math.max(...[versionId, ...versions].map(versionNumber));
}

/** Writes, and answers the policy as it should be now; nothing when it has to be looked at again. */
async function tryWriting(
  context: StepContext,
  input: StepInput,
  work: CreateWork | UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  try {
    return work.kind === 'create'
      ? await create(context, input, work, settling)
      : await update(context, input, work, settling);
  } catch (error) {
    const times = (settling.doubt?.times ?? 0) + 1;
    if (!(error instanceof Failure) || !error.inDoubt || times >= HTTP.maxAttempts) throw error;
    settling.doubt = { failure: error, at: performance.now(), times };
    const [arn, action] =
      work.kind === 'create'
        ? ([policyArn(input.identity, work.name), 'created'] as const)
        : ([work.policy.arn, 'updated'] as const);
    settling.doubtful.set(arn, action);
    return undefined;
  }
}

/** Creates a policy and notes it; answers nothing when one of the name exists, because it must be read before it is extended. */
export async function create(
  context: StepContext,
  input: StepInput,
  work: CreateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const created = await createPolicy(context, input, work);
  const arn = policyArn(input.identity, work.name);
  if (created.kind === 'made') {
    settling.written.set(arn, { ...created.policy, action: 'created' });
    settling.history.set(arn, { since: 1, carried: [] });
    return created.policy;
  }
  settling.obstacle = 'hidden';
  if (created.perhapsOurs) settling.doubtful.set(arn, 'created');
  return undefined;
}

async function update(
  context: StepContext,
  { identity }: StepInput,
  { policy, document: wanted }: UpdateWork,
  { written, history }: Settling,
): Promise<FoundPolicy | undefined> {
  const { arn } = policy;
  const known = history.get(arn) ?? { since: newestNumber(policy), carried: [] };
  const doomed = await makeRoom(context, identity, policy, known);
  const document = withAll(identity, JSON.stringify(wanted), known.carried) ?? wanted;
  const versionId = await addVersion(context, policy, document, doomed);
  if (!versionId) return undefined;
  const versions = [...policy.versions.filter((version) => version !== doomed), versionId];
  const action = written.get(arn)?.action ?? 'updated';
  const now = { ...policy, versionId, versions, document: JSON.stringify(document), action };
  written.set(arn, now);
  return now;
}

/** The version that has to go before another can be made. What it allows is noted if another run may still count on it. */
async function makeRoom(
  context: StepContext,
  identity: StepInput['identity'],
  policy: FoundPolicy,
  known: VersionHistory,
): Promise<string | undefined> {
  const oldest = versionToDelete(policy);
  if (oldest === undefined || oldest === known.planned) return oldest;
  const doomed = await dispensableVersion(context, identity, policy);
  if (doomed?.document && versionNumber(doomed.version) > known.since) known.carried.push(doomed.document);
  return doomed?.version;
}

/** What became of a policy, as far as this run is concerned. */
export function outcomeOf(policy: FoundPolicy, { written, doubtful }: Settling): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? doubtful.get(arn) ?? 'kept' };
}

function conflict(message: string): Failure {
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: `--policy-name NAME: ${words.choiceName}.`,
  });
}

function contended(name: string, limitMs: number): Failure {
  return new Failure(words.contended(name, limitMs / 1000), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: words.goOnLater,
    awsAction: 'iam:CreatePolicyVersion',
  });
}
