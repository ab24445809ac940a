import { atMost, atMostPerRegion } from '../../../aws/requests/concurrency.ts';
import type { Failure } from '../../../failure.ts';
import { BATCH_RUN } from '../../../limits.ts';
import type { Outcomes, PolicyOutcome, RoleOutcome } from '../../../plan-types.ts';
import { toAttempt } from '../../../steps/observe.ts';
import { blockerOf } from '../../../steps/results.ts';
import type { StepContext } from '../../../steps/types.ts';
import { removalFilter, targetsIn } from '../plan/decisions.ts';
import { planTeardown } from '../plan/index.ts';
import type {
  ChainPlan,
  Findings,
  Ownership,
  RolePlan,
  TargetPlan,
  TeardownPlan,
  TeardownRequest,
  UsedPolicy,
} from '../types.ts';
import { narrowPolicies } from './narrow-policy.ts';
import { removePolicy } from './remove-policy.ts';
import { removeRole, scheduleDeletion } from './remove-role-and-secret.ts';

/** The outcomes of the resources. */
export interface TeardownOutcomes extends Outcomes {
  /** By ARN, when each secret is permanently deleted. */
  deletionDates: ReadonlyMap<string, Date>;
}

/** The outcomes of the whole run. */
export interface TeardownResult extends TeardownOutcomes {
  /** One item for each target: why it is not torn down, if it is not. */
  failures: (Failure | undefined)[];
}

/** Callbacks for progress. */
interface TeardownProgress {
  /** Called when the secrets of a target are done, unless a conflict or failure blocks the target. */
  onTarget?: () => void;
  /** Called when all secrets are done. */
  onSecrets?: () => void;
}

/** Returns the expected result of the plan, for a dry run or a run that changes nothing. */
export function asPlanned({ expected, targets }: TeardownPlan): TeardownResult {
  return { ...expected, deletionDates: new Map(), failures: targets.map(blockerOf) };
}

/**
 * Applies the plan: first the secrets, then their entries in policies, then the policies and roles that nothing else uses. A
 * failure for one target doesn't affect the others; the entries of the failed target stay in the policies.
 */
export async function tearDown(
  context: StepContext,
  request: TeardownRequest,
  { found, plan }: { found: Findings; plan: TeardownPlan },
  { onTarget, onSecrets }: TeardownProgress = {},
): Promise<TeardownResult> {
  const deletionDates = new Map<string, Date>();
  const regionOf = ({ secrets }: TargetPlan) =>
    secrets.find(({ decision }) => decision === 'schedule')?.secret.region ?? '';
  const failures = await atMostPerRegion(BATCH_RUN.keysAtOnce, plan.targets, regionOf, async (target) => {
    const blocker = blockerOf(target);
    if (blocker) return blocker;
    const failure = await scheduleSecrets(context, request, target, deletionDates);
    onTarget?.();
    return failure;
  });
  onSecrets?.();
  // Plans again without the failed targets.
  const secrets = found.secrets.map((locations, index) => {
    const failure = failures[index];
    return failure ? { failure } : locations;
  });
  const { mayDelete } = plan.ownership;
  const remainingPlan = planTeardown(request, { ...found, secrets }, { mayDelete });
  const policies = await applyChains(context, remainingPlan, failures);
  const roles = await applyRoles(context, remainingPlan, policies, failures);
  return { secrets: remainingPlan.expected.secrets, policies, roles, deletionDates, failures };
}

/** Returns a function that returns true for the ARN of a resource that was deleted, or scheduled for deletion. */
export function deletedIn({ secrets, policies, roles }: Outcomes): (arn: string) => boolean {
  const deleted = [...secrets, ...policies, ...roles].filter(
    ({ action }) => action === 'scheduled' || action === 'deleted',
  );
  const arns = new Set(deleted.map(({ arn }) => arn));
  return (arn) => arns.has(arn);
}

/** Merges the outcomes of two runs over the same targets. For each resource, the last change counts. */
export function mergeOutcomes(first: TeardownOutcomes, second: TeardownOutcomes): TeardownOutcomes {
  return {
    secrets: mergeByArn(first.secrets, second.secrets),
    policies: mergeByArn(first.policies, second.policies),
    roles: mergeByArn(first.roles, second.roles),
    deletionDates: new Map([...first.deletionDates, ...second.deletionDates]),
  };
}

/** Merges two lists. For a resource in both, the second outcome counts, unless it is only `kept`. */
function mergeByArn<T extends { arn: string; action: string }>(first: T[], second: T[]): T[] {
  const merged = new Map(first.map((outcome) => [outcome.arn, outcome]));
  for (const outcome of second)
    if (outcome.action !== 'kept' || !merged.has(outcome.arn)) merged.set(outcome.arn, outcome);
  return [...merged.values()];
}

/**
 * Schedules the secrets of one target for deletion, one after the other, and adds the date of each to `deletionDates`. Returns
 * the failure, if any.
 */
