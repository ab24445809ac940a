import { atMost, atMostInEach } from '../../../aws/requests/concurrency.ts';
import type { Failure } from '../../../failure.ts';
import { BATCH_RUN } from '../../../limits.ts';
import type { Outcomes, PolicyOutcome, RoleOutcome } from '../../../plan-types.ts';
import { tried } from '../../../steps/observe.ts';
import { whatStops } from '../../../steps/results.ts';
import type { StepContext } from '../../../steps/types.ts';
import { isGone, ownersIn } from '../plan/entries.ts';
import { planTeardown } from '../plan/index.ts';
import type {
  ChainPlan,
  Findings,
  RolePlan,
  Scope,
  TargetPlan,
  TeardownPlan,
  TeardownRequest,
  UsedPolicy,
} from '../types.ts';
import { narrowPolicies } from './narrow-policy.ts';
import { removePolicy } from './remove-policy.ts';
import { removeRole, scheduleDeletion } from './remove-role.ts';

/** The outcomes of the resources. */
export interface TornDownResources extends Outcomes {
  /** By ARN, when each secret is permanently deleted. */
  deletionDates: ReadonlyMap<string, Date>;
}

/** The outcomes of the whole run. */
export interface TornDown extends TornDownResources {
  /** One item for each target: why it is not torn down, if it is not. */
  failures: (Failure | undefined)[];
}

/** Callbacks for progress. */
export interface Watcher {
  /** Called when the secrets of a target are done. */
  onTarget(): void;
  /** Called when all secrets are done. */
  onSecrets(): void;
}

/** Returns the result of a dry run, or of a run that changes nothing. */
export function asPlanned({ expected, targets }: TeardownPlan): TornDown {
  return { ...expected, deletionDates: new Map(), failures: targets.map(whatStops) };
}

/**
 * Applies the plan: first the secrets, then their entries in policies, then what nothing else uses. A failure for one target
 * doesn't affect the others; the entries of the failed target stay in the policies.
 */
export async function tearDown(
  context: StepContext,
  request: TeardownRequest,
  { found, plan }: { found: Findings; plan: TeardownPlan },
  { onTarget, onSecrets }: Watcher,
): Promise<TornDown> {
  const deletionDates = new Map<string, Date>();
  const regionOf = ({ secrets }: TargetPlan) =>
    secrets.find(({ decision }) => decision === 'schedule')?.secret.region ?? '';
  const failures = await atMostInEach(BATCH_RUN.keysAtOnce, plan.targets, regionOf, async (target) => {
    const failure = await scheduleAll(context, request, target, deletionDates);
    onTarget();
    return failure;
  });
  onSecrets();
  // Plans again without the failed targets.
  const reached = found.secrets.map((each, index) => failed(failures[index]) ?? each);
  const left = planTeardown(request, { ...found, secrets: reached }, plan.scope.mayDelete);
  const policies = await takeOutAll(context, left, failures);
  const roles = await finishRoles(context, left, policies, failures);
  return {
    secrets: left.expected.secrets,
    policies,
    roles,
    deletionDates,
    failures,
  };
}

/** Returns a function that tells by ARN whether something was deleted, or scheduled for deletion. */
export function deletedIn({ secrets, policies, roles }: Outcomes): (arn: string) => boolean {
  const deleted = [...secrets, ...policies, ...roles].filter(
    ({ action }) => action === 'scheduled' || action === 'deleted',
  );
  const arns = new Set(deleted.map(({ arn }) => arn));
  return (arn) => arns.has(arn);
}

/** Merges the outcomes of two runs over the same targets. For each resource, the last change counts. */
export function mergeOutcomes(first: TornDownResources, second: TornDownResources): TornDownResources {
  return {
    secrets: mergeByArn(first.secrets, second.secrets),
    policies: mergeByArn(first.policies, second.policies),
    roles: mergeByArn(first.roles, second.roles),
    deletionDates: new Map([...first.deletionDates, ...second.deletionDates]),
  };
}

/** Merges two lists. For a resource in both, the second outcome counts, unless it is only `kept`. */
function mergeByArn<T extends { arn: string; action: string }>(first: T[], second: T[]): T[] {
  const merged = new Map(first.map((each) => [each.arn, each]));
  for (const each of second) if (each.action !== 'kept' || !merged.has(each.arn)) merged.set(each.arn, each);
  return [...merged.values()];
}

function failed(failure: Failure | undefined): { failure: Failure } | undefined {
  return failure && { failure };
}

