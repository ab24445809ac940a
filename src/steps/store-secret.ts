import { parseSecretArn } from '../aws/arn.ts';
import { type FoundSecret, readSecret } from '../aws/secrets.ts';
import type { Aws } from '../aws/session.ts';
import type { KeyMaterial } from '../key/index.ts';
import { secretWords as words } from '../report/words/steps.ts';
import { allOrFirstFailure } from './all.ts';
import {
  chooseKey,
  decideExisting,
  decideNew,
  decideStored,
  type SecretDecision,
} from './secret-decisions.ts';
import { createSecret, lateConflict, putValue, restoreSecret } from './secret-writing.ts';
import type { SecretRef, SetupRequest, Step, StepContext, StepInput, StepOutput, StepPlan } from './types.ts';

/** What there is: for each Region (or each ARN given) the secret, or nothing. */
export interface FoundSecrets {
  places: { region: string; secret: FoundSecret | undefined }[];
}

export interface SecretPlan extends StepPlan {
  decisions: SecretDecision[];
}

/** Step 1 of the AWS guide: the key as a plaintext secret in every Region that uses it. */
export const storeSecret: Step<FoundSecrets, SecretPlan> = {
  name: 'store-secret',
  inspect,
  plan: planFor,
  apply,
};

async function inspect({ aws }: StepContext, { secret }: SetupRequest): Promise<FoundSecrets> {
  const reading =
    secret.kind === 'store'
      ? secret.regions.map(async (region) => ({ region, secret: await readSecret(aws, region, secret.name) }))
      : secret.arns.map((arn) => readGiven(aws, arn));
  return { places: await Promise.all(reading) };
}

/** Reads a secret by its ARN. One of another account counts as not there: AWS would only say that access is denied. */
async function readGiven(aws: Aws, arn: string): Promise<FoundSecrets['places'][number]> {
  const { region = '', account } = parseSecretArn(arn) ?? {};
  const reading = readSecret(aws, region, arn);
  reading.catch(() => undefined);
  const own = (await aws.identity()).account === account;
  return { region, secret: own ? await reading : undefined };
}

function planFor(input: StepInput, { places }: FoundSecrets): SecretPlan {
  const { request } = input;
  const { secret } = request;
  if (secret.kind === 'existing') {
    return toPlan(
      places.map(({ secret: found }, index) => decideExisting(input, secret.arns[index] ?? '', found)),
    );
  }
  const live = places.flatMap(({ secret: found }) => (found ? [found] : []));
  const choice = chooseKey(secret, live, request);
  if ('conflict' in choice) return toPlan([choice]);
  const decisions = places.map(({ region, secret: found }) =>
    found ? decideStored(input, secret, found, choice) : decideNew(input, secret, region, choice),
  );
  return { ...toPlan(decisions), key: choice.key };
}

const CHANGE = { created: 'create', updated: 'update', restored: 'restore', kept: 'keep' } as const;

function toPlan(decisions: SecretDecision[]): SecretPlan {
  const settled = decisions.filter((decision) => decision.kind !== 'conflict');
  return {
    decisions,
    changes: settled.map(({ ref, reason }) => ({
      action: CHANGE[ref.action],
      resource: 'secret',
      name: ref.name,
      region: ref.region,
      reason,
    })),
    conflicts: conflictsOf(decisions),
    warnings: [...new Set(settled.flatMap((decision) => decision.warnings))],
    expected: { secrets: settled.map((decision) => decision.ref) },
    seen: { secrets: settled.flatMap((decision) => ('found' in decision ? [decision.found] : [])) },
  };
}

/** How often it is decided anew because someone else made a secret of the name meanwhile. */
const ROUNDS = 3;

async function apply(context: StepContext, input: StepInput, plan: SecretPlan): Promise<StepOutput> {
  let current: Pick<SecretPlan, 'decisions' | 'key'> = await restoreFirst(context, input, plan);
  const done = new Map<string, SecretRef>();
  for (let round = 1; round <= ROUNDS; round += 1) {
    if (await carryOutAll(context, input.request, current, done)) {
      const secrets = current.decisions.flatMap((decision) => done.get(placeOf(decision)) ?? []);
      return { secrets, ...(current.key ? { key: current.key } : {}) };
    }
    current = await decideAgain(context, input);
  }
  throw lateConflict(words.keepsChanging);
}

