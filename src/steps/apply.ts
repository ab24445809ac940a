import { allSettledOrThrow, atMostPerRegion } from '../aws/requests/concurrency.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import { isStatementsLost } from '../failure.ts';
import { BATCH_RUN } from '../limits.ts';
import type { Conflict, PolicyOutcome, StepName } from '../plan-types.ts';
import { groupedBy } from '../text.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { keyConflictFailure } from './conflict.ts';
import { attemptInStep } from './observe.ts';
import { canProceed, type GroupPlan, type KeyPlan, policiesFor, type SetupPlan } from './plan.ts';
import { readPolicy } from './read-policy/index.ts';
import {
  blockerOf,
  existingSecretsIn,
  failedResult,
  type KeyResult,
  roleResult,
  type SetupResult,
} from './results.ts';
import { storeSecret } from './store-secret/index.ts';
import { firstWriteRegion } from './store-secret/reconcile.ts';
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
  const secretPlans = plan.keys.flatMap((key) => (canProceed(key) && key.secrets ? [key.secrets] : []));
  const keys = await inStage(context, storeSecret.name, secretPlans, () => storeAll(context, plan, onKey));
  const policies = await inStage(context, readPolicy.name, plan.policies, () =>
    applyGroups(context, readPolicy, plan.policies, keys, () => []),
  );
  const roles = await inStage(context, trustRole.name, plan.roles, () =>
    applyGroups(context, trustRole, plan.roles, keys, (keyIndexes) =>
      policiesFor(keyIndexes, policies, ({ output }) => output.policies ?? []),
    ),
  );
  return {
    keys,
    policies: policies.flatMap(({ output }) => output.policies ?? []),
    roles: roles.flatMap((group) => roleResult(group, group.input, group.output.role)),
  };
}

/** Does the work of a step. If the plan has changes, reports its start, and its end unless all of it failed. */
async function inStage<T extends object>(
  context: StepContext,
  step: StepName,
  planned: { plan: Pick<StepPlan, 'changes'> }[],
  work: () => Promise<T[]>,
): Promise<T[]> {
  const hasChanges = planned.some(({ plan }) => plan.changes.some(({ action }) => action !== 'keep'));
  if (hasChanges) context.begin(step);
  const results = await work();
  const hasSucceeded = (result: T) => !('failure' in result) || result.failure === undefined;
  if (hasChanges && results.some(hasSucceeded)) context.end(step);
  return results;
}

async function storeAll(context: StepContext, { keys }: SetupPlan, onKey: () => void): Promise<KeyResult[]> {
  const readBack = newReadBack(context);
  const regionOf = ({ secrets }: KeyPlan) => firstWriteRegion(secrets?.plan.expected.secrets);
  const results = await atMostPerRegion(BATCH_RUN.keysAtOnce, keys, regionOf, async (key) => {
    const blocker = blockerOf(key);
    if (blocker || !key.secrets) return failedResult(blocker);
    const result = await storeKey(context, key.input, key.secrets, readBack);
    onKey();
    return result;
  });
  readBack.startRemaining();
  return results;
}

async function storeKey(
  context: StepContext,
  input: KeyPlan['input'],
  { plan }: NonNullable<KeyPlan['secrets']>,
  readBack: ReadBack,
): Promise<KeyResult> {
  const stored = await attemptInStep(storeSecret.name, () => storeSecret.apply(context, input, plan));
  if ('failure' in stored) return failedResult(stored.failure);
  const { secrets = [], key } = stored.value;
  const secretStates = attemptInStep(storeSecret.name, () =>
    readBackSecrets(readBack, secrets, existingSecretsIn(plan)),
  );
  // The caller awaits this promise only after the role step. An earlier rejection must not end the process.
  secretStates.catch(() => undefined);
  return { secrets, key, secretStates };
}

/** Returns the current state of the secrets. The plan already has the state of those that the run didn't change. */
async function readBackSecrets(
  readBack: ReadBack,
  secrets: SecretRef[],
  plannedStates: SecretState[],
): Promise<SecretState[]> {
  const states = secrets.map((secret) => {
    const unchanged =
      secret.action === 'kept' ? plannedStates.find(({ arn }) => arn === secret.arn) : undefined;
    return unchanged ?? readBack.read(secret);
  });
  return (await Promise.all(states)).filter((state) => state !== undefined);
}

