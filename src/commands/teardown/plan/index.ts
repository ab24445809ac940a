import type { SecretState } from '../../../aws/secrets/index.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import type { Change, Outcomes, PolicyOutcome } from '../../../plan-types.ts';
import { skippedRegionWarnings } from '../../../steps/named-secret.ts';
import { canProceed } from '../../../steps/plan.ts';
import { groupedBy } from '../../../text.ts';
import { teardownMessages as messages } from '../messages.ts';
import type {
  ChainPlan,
  Findings,
  Ownership,
  PolicyDecision,
  RolePlan,
  SecretRemoval,
  TargetPlan,
  TeardownPlan,
  TeardownRequest,
  TeardownTarget,
  UsedPolicy,
} from '../types.ts';
import { deletionConflicts, recreatedNameWarnings, unknownNameConflicts } from './conflicts.ts';
import {
  decidePolicy,
  decideRole,
  entriesToRemove,
  policyChanges,
  type Removals,
  removalsIn,
  roleChange,
  targetFinder,
  targetsIn,
  wildcardPolicyChanges,
} from './decisions.ts';

/** By default, everything may be deleted. */
interface PlanOptions extends Partial<Pick<Ownership, 'mayDelete'>> {
  /** True if a missing policy or role that the user named is a conflict; false once the run has deleted some. */
  checksNames?: boolean;
}

/**
 * Plans what to remove from the current state. A conflict of one target doesn't affect the others; the entries of that target stay
 * in the policies. Pure.
 */
export function planTeardown(
  request: TeardownRequest,
  found: Findings,
  { mayDelete = () => true, checksNames = false }: PlanOptions = {},
): TeardownPlan {
  const input = { request, found, mayDelete, checksNames };
  const targets = request.targets.map((target, index) => planTarget(input, target, index));
  const ownership: Ownership = { ...ownershipOf(request, found, targets), mayDelete };
  const chains = planChains(found, ownership);
  const decisions = chains.flatMap((chain) => chain.decisions);
  const touchedTargets = touchedIn(targets, decisions, ownership);
  const removals = removalsIn(decisions);
  const roles = planRoles(found, targets, touchedTargets, removals, ownership);
  const proceedingTargets = targets.filter(canProceed);
  return {
    targets,
    missingTargets: missingIn(targets, touchedTargets),
    chains,
    roles,
    ownership,
    changes: [
      ...proceedingTargets.flatMap(({ secrets }) => secrets.map((removal) => secretChange(removal, request))),
      ...decisions.flatMap((decision) => policyChanges(decision, ownership)),
      ...wildcardPolicyChanges(policiesNamingNone(found, ownership), arnsToDelete(proceedingTargets)),
      ...roles.map((role) => roleChange(role, removals, ownership)),
    ],
    warnings: warnings(found, targets),
    expected: {
      secrets: proceedingTargets.flatMap(expectedSecrets),
      policies: decisions.map(expectedPolicy),
      roles: roles.map(({ role: { name, arn }, decision }) => ({ name, arn, action: ROLE_ACTION[decision] })),
    },
  };
}

/** What the plans of all targets depend on. */
interface PlanInput extends Required<PlanOptions> {
  request: TeardownRequest;
  found: Findings;
}

function planTarget(
  { request, found: findings, mayDelete, checksNames }: PlanInput,
  target: TeardownTarget,
  index: number,
): TargetPlan {
  const { chains, roles, usersFailed } = findings;
  const locations = findings.secrets[index];
  if (!locations) throw new Error('nothing was looked for');
  const unread = { target, secrets: [], removedRegions: [], conflicts: [] };
  if ('failure' in locations) return { ...unread, ...locations };
  const { found, absent } = locations.value;
  const attempts = [chains.get(target.policyName), roles.get(target.roleName)];
  const failedAttempt = attempts.find((attempt) => attempt && 'failure' in attempt);
  if (failedAttempt && 'failure' in failedAttempt) return { ...unread, ...failedAttempt };
  const secrets = found.map((secret) => ({ secret, decision: decideSecret(secret, request, mayDelete) }));
  const removals = secrets.filter(({ decision }) => decision !== 'stay');
  const [failure] = secrets.flatMap(({ secret, decision }) =>
    decision === 'schedule' ? (usersFailed.get(secret.region) ?? []) : [],
  );
  return {
    target,
    secrets,
    removedRegions: [...removals.map(({ secret }) => secret.region), ...absent],
    conflicts: [
      ...deletionConflicts({ target, secrets }, findings),
      ...(checksNames ? unknownNameConflicts({ target, secrets }, findings) : []),
    ],
    failure,
  };
}

function decideSecret(
  { arn, deletedAt, hasToolTag }: SecretState,
  { includeUntagged }: TeardownRequest,
  mayDelete: Ownership['mayDelete'],
): SecretRemoval {
  if (deletedAt) return 'scheduled';
  return (hasToolTag || includeUntagged) && mayDelete(arn) ? 'schedule' : 'stay';
}