async function scheduleSecrets(
  context: StepContext,
  { recoveryDays }: TeardownRequest,
  target: TargetPlan,
  deletionDates: Map<string, Date>,
): Promise<Failure | undefined> {
  const attempt = await toAttempt(async () => {
    for (const { secret, decision } of target.secrets) {
      if (decision !== 'schedule') continue;
      const { region, name, arn, versionId = null } = secret;
      const date = await scheduleDeletion(context, secret, recoveryDays);
      if (date) deletionDates.set(arn, date);
      context.record({ secrets: [{ region, name, arn, versionId, action: 'scheduled' }] });
    }
  });
  return 'failure' in attempt ? attempt.failure : undefined;
}

/** Applies the decisions of all chains. The failure of a chain is added to `failures` for each target with entries in it. */
async function applyChains(
  context: StepContext,
  { chains, ownership }: TeardownPlan,
  failures: TeardownResult['failures'],
): Promise<PolicyOutcome[]> {
  const outcomes = await atMost(BATCH_RUN.keysAtOnce, chains, async (chain) => {
    const attempt = await toAttempt(() => applyChain(context, chain, ownership));
    if ('value' in attempt) return attempt.value;
    const policies = chain.decisions.map(({ policy }) => policy);
    for (const target of targetsIn(policies, ownership)) failures[target] ??= attempt.failure;
    return [];
  });
  return outcomes.flat();
}

/** Narrows or deletes the policies of one chain, as decided. */
async function applyChain(
  context: StepContext,
  { name, decisions }: ChainPlan,
  ownership: Ownership,
): Promise<PolicyOutcome[]> {
  const narrow = (arns: string[], policies: UsedPolicy[]) =>
    narrowPolicies(context, { name, arns, isToBeRemoved: removalFilter(ownership) }, policies);
  const arnsToNarrow = decisions.flatMap(({ kind, policy }) => (kind === 'narrow' ? [policy.arn] : []));
  const chainPolicies = decisions.map(({ policy }) => policy);
  const outcomes = await narrow(arnsToNarrow, chainPolicies);
  context.record({ policies: outcomes });
  // In reverse order, so that after an interruption, the remaining policies can be found by their numbers.
  for (const { kind, policy } of [...decisions].reverse()) {
    if (kind !== 'delete') continue;
    const result = await removePolicy(context, policy, ownership);
    const policyOutcomes =
      result !== 'deleted' && result.kind === 'narrow'
        ? await narrow([policy.arn], [result.policy])
        : [outcomeOf(policy, result === 'deleted' ? 'deleted' : 'kept')];
    context.record({ policies: policyOutcomes });
    outcomes.push(...policyOutcomes);
  }
  const kept = decisions.filter(({ kind }) => kind === 'keep').map(({ policy }) => outcomeOf(policy, 'kept'));
  return [...outcomes, ...kept];
}

function outcomeOf({ name, arn, versionId }: UsedPolicy, action: PolicyOutcome['action']): PolicyOutcome {
  return { name, arn, versionId: action === 'deleted' ? null : versionId, action };
}

/** Deletes the roles that have no policies left. Roles that only failed targets name are left alone. */
async function applyRoles(
  context: StepContext,
  { roles, chains }: TeardownPlan,
  policies: PolicyOutcome[],
  failures: TeardownResult['failures'],
): Promise<RoleOutcome[]> {
  const isDeleted = deletedIn({ secrets: [], policies, roles: [] });
  const decisions = chains.flatMap((chain) => chain.decisions);
  const detachedRoleArns = new Set(
    decisions.flatMap((decision) =>
      decision.kind === 'delete' && isDeleted(decision.policy.arn)
        ? decision.detach.map(({ arn }) => arn)
        : [],
    ),
  );
  const outcomes = await atMost(BATCH_RUN.keysAtOnce, roles, async (plan) => {
    if (plan.targets.every((target) => failures[target])) return [];
    const hasLostPolicy = detachedRoleArns.has(plan.role.arn);
    const attempt = await toAttempt(() => applyRole(context, plan, { hasLostPolicy }));
    if ('value' in attempt) return [attempt.value];
    for (const target of plan.targets) failures[target] ??= attempt.failure;
    return [];
  });
  return outcomes.flat();
}

async function applyRole(
  context: StepContext,
  { decision, role: { name, arn } }: RolePlan,
  { hasLostPolicy }: { hasLostPolicy: boolean },
): Promise<RoleOutcome> {
  const isDeleted = decision === 'delete' && (await removeRole(context, name));
  const actionIfKept = hasLostPolicy ? 'updated' : 'kept';
  const outcome: RoleOutcome = { name, arn, action: isDeleted ? 'deleted' : actionIfKept };
  if (outcome.action !== 'kept') context.record({ role: outcome });
  return outcome;
}
