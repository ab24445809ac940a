import { allSettledOrThrow, atMostInEach } from '../aws/requests/concurrency.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import { isLoss } from '../failure.ts';
import { groupedBy } from '../grouping.ts';
import { BATCH_RUN } from '../limits.ts';
import type { Conflict, PolicyOutcome, StepName } from '../plan-types.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { keyConflict } from './conflict.ts';
import { attempt } from './observe.ts';
import { type GroupPlan, isOpen, type KeyPlan, policiesFor, type SetupPlan } from './plan.ts';
import { readPolicy } from './read-policy/index.ts';
import { failed, foundIn, type KeyResult, roleResult, type SetupResult, whatStops } from './results.ts';
import { storeSecret } from './store-secret/index.ts';
import { beginsIn } from './store-secret/reconcile.ts';
import { trustRole } from './trust-role/index.ts';
import {
  type SecretRef,
  type Step,
  type StepContext,
  type StepInput,
  type StepPlan,
  warnOfNew,
} from './types.ts';

/**
 * Applies the plan, step by step: the secrets, for several keys at once, then the policies, then the roles. A failure for a key,
 * policy or role stops only the keys that need it.
 * @param onKey called with each key whose secrets are done
 * @throws Interrupted, and failures that concern the caller rather than a key
 */
export async function applyAll(
  context: StepContext,
  plan: SetupPlan,
  onKey: () => void = () => undefined,
): Promise<SetupResult> {
  const secretPlans = plan.keys.flatMap((key) => (isOpen(key) && key.secrets ? [key.secrets] : []));
  const keys = await inStage(context, storeSecret.name, secretPlans, () => storeAll(context, plan, onKey));
  const policies = await inStage(context, readPolicy.name, plan.policies, () =>
    applyGroups(context, readPolicy, plan.policies, keys, () => []),
  );
  const roles = await inStage(context, trustRole.name, plan.roles, () =>
    applyGroups(context, trustRole, plan.roles, keys, (members) =>
      policiesFor(members, policies, ({ output }) => output.policies ?? []),
    ),
  );
  return {
    keys,
    policies: policies.flatMap(({ output }) => output.policies ?? []),
    roles: roles.flatMap((group) => roleResult(group, group.input, group.output.role)),
  };
}

/** Prints the start of a step, and its end if it changed anything. A step without changes is not printed. */
async function inStage<T>(
  context: StepContext,
  step: StepName,
  planned: { plan: Pick<StepPlan, 'changes'> }[],
  work: () => Promise<T[]>,
): Promise<T[]> {
  const changes = planned.some(({ plan }) => plan.changes.some(({ action }) => action !== 'keep'));
  if (changes) context.begin(step);
  const done = await work();
  if (changes && done.some(isDone)) context.end(step);
  return done;
}

function isDone(result: unknown): boolean {
  return !(typeof result === 'object' && result !== null && 'failure' in result);
}

async function storeAll(context: StepContext, { keys }: SetupPlan, onKey: () => void): Promise<KeyResult[]> {
  const back = readBack(context);
  const regionOf = ({ secrets }: KeyPlan) => beginsIn(secrets?.plan.expected.secrets);
  const results = await atMostInEach(BATCH_RUN.keysAtOnce, keys, regionOf, async (key) => {
    const stopped = whatStops(key);
    if (stopped || !key.secrets) return failed(stopped);
    const result = await storeKey(context, key.input, key.secrets, back);
    onKey();
    return result;
  });
  back.rest();
  return results;
}

async function storeKey(
  context: StepContext,
  input: KeyPlan['input'],
  { plan }: NonNullable<KeyPlan['secrets']>,
  back: ReadBack,
): Promise<KeyResult> {
  const stored = await attempt(storeSecret.name, () => storeSecret.apply(context, input, plan));
  if ('failure' in stored) return failed(stored.failure);
  const { secrets = [], key } = stored.value;
  const seen = attempt(storeSecret.name, () => look(back, secrets, foundIn(plan)));
  // It is awaited after the role step. An interruption before that must not end the process.
  seen.catch(() => undefined);
  return { secrets, key, seen };
}

