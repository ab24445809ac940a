import type { Outcomes, PolicyOutcome, RoleOutcome } from '../report/types.ts';
import type { StepContext } from '../steps/types.ts';
import { narrowPolicies } from './policy-narrowing.ts';
import { removePolicy } from './policy-removal.ts';
import { removeRole } from './role-removal.ts';
import { scheduleDeletion } from './secret-scheduling.ts';
import type { TeardownPlan, TeardownRequest, UsedPolicy } from './types.ts';

/** What became of everything, and in which Region the secret is gone for ever when. */
export interface TornDown extends Outcomes {
  deletionDates: Map<string, Date>;
}

/** Carries the plan out: the secret first, then its place in the policies, then what nothing else uses. */
export async function tearDown(
  context: StepContext,
  request: TeardownRequest,
  plan: TeardownPlan,
): Promise<TornDown> {
  const deletionDates = await scheduleAll(context, request, plan);
  const policies = await takeOut(context, request, plan);
  const role = await finishRole(context, plan, policies);
  return { secrets: plan.expected.secrets, policies, roles: role ? [role] : [], deletionDates };
}

async function scheduleAll(
  context: StepContext,
  { recoveryDays }: TeardownRequest,
  plan: TeardownPlan,
): Promise<Map<string, Date>> {
  const dates = new Map<string, Date>();
  for (const secret of plan.schedule) {
    const date = await scheduleDeletion(context, secret, recoveryDays);
    if (date) dates.set(secret.arn, date);
    context.record({ secrets: plan.expected.secrets.filter(({ arn }) => arn === secret.arn) });
  }
  return dates;
}

async function takeOut(
  context: StepContext,
  request: TeardownRequest,
  plan: TeardownPlan,
): Promise<PolicyOutcome[]> {
  const { policies, isGone } = plan;
  const chain = policies.map(({ policy }) => policy);
  const arns = policies.flatMap((fate) => (fate.kind === 'narrow' ? [fate.policy.arn] : []));
  const narrow = (some: string[], known: UsedPolicy[]) =>
    narrowPolicies(context, request, { arns: some, isGone }, known);
  const outcomes = await narrow(arns, chain);
  context.record({ policies: outcomes });
  // The last one first: what an interruption leaves is then found by its numbers.
  for (const { kind, policy } of [...policies].reverse()) {
    if (kind !== 'delete') continue;
    const became = await removePolicy(context, request, policy, plan);
    const settled =
      became !== 'deleted' && became.kind === 'narrow'
        ? await narrow([policy.arn], [became.policy])
        : [outcome(policy, became === 'deleted' ? 'deleted' : 'kept')];
    context.record({ policies: settled });
    outcomes.push(...settled);
  }
  const kept = policies.filter(({ kind }) => kind === 'keep').map(({ policy }) => outcome(policy, 'kept'));
  return [...outcomes, ...kept];
}

function outcome({ name, arn, versionId }: UsedPolicy, action: PolicyOutcome['action']): PolicyOutcome {
  return { name, arn, versionId: action === 'deleted' ? null : versionId, action };
}

async function finishRole(
  context: StepContext,
  { role, policies: fates }: TeardownPlan,
  policies: PolicyOutcome[],
): Promise<RoleOutcome | undefined> {
  if (!role) return undefined;
  const { name, arn } = role.role;
  const detached = fates.some(
    (fate) =>
      fate.kind === 'delete' &&
      fate.detach &&
      policies.some((each) => each.arn === fate.policy.arn && each.action === 'deleted'),
  );
  const gone = role.fate === 'delete' && (await removeRole(context, name));
  const done: RoleOutcome = { name, arn, action: gone ? 'deleted' : detached ? 'updated' : 'kept' };
  if (done.action !== 'kept') context.record({ role: done });
  return done;
}