/** Applies a step to its policies or roles, for keys whose earlier steps succeeded. A failure is recorded with the keys. */
async function applyGroups<Request, Found, Plan extends StepPlan>(
  context: StepContext,
  step: Step<Request, Found, Plan>,
  groups: GroupPlan<Request, Found, Plan>[],
  keys: KeyResult[],
  policiesOf: (keyIndexes: number[]) => PolicyOutcome[],
) {
  const results = await allSettledOrThrow(
    groups.map(async (group) => {
      const replanned = replan(step, group, keys, policiesOf);
      if (!replanned) return [];
      const { keyIndexes, input, plan } = replanned;
      warnOfNew(context, group.plan, plan);
      const applied = await attemptInStep(step.name, () => step.apply(context, input, plan));
      if ('value' in applied) return [{ ...group, keyIndexes, input, output: applied.value }];
      // Otherwise, an interrupted run would not report the lost statements.
      if (context.interrupt.aborted && isStatementsLost(applied.failure)) throw applied.failure;
      for (const index of keyIndexes) if (keys[index]) keys[index].failure = applied.failure;
      return [];
    }),
  );
  return results.flat();
}

/**
 * Plans a step again with the actual ARNs from the earlier steps. A secret may differ from the plan: someone else created it in
 * the meantime, or it was restored and can only now be read. New conflicts fail their keys, and the step is planned again for the
 * other keys. Returns undefined if no key is left.
 */
function replan<Request, Found, Plan extends StepPlan>(
  step: Step<Request, Found, Plan>,
  group: GroupPlan<Request, Found, Plan>,
  keys: KeyResult[],
  policiesOf: (keyIndexes: number[]) => PolicyOutcome[],
): { keyIndexes: number[]; input: StepInput<Request>; plan: Plan } | undefined {
  for (;;) {
    const keyIndexes = group.keyIndexes.filter((index) => keys[index] && !keys[index].failure);
    if (keyIndexes.length === 0) return undefined;
    const secrets = keyIndexes.flatMap((index) => keys[index]?.secrets ?? []);
    const input: StepInput<Request> = { ...group.input, secrets, policies: policiesOf(keyIndexes) };
    const plan = step.plan(input, group.found);
    if (plan.conflicts.length === 0) return { keyIndexes, input, plan };
    const affectedKeys = keyIndexes.flatMap((index) => keys[index] ?? []);
    failKeys(plan.conflicts, affectedKeys);
  }
}

/** A conflict about one secret fails only its key. Any other conflict fails all keys. */
function failKeys(conflicts: Conflict[], keys: KeyResult[]): void {
  const byArn = groupedBy(
    keys.flatMap((key) => key.secrets.map(({ arn }) => ({ arn, key }))),
    ({ arn }) => arn,
  );
  const conflictsByKey = new Map<KeyResult, Conflict[]>();
  for (const conflict of conflicts) {
    const lateConflict = { ...conflict, details: [...conflict.details, messages.shownLate] };
    const keysOfSecret = conflict.secretArn === undefined ? undefined : byArn.get(conflict.secretArn);
    for (const key of keysOfSecret?.map((each) => each.key) ?? keys) {
      conflictsByKey.set(key, [...(conflictsByKey.get(key) ?? []), lateConflict]);
    }
  }
  for (const [key, keyConflicts] of conflictsByKey) key.failure = keyConflictFailure(keyConflicts);
}

/** Reads back what was written, in groups, which takes fewer requests than individual reads. */
interface ReadBack {
  /** Returns the current state of a secret. The read may wait until `startRemaining` is called. */
  read(secret: SecretRef): Promise<SecretState | undefined>;
  /** Starts all reads that are still waiting. */
  startRemaining(): void;
}

function newReadBack({ secrets }: Pick<StepContext, 'secrets'>): ReadBack {
  let pendingReads: (() => void)[] = [];
  const startRemaining = () => {
    for (const start of pendingReads) start();
    pendingReads = [];
  };
  return {
    read({ region, arn }) {
      return new Promise((resolve) => {
        pendingReads.push(() => resolve(secrets.read(region, arn, { exists: true })));
        if (pendingReads.length >= BATCH_RUN.readBackAtOnce) startRemaining();
      });
    },
    startRemaining,
  };
}
