import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { policyArn } from '../aws/arn.ts';
import { type FoundPolicy, type PolicyReader, policyReader } from '../aws/policies.ts';
import { waitUntil } from '../aws/wait.ts';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import type { AccountRef } from '../policy/index.ts';
import type { PolicyOutcome } from '../report/types.ts';
import { policyWords as words } from '../report/words/steps.ts';
import { distribute, numberedName, type PolicyWork } from './policy-distribution.ts';
import { missedAdditions, versionNumber, type WrittenPolicy } from './policy-rescue.ts';
import { tagsFor } from './tags.ts';
import type { StepContext, StepInput } from './types.ts';

type CreateWork = Extract<PolicyWork, { kind: 'create' }>;
type UpdateWork = Extract<PolicyWork, { kind: 'update' }>;

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;
/** How often in a row the policies are read, merged and written when others write to them at the same time. */
const ROUNDS = 12;
/** Longest random pause before such another row, so that two runs fall out of step, in milliseconds. */
const JITTER_MS = 400;

/** Reads the policies `NAME`, `NAME-2`, … up to the first number that is free. */
export async function readChain(
  reader: PolicyReader,
  name: string,
  account: AccountRef,
): Promise<FoundPolicy[]> {
  const read = (number: number) => reader.read(policyArn(account, numberedName(name, number)));
  // The second one is asked for together with the first: it saves a round trip to whoever has one or both.
  const chain = await Promise.all([read(1), read(2)]);
  while (chain.at(-1)) chain.push(await read(chain.length + 1));
  return chain.slice(0, chain.indexOf(undefined)).filter((found) => found !== undefined);
}

/** The version that has to go before another can be made; `undefined` while there is room. */
export function versionToDelete({ versions, versionId }: FoundPolicy): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/** Creates a policy. Answers nothing when one of that name turns out to exist. */
export async function createPolicy(
  { aws }: StepContext,
  { request, identity }: StepInput,
  { name, document }: CreateWork,
): Promise<PolicyOutcome | undefined> {
  const arn = policyArn(identity, name);
  const command = new CreatePolicyCommand({
    PolicyName: name,
    Description: DEFAULTS.policyDescription,
    PolicyDocument: JSON.stringify(document),
    Tags: tagsFor('read-policy', request),
  });
  try {
    await aws.call({ action: 'iam:CreatePolicy', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return { name, arn, versionId: 'v1', action: 'created' };
  } catch (error) {
    if (hasCode(error, 'EntityAlreadyExistsException')) return undefined;
    throw error;
  }
}

type Written = Map<string, WrittenPolicy>;

/**
 * Brings the policies to where they allow the secrets, from whatever they are now: read, merge, write, read back, until
 * there is nothing left to write. Policies have no compare-and-swap, and another run may be writing at the same time;
 * and IAM may for a while not show a policy whose name it calls taken already.
 * @throws Failure with a conflict when a policy is in the way
 */
export async function settlePolicies(context: StepContext, input: StepInput): Promise<PolicyOutcome[]> {
  const { limits, interrupt } = context;
  const written: Written = new Map();
  const { value: outcomes } = await waitUntil(
    () => settleOnce(context, input, written),
    (settled) => settled !== undefined,
    { limits, interrupt, onWait: (elapsed) => context.waiting(words.propagating, elapsed) },
  );
  if (!outcomes) throw conflict(words.nameTaken(input.request.policy.name));
  return outcomes;
}

/** Answers nothing when something else was written meanwhile, or what was written does not show yet. */
async function settleOnce(
  context: StepContext,
  input: StepInput,
  written: Written,
): Promise<PolicyOutcome[] | undefined> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const chain = await readChainNow(context, input, [...written.values()]);
    const spread = distribute(input.secrets, chain, input.request.policy, input.identity);
    if ('blocked' in spread) throw conflict(words.otherShape(spread.blocked.name));
    const next =
      spread.work.find((work) => work.kind !== 'keep') ?? (await rescue(context, input, chain, written));
    if (!next)
      return spread.work.flatMap((work) => (work.kind === 'keep' ? [outcomeOf(work.policy, written)] : []));
    const done = await write(context, input, next);
    if (!done) break;
    written.set(done.arn, done);
    context.record({ policies: [outcomeOf(done, written)] });
  }
  await sleep(Math.random() * JITTER_MS);
  return undefined;
}

/** The work of putting back what another run had added while this one was writing. */
async function rescue(
  context: StepContext,
  input: StepInput,
  chain: FoundPolicy[],
  written: Written,
): Promise<UpdateWork | undefined> {
  for (const policy of chain) {
    const document = await missedAdditions(context, input, policy, written.get(policy.arn));
    if (document) return { kind: 'update', policy, secrets: [], document };
  }
  return undefined;
}

/** The policies as they are now, or as this run wrote them where IAM does not show that yet. */
async function readChainNow(
  { aws }: StepContext,
  { request, identity }: StepInput,
  written: FoundPolicy[],
): Promise<FoundPolicy[]> {
  const reader = policyReader(aws);
  const newest = async (arn: string) => {
    const found = await reader.read(arn);
    const own = written.find((policy) => policy.arn === arn);
    return own && (!found || versionNumber(found.versionId) < versionNumber(own.versionId)) ? own : found;
  };
  return readChain({ ...reader, read: newest }, request.policy.name, identity);
}

async function write(
  context: StepContext,
  input: StepInput,
  work: CreateWork | UpdateWork,
): Promise<WrittenPolicy | undefined> {
  const versionId =
    work.kind === 'create'
      ? (await createPolicy(context, input, work))?.versionId
      : await addVersion(context, work.policy, work.document);
  if (!versionId) return undefined;
  const document = JSON.stringify(work.document);
  if (work.kind === 'create') {
    const arn = policyArn(input.identity, work.name);
    return { arn, name: work.name, versionId, versions: [versionId], document, action: 'created' };
  }
  const { policy } = work;
  const basedOn = policy.versions.at(-1) ?? policy.versionId;
  const versions = [...policy.versions, versionId];
  return { ...policy, versionId, versions, document, action: 'updated', basedOn };
}

/** Makes a new default version. Answers nothing when the versions changed meanwhile and have to be read again. */
async function addVersion(
  { aws }: StepContext,
  policy: FoundPolicy,
  document: unknown,
): Promise<string | undefined> {
  const { arn } = policy;
  const oldest = versionToDelete(policy);
  try {
    if (oldest) {
      await aws.call({ action: 'iam:DeletePolicyVersion', resource: arn, change: true }, (options) =>
        aws.clients
          .iam()
          .send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: oldest }), options),
      );
    }
    const command = new CreatePolicyVersionCommand({
      PolicyArn: arn,
      PolicyDocument: JSON.stringify(document),
      SetAsDefault: true,
    });
    const answer = await aws.call(
      { action: 'iam:CreatePolicyVersion', resource: arn, change: true },
      (options) => aws.clients.iam().send(command, options),
    );
    return answer.PolicyVersion?.VersionId;
  } catch (error) {
    if (hasCode(error, 'LimitExceededException', 'NoSuchEntityException', 'DeleteConflictException'))
      return undefined;
    throw error;
  }
}

function outcomeOf(
  policy: FoundPolicy,
  written: Map<string, { action: 'created' | 'updated' }>,
): PolicyOutcome {
  const { name, arn, versionId } = policy;
  return { name, arn, versionId, action: written.get(arn)?.action ?? 'kept' };
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Failure && codes.includes(error.awsCode ?? '');
}

function conflict(message: string): Failure {
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: `--policy-name NAME: ${words.choiceName}.`,
  });
}
