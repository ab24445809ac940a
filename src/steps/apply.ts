import { allSettledOrThrow, atMostInEach } from '../aws/requests/concurrency.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import { BATCH_RUN } from '../defaults.ts';
import { isLoss } from '../failure.ts';
import { groupedBy } from '../grouping.ts';
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
 * Carries out what was planned, step after step: the secrets, of some keys at once, then the policies, then the roles.
 * A failure for one key, policy or role stops the keys that need it, and no others.
 * @param onKey called with each key whose secrets are done
 * @throws Interrupted, and failures that have to do with the caller and with no key in particular
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

/** Prints that a step begins, and its end if it changed anything. A step that changes nothing is not printed. */
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
  // It is awaited once the role is there; an interruption until then must not end the process.
  seen.catch(() => undefined);
  return { secrets, ...(key ? { key } : {}), seen };
}

/** What the secrets hold now. One that was kept was read a moment ago. */
async function look(back: ReadBack, secrets: SecretRef[], found: SecretState[]): Promise<SecretState[]> {
  const seen = secrets.map((secret) => {
    const kept = secret.action === 'kept' ? found.find(({ arn }) => arn === secret.arn) : undefined;
    return kept ?? back.read(secret);
  });
  return (await Promise.all(seen)).filter((secret) => secret !== undefined);
}

/** Carries out a step for its policies or roles, each for those keys of which the steps before were done. */
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
 * Plans a step again with the ARNs that the steps before have really produced. A secret may turn out to be another one than was
 * planned with: created by someone else meanwhile, or restored, and only then to be read. What stands in the way of it now fails
 * its key, and the others are planned without it. Returns nothing when no key is left.
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

/** A conflict about one secret fails its key only; any other one fails all of them. */
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

/** Reads back what was written, some at a time: together they take fewer requests than each by itself. */
interface ReadBack {
  /** Returns what the secret holds now. It may be read only once `rest` is called. */
  read(secret: SecretRef): Promise<SecretState | undefined>;
  /** Reads whatever has not been read yet. */
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