function ownershipOf(
  { includeUntagged }: TeardownRequest,
  { identity, roles }: Findings,
  targets: TargetPlan[],
): Omit<Ownership, 'mayDelete'> {
  const found = [...roles.values()].flatMap((attempt) => ('value' in attempt ? (attempt.value ?? []) : []));
  // IAM role names are case-insensitive.
  const rolesByName = new Map(found.map((role) => [role.name.toLowerCase(), role]));
  const roleOf = (name: string) => rolesByName.get(name.toLowerCase());
  return { targetOf: targetFinder(identity, targets), roleOf, includeUntagged };
}

function planChains({ chains }: Findings, ownership: Ownership): ChainPlan[] {
  return [...chains].flatMap(([name, chain]) => {
    if ('failure' in chain) return [];
    const policies = chain.value.filter((policy) => entriesToRemove(policy, ownership).length > 0);
    const decisions = policies.map((policy) => decidePolicy(policy, ownership));
    return decisions.length > 0 ? [{ name, decisions }] : [];
  });
}

/** Returns the policies that name none of the secrets. Some may allow them with a wildcard. */
function policiesNamingNone({ chains }: Findings, ownership: Ownership): UsedPolicy[] {
  const policies = [...chains.values()].flatMap((chain) => ('value' in chain ? chain.value : []));
  return policies.filter((policy) => entriesToRemove(policy, ownership).length === 0);
}

/** Returns the ARNs of the secrets that are or will be scheduled for deletion. */
function arnsToDelete(targets: TargetPlan[]): string[] {
  const secrets = targets.flatMap((plan) => plan.secrets);
  return secrets.flatMap(({ secret, decision }) => (decision === 'stay' ? [] : [secret.arn]));
}

/** Returns the indexes of the targets with anything to delete or already deleted. */
function touchedIn(targets: TargetPlan[], decisions: PolicyDecision[], ownership: Ownership): Set<number> {
  const withEntries = decisions.flatMap(({ policy }) => targetsIn([policy], ownership));
  const withSecrets = targets.flatMap((plan, index) =>
    canProceed(plan) && plan.secrets.some(({ decision }) => decision !== 'stay') ? [index] : [],
  );
  return new Set([...withEntries, ...withSecrets]);
}

/** Returns the indexes of the targets without a secret and without an entry in a policy. */
function missingIn(targets: TargetPlan[], touchedTargets: Set<number>): number[] {
  return targets.flatMap((plan, index) =>
    canProceed(plan) && plan.secrets.length === 0 && !touchedTargets.has(index) ? [index] : [],
  );
}

function planRoles(
  { roles }: Findings,
  targets: TargetPlan[],
  touchedTargets: Set<number>,
  removals: Removals,
  ownership: Ownership,
): RolePlan[] {
  const byRole = groupedBy(touchedTargets, (index) => targets[index]?.target.roleName ?? '');
  return [...byRole].flatMap(([name, targetIndexes]) => {
    const attempt = roles.get(name);
    const role = attempt && 'value' in attempt ? attempt.value : undefined;
    return role ? [{ role, targets: targetIndexes, decision: decideRole(role, removals, ownership) }] : [];
  });
}

function secretChange(
  { secret: { name, region, deletedAt }, decision }: TargetPlan['secrets'][number],
  { recoveryDays }: TeardownRequest,
): Change {
  const change = { resource: 'secret', name, region } as const;
  if (decision === 'schedule')
    return { ...change, action: 'schedule', reason: messages.schedule(recoveryDays) };
  const reason = deletedAt ? messages.scheduledAlready(deletedAt) : messages.notOwn;
  return { ...change, action: 'keep', reason };
}

function expectedSecrets({ secrets }: TargetPlan): Outcomes['secrets'] {
  return secrets.map(({ secret: { region, name, arn, versionId }, decision }) => ({
    region,
    name,
    arn,
    versionId: versionId ?? null,
    action: decision === 'schedule' ? 'scheduled' : 'kept',
  }));
}

function expectedPolicy({ kind, policy: { name, arn, versionId } }: PolicyDecision): PolicyOutcome {
  return { name, arn, versionId: kind === 'keep' ? versionId : null, action: POLICY_ACTION[kind] };
}

const POLICY_ACTION = { narrow: 'updated', delete: 'deleted', keep: 'kept' } as const;
const ROLE_ACTION = { delete: 'deleted', detach: 'updated', keep: 'kept' } as const;

function warnings(findings: Findings, targets: TargetPlan[]): string[] {
  const { secrets, users, usersUnknown } = findings;
  const toDelete = targets.flatMap((plan) => plan.secrets.filter(({ decision }) => decision === 'schedule'));
  return [
    ...toDelete.flatMap(({ secret }) =>
      (users.get(secret.arn) ?? []).flatMap(({ kind, arn, places, disabled }) =>
        disabled ? [userMessages.namedBy(secret.name, secret.region, kind, arn, places)] : [],
      ),
    ),
    ...userMessages.couldNotCheck(usersUnknown, userMessages.stopsDecrypting),
    ...new Set(targets.flatMap((target) => recreatedNameWarnings(target, findings))),
    ...new Set(
      secrets.flatMap((locations) => ('value' in locations ? skippedRegionWarnings(locations.value) : [])),
    ),
  ];
}
