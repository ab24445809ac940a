import type { SecretState } from '../../../aws/secrets/index.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import type { SecretUser } from '../../../aws/secrets/users.ts';
import { EXIT, Failure } from '../../../failure.ts';
import type { Conflict } from '../../../plan-types.ts';
import { conflictWithoutChoices } from '../../../steps/conflict.ts';
import { arnConflicts } from '../../../steps/named-secret.ts';
import { secretMessages } from '../../../steps/store-secret/messages.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { Findings, TargetPlan, TeardownPlan, TeardownTarget } from '../types.ts';

/** Returns the conflicts that prevent the deletion of a target's secrets. Secrets that stay have none. */
export function deletionConflicts(
  { target, secrets }: Pick<TargetPlan, 'target' | 'secrets'>,
  { users, identity }: Pick<Findings, 'users' | 'identity'>,
): Conflict[] {
  const secretsToDelete = secrets.flatMap(({ secret, decision }) =>
    decision === 'schedule' ? [secret] : [],
  );
  return [
    ...arnConflicts(target.arns, { found: secrets.map(({ secret }) => secret) }, identity),
    ...secretsToDelete.flatMap(conflictsOf),
    ...secretsToDelete.flatMap((secret) =>
      (users.get(secret.arn) ?? []).flatMap((user) => (user.disabled ? [] : [usedBy(secret, user)])),
    ),
  ];
}

/**
 * Returns a conflict for each policy or role that the user named and that doesn't exist. Either the name is mistyped, or `setup`
 * did not get that far. It was not deleted by an interrupted teardown, because a teardown schedules secrets for deletion before it
 * deletes policies and roles.
 */
export function unknownNameConflicts(
  { target, secrets }: Pick<TargetPlan, 'target' | 'secrets'>,
  findings: Pick<Findings, 'chains' | 'roles'>,
): Conflict[] {
  if (!secrets.some(({ decision }) => decision === 'schedule')) return [];
  const { policy, role } = missingNames(target, findings);
  return [
    ...(policy ? [conflictWithoutChoices(messages.noPolicy(policy), messages.noPolicyHint)] : []),
    ...(role ? [conflictWithoutChoices(messages.noRole(role), messages.noRoleHint)] : []),
  ];
}

/**
 * Returns warnings that the undo command would create a policy or role under a name that the user gave, for secrets that were
 * scheduled for deletion earlier.
 */
export function recreatedNameWarnings(
  { target, secrets }: Pick<TargetPlan, 'target' | 'secrets'>,
  findings: Pick<Findings, 'chains' | 'roles'>,
): string[] {
  if (secrets.length === 0 || secrets.some(({ decision }) => decision !== 'scheduled')) return [];
  const { policy, role } = missingNames(target, findings);
  return [
    ...(policy ? [`${messages.noPolicy(policy)} ${messages.undoCreates}`] : []),
    ...(role ? [`${messages.noRole(role)} ${messages.undoCreates}`] : []),
  ];
}

/** Returns the names that the user gave and that don't exist. */
function missingNames(
  { policyName, roleName, givenNames }: TeardownTarget,
  { chains, roles }: Pick<Findings, 'chains' | 'roles'>,
): { policy?: string; role?: string } {
  // A policy that belongs to two chains is only in the first one.
  const policies = [...chains.values()].flatMap((attempt) => ('value' in attempt ? attempt.value : []));
  const chain = chains.get(policyName);
  const hasPolicy =
    (chain && 'value' in chain && chain.value.length > 0) || policies.some(({ name }) => name === policyName);
  const role = roles.get(roleName);
  const hasRole = role && 'value' in role && role.value !== undefined;
  return {
    policy: givenNames.policy && !hasPolicy ? policyName : undefined,
    role: givenNames.role && !hasRole ? roleName : undefined,
  };
}

function usedBy({ name, region }: SecretState, { kind, arn, places }: SecretUser): Conflict {
  return conflictWithoutChoices(
    userMessages.usedBy(name, region, kind, arn, places),
    userMessages.usedByHint(kind),
  );
}

function conflictsOf(secret: SecretState): Conflict[] {
  const { name, region, arn, owningService, stack, primaryRegion, replicas } = secret;
  if (owningService) return [conflictWithoutChoices(secretMessages.owned(name, region, owningService))];
  if (stack) return [conflictWithoutChoices(messages.ofStack(name, region, stack))];
  if (primaryRegion) {
    const primaryArn = arn.replace(`:secretsmanager:${region}:`, `:secretsmanager:${primaryRegion}:`);
    const hint = messages.replicatedHint(primaryRegion, primaryArn, [region]);
    return [conflictWithoutChoices(messages.isReplica(name, region, primaryRegion), hint)];
  }
  if (!replicas) return [];
  const hint = messages.replicatedHint(region, arn, replicas);
  return [conflictWithoutChoices(messages.replicated(name, region, replicas), hint)];
}

/**
 * Returns the plan with a failure for each target that doesn't exist, for a run that has not torn down anything yet: the name is
 * mistyped, or the secret is in a different Region.
 */
export function failMissingTargets(plan: TeardownPlan): TeardownPlan {
  const missing = new Set(plan.missingTargets);
  const targets = plan.targets.map((targetPlan, index) =>
    missing.has(index) ? { ...targetPlan, failure: notFound(targetPlan.target) } : targetPlan,
  );
  return { ...plan, targets };
}

function notFound({ name, regions }: TeardownTarget): Failure {
  const hint = messages.notFoundHint(regions);
  return new Failure(messages.notFound(name, regions), { code: 'not-found', exitCode: EXIT.failed, hint });
}