/**
 * Carries out what is decided, first in one Region and then in all others at once. The first one is the same in every run
 * that goes on at the same time: of two with different keys, one gets there first, and the other stops before it has
 * written anything anywhere.
 * Answers false when a secret turned out to exist that was to be made.
 */
async function carryOutAll(
  context: StepContext,
  request: SetupRequest,
  { decisions, key }: Pick<SecretPlan, 'decisions' | 'key'>,
  done: Map<string, SecretRef>,
): Promise<boolean> {
  const carry = async (decision: SecretDecision) => {
    const ref = done.get(placeOf(decision)) ?? (await carryOut(context, request, decision, key));
    if (!ref) return false;
    done.set(placeOf(decision), ref);
    context.record({ secrets: [ref] });
    return true;
  };
  const writes = decisions.filter(({ kind }) => kind !== 'keep');
  const [first] = writes.sort((a, b) => placeOf(a).localeCompare(placeOf(b)));
  if (first && !(await carry(first))) return false;
  return (await allOrFirstFailure(decisions.map(carry))).every(Boolean);
}

/** What tells the places of a plan apart. */
function placeOf(decision: SecretDecision): string {
  if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
  return `${decision.ref.region} ${decision.ref.name}`;
}

/** Reads and decides again, now that someone else made a secret of the name. */
async function decideAgain(
  context: StepContext,
  input: StepInput,
): Promise<Pick<SecretPlan, 'decisions' | 'key'>> {
  const { decisions, key } = planFor(input, await inspect(context, input.request));
  const [conflict] = conflictsOf(decisions);
  if (conflict) throw lateConflict(words.madeMeanwhile(conflict.found));
  return { decisions, ...(key ? { key } : {}) };
}

function conflictsOf(decisions: SecretDecision[]) {
  return decisions.flatMap((decision) => (decision.kind === 'conflict' ? [decision.conflict] : []));
}

async function carryOut(
  context: StepContext,
  request: SetupRequest,
  decision: SecretDecision,
  key: KeyMaterial | undefined,
): Promise<SecretRef | undefined> {
  if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
  if (decision.kind === 'keep') return decision.ref;
  if (!key) throw new Error('there is no key to store');
  if (decision.kind === 'create') return createSecret(context, request, decision.ref, key);
  return putValue(context, decision.ref, key);
}

/**
 * Restores what is scheduled for deletion, and decides again. What a secret holds can be read only then, and it may be
 * the key that the other Regions have to get; so this is the one place where a conflict shows after a change.
 */
async function restoreFirst(
  context: StepContext,
  input: StepInput,
  plan: SecretPlan,
): Promise<Pick<SecretPlan, 'decisions' | 'key'>> {
  if (!plan.decisions.some(({ kind }) => kind === 'restore')) return plan;
  const places = await allOrFirstFailure(
    plan.decisions.map(async (decision) => {
      if (decision.kind === 'conflict') throw new Error('a conflict cannot be carried out');
      const { region } = decision.ref;
      if (decision.kind === 'restore') return { region, secret: await restoreSecret(context, decision.ref) };
      return { region, secret: 'found' in decision ? decision.found : undefined };
    }),
  );
  const { decisions, key } = planFor(input, { places });
  const [conflict] = conflictsOf(decisions);
  if (conflict) throw lateConflict(words.restoredInVain(conflict.found));
  return {
    ...(key ? { key } : {}),
    decisions: decisions.map((decision, index) =>
      plan.decisions[index]?.kind === 'restore' ? asRestored(decision) : decision,
    ),
  };
}

function asRestored(decision: SecretDecision): SecretDecision {
  return decision.kind === 'conflict'
    ? decision
    : { ...decision, ref: { ...decision.ref, action: 'restored' } };
}
