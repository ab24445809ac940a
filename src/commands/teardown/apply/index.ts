import { atMost, atMostInEach } from '../../../aws/requests/concurrency.ts';
import { BATCH_RUN } from '../../../defaults.ts';
import type { Failure } from '../../../failure.ts';
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

/** What became of the resources. */
export interface TornDownResources extends Outcomes {
  /** By ARN, when a secret is gone for ever. */
  deletionDates: ReadonlyMap<string, Date>;
}

/** What became of everything. */
export interface TornDown extends TornDownResources {
  /** One for each target: why it is not taken down, if it is not. */
  failures: (Failure | undefined)[];
}

/** Callbacks for the progress. */
export interface Watcher {
  /** The secrets of a target are done with. */
  onTarget(): void;
  /** All secrets are done with. */
  onSecrets(): void;
}

/** The result of a dry run, or of a run that changes nothing. */
export function asPlanned({ expected, targets }: TeardownPlan): TornDown {
  return { ...expected, deletionDates: new Map(), failures: targets.map(whatStops) };
}

/**
 * Carries the plan out: the secrets first, then their places in the policies, then what nothing else uses. What fails for
 * one target leaves the others alone, and its entries in the policies.
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
  // Planned again without those that failed.
  const reached = found.secrets.map((each, at) => failed(failures[at]) ?? each);
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

/** Returns whether something was deleted, or scheduled for deletion, by its ARN. */
export function deletedIn({ secrets, policies, roles }: Outcomes): (arn: string) => boolean {
  const deleted = [...secrets, ...policies, ...roles].filter(
    ({ action }) => action === 'scheduled' || action === 'deleted',
  );
  const arns = new Set(deleted.map(({ arn }) => arn));
  return (arn) => arns.has(arn);
}

/** Returns the outcomes of two runs over the same targets: of each resource, the change that came last. */
export function mergeOutcomes(first: TornDownResources, second: TornDownResources): TornDownResources {
  return {
    secrets: mergeByArn(first.secrets, second.secrets),
    policies: mergeByArn(first.policies, second.policies),
    roles: mergeByArn(first.roles, second.roles),
    deletionDates: new Map([...first.deletionDates, ...second.deletionDates]),
  };
}

/** Returns both lists as one; of a resource in both, the second outcome, unless that one is only `kept`. */
function mergeByArn<T extends { arn: string; action: string }>(first: T[], second: T[]): T[] {
  const merged = new Map(first.map((each) => [each.arn, each]));
  for (const each of second) if (each.action !== 'kept' || !merged.has(each.arn)) merged.set(each.arn, each);
  return [...merged.values()];
}

function failed(failure: Failure | undefined): { failure: Failure } | undefined {
  return failure && { failure };
}

/**
 * Schedules the secrets of one target for deletion, one after the other, and notes the date of each. Returns why it could
 * not go through, if so.
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

/** Takes the secrets out of the policies of all chains; what fails for one is noted for the targets that are in it. */
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
  // The last one first: what an interruption leaves is then found by its numbers.
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

/** Deletes the roles that have nothing left; those that only failed targets name are left alone. */
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