/**
 * Schedules the secrets of one target for deletion, one after the other, and records the date of each. Returns the failure, if
 * any.
 */
async function scheduleAll(
  context: StepContext,
  { recoveryDays }: TeardownRequest,
  target: TargetPlan,
  deletionDates: Map<string, Date>,
): Promise<Failure | undefined> {
  const stopped = whatStops(target);
  if (stopped) return stopped;
  const done = await tried(async () => {
    for (const { secret, decision } of target.secrets) {
      if (decision !== 'schedule') continue;
      const { region, name, arn, versionId = null } = secret;
      const date = await scheduleDeletion(context, secret, recoveryDays);
      if (date) deletionDates.set(arn, date);
      context.record({ secrets: [{ region, name, arn, versionId, action: 'scheduled' }] });
    }
  });
  return 'failure' in done ? done.failure : undefined;
}

/** Removes the secrets from the policies of all chains. A failure is recorded for the targets with entries in the chain. */
async function takeOutAll(
  context: StepContext,
  { chains, scope }: TeardownPlan,
  failures: TornDown['failures'],
): Promise<PolicyOutcome[]> {
  const outcomes = await atMost(BATCH_RUN.keysAtOnce, chains, async (chain) => {
    const done = await tried(() => takeOut(context, chain, scope));
    if ('value' in done) return done.value;
    const policies = chain.decisions.map(({ policy }) => policy);
    for (const at of ownersIn(policies, scope)) failures[at] ??= done.failure;
    return [];
  });
  return outcomes.flat();
}

async function takeOut(
  context: StepContext,
  { name, decisions }: ChainPlan,
  scope: Scope,
): Promise<PolicyOutcome[]> {
  const arns = decisions.flatMap((decision) => (decision.kind === 'narrow' ? [decision.policy.arn] : []));
  const narrow = (some: string[], known: UsedPolicy[]) =>
    narrowPolicies(context, { name, arns: some, isGone: isGone(scope) }, known);
  const chain = decisions.map(({ policy }) => policy);
  const outcomes = await narrow(arns, chain);
  context.record({ policies: outcomes });
  // In reverse order, so that after an interruption, the remaining policies can be found by their numbers.
  for (const { kind, policy } of [...decisions].reverse()) {
    if (kind !== 'delete') continue;
    const became = await removePolicy(context, policy, scope);
    const settled =
      became !== 'deleted' && became.kind === 'narrow'
        ? await narrow([policy.arn], [became.policy])
        : [outcome(policy, became === 'deleted' ? 'deleted' : 'kept')];
    context.record({ policies: settled });
    outcomes.push(...settled);
  }
  const kept = decisions.filter(({ kind }) => kind === 'keep').map(({ policy }) => outcome(policy, 'kept'));
  return [...outcomes, ...kept];
}

function outcome({ name, arn, versionId }: UsedPolicy, action: PolicyOutcome['action']): PolicyOutcome {
  return { name, arn, versionId: action === 'deleted' ? null : versionId, action };
}

/** Deletes the roles that have nothing left. Roles that only failed targets name are left alone. */
async function finishRoles(
  context: StepContext,
  { roles, chains }: TeardownPlan,
  policies: PolicyOutcome[],
  failures: TornDown['failures'],
): Promise<RoleOutcome[]> {
  const deleted = new Set(policies.flatMap(({ arn, action }) => (action === 'deleted' ? [arn] : [])));
  const decisions = chains.flatMap((chain) => chain.decisions);
  const detached = new Set(
    decisions.flatMap((decision) =>
      decision.kind === 'delete' && deleted.has(decision.policy.arn)
        ? decision.detach.map(({ arn }) => arn)
        : [],
    ),
  );
  const outcomes = await atMost(BATCH_RUN.keysAtOnce, roles, async (plan) => {
    if (plan.targets.every((at) => failures[at])) return [];
    const done = await tried(() => finishRole(context, plan, detached.has(plan.role.arn)));
    if ('value' in done) return [done.value];
    for (const at of plan.targets) failures[at] ??= done.failure;
    return [];
  });
  return outcomes.flat();
}

async function finishRole(
  context: StepContext,
  { decision, role: { name, arn } }: RolePlan,
  detached: boolean,
): Promise<RoleOutcome> {
  const gone = decision === 'delete' && (await removeRole(context, name));
  const done: RoleOutcome = { name, arn, action: gone ? 'deleted' : detached ? 'updated' : 'kept' };
  if (done.action !== 'kept') context.record({ role: done });
  return done;
}