/** Returns the current state of the secrets. A kept one has just been read. */
async function look(back: ReadBack, secrets: SecretRef[], found: SecretState[]): Promise<SecretState[]> {
  const seen = secrets.map((secret) => {
    const kept = secret.action === 'kept' ? found.find(({ arn }) => arn === secret.arn) : undefined;
    return kept ?? back.read(secret);
  });
  return (await Promise.all(seen)).filter((secret) => secret !== undefined);
}

/** Applies a step to its policies or roles, for keys whose earlier steps succeeded. */
async function applyGroups<Request, Found, Plan extends StepPlan>(
  context: StepContext,
  step: Step<Request, Found, Plan>,
  groups: GroupPlan<Request, Found, Plan>[],
  keys: KeyResult[],
  policiesOf: (members: number[]) => PolicyOutcome[],
) {
  const done = await allSettledOrThrow(
    groups.map(async (group) => {
      const planned = planAgain(step, group, keys, policiesOf);
      if (!planned) return [];
      const { members, input, plan } = planned;
      warnOfNew(context, group.plan, plan);
      const applied = await attempt(step.name, () => step.apply(context, input, plan));
      if ('value' in applied) return [{ ...group, keys: members, input, output: applied.value }];
      // An interrupted run has no other report of it.
      if (context.interrupt.aborted && isLoss(applied.failure)) throw applied.failure;
      for (const at of members) if (keys[at]) keys[at].failure = applied.failure;
      return [];
    }),
  );
  return done.flat();
}

/**
 * Plans a step again with the actual ARNs from the earlier steps. A secret may differ from the plan: someone else created it in
 * the meantime, or it was restored and can only now be read. New conflicts fail their keys, and the others are planned without
 * those. Returns undefined if no key is left.
 */
function planAgain<Request, Found, Plan extends StepPlan>(
  step: Step<Request, Found, Plan>,
  group: GroupPlan<Request, Found, Plan>,
  keys: KeyResult[],
  policiesOf: (members: number[]) => PolicyOutcome[],
): { members: number[]; input: StepInput<Request>; plan: Plan } | undefined {
  for (;;) {
    const members = group.keys.filter((at) => keys[at] && !keys[at].failure);
    if (members.length === 0) return undefined;
    const secrets = members.flatMap((at) => keys[at]?.secrets ?? []);
    const input: StepInput<Request> = { ...group.input, secrets, policies: policiesOf(members) };
    const plan = step.plan(input, group.found);
    if (plan.conflicts.length === 0) return { members, input, plan };
    failConcerned(
      plan.conflicts,
      members.flatMap((at) => keys[at] ?? []),
    );
  }
}

/** A conflict about one secret fails only its key. Any other conflict fails all keys. */
function failConcerned(conflicts: Conflict[], keys: KeyResult[]): void {
  const byArn = groupedBy(
    keys.flatMap((key) => key.secrets.map(({ arn }) => ({ arn, key }))),
    ({ arn }) => arn,
  );
  const ofKey = new Map<KeyResult, Conflict[]>();
  for (const conflict of conflicts) {
    const late = { ...conflict, details: [...conflict.details, messages.shownLate] };
    const about = conflict.about === undefined ? undefined : byArn.get(conflict.about);
    for (const key of about?.map((each) => each.key) ?? keys) {
      ofKey.set(key, [...(ofKey.get(key) ?? []), late]);
    }
  }
  for (const [key, own] of ofKey) key.failure = keyConflict(own);
}

/** Reads back what was written, in groups, which takes fewer requests than individual reads. */
interface ReadBack {
  /** Returns the current state of a secret. The read may wait until `rest` is called. */
  read(secret: SecretRef): Promise<SecretState | undefined>;
  /** Starts all reads that are still waiting. */
  rest(): void;
}

function readBack({ secrets }: Pick<StepContext, 'secrets'>): ReadBack {
  let waiting: (() => void)[] = [];
  const rest = () => {
    for (const begin of waiting) begin();
    waiting = [];
  };
  return {
    read({ region, arn }) {
      return new Promise((answer) => {
        waiting.push(() => answer(secrets.read(region, arn, { known: true })));
        if (waiting.length >= BATCH_RUN.readBackAtOnce) rest();
      });
    },
    rest,
  };
}
