import type { SecretLocations } from '../../../aws/secrets/find-in-regions.ts';
import type { SecretState } from '../../../aws/secrets/index.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import { EXIT, Failure } from '../../../failure.ts';
import { groupedBy } from '../../../grouping.ts';
import type { Change, OutcomeAction, Outcomes } from '../../../plan-types.ts';
import { unseenWarnings } from '../../../steps/named-secret.ts';
import { isOpen } from '../../../steps/plan.ts';
import { teardownMessages as messages } from '../messages.ts';
import type {
  ChainPlan,
  Findings,
  PolicyDecision,
  RolePlan,
  Scope,
  SecretRemoval,
  TargetPlan,
  TeardownPlan,
  TeardownRequest,
  TeardownTarget,
  UsedPolicy,
} from '../types.ts';
import { goneNames, obstacles, unknownNames } from './conflicts.ts';
import { decidePolicy, entriesOf, ownersIn, ownersOf, policyChange, wideChanges } from './entries.ts';
import { decideRole, type Removals, removalsIn, roleChanges } from './role-decision.ts';

/**
 * Compares the current state with what is to be removed. A conflict of one target doesn't affect the others; its entries stay in
 * the policies. Pure.
 * @param mayDelete returns by ARN whether a resource may be deleted at all; by default, everything may
 * @param checksNames true if a given name that doesn't exist is a conflict; false once the run has deleted something
 */
export function planTeardown(
  request: TeardownRequest,
  found: Findings,
  mayDelete: Scope['mayDelete'] = () => true,
  { checksNames = false }: { checksNames?: boolean } = {},
): TeardownPlan {
  const targets = request.targets.map((target, index) =>
    planTarget({ request, found, mayDelete, checksNames }, target, index),
  );
  const scope: Scope = { ...scopeOf(request, found, targets), mayDelete };
  const chains = planChains(found, scope);
  const decisions = chains.flatMap((chain) => chain.decisions);
  const touched = touchedBy(targets, decisions, scope);
  const removals = removalsIn(decisions);
  const roles = planRoles(found, targets, touched, removals, scope);
  const open = targets.filter(isOpen);
  return {
    targets,
    missing: [...targets.entries()].flatMap(([at, plan]) =>
      isOpen(plan) && plan.secrets.length === 0 && !touched.has(at) ? [at] : [],
    ),
    chains,
    roles,
    scope,
    changes: [
      ...open.flatMap(({ secrets }) => secrets.map((each) => secretChange(each, request))),
      ...decisions.map((decision) => policyChange(decision, scope)),
      ...wideChanges(unnamedIn(found, scope), goingArns(open)),
      ...roles.flatMap((role) => roleChanges(role, removals, scope)),
    ],
    warnings: warnings(found, targets),
    expected: {
      secrets: open.flatMap(expectedSecrets),
      policies: decisions.map(expectedPolicy),
      roles: roles.map(({ role: { name, arn }, decision }) => ({ name, arn, action: ROLE_ACTION[decision] })),
    },
  };
}

interface Planned extends Pick<Scope, 'mayDelete'> {
  request: TeardownRequest;
  found: Findings;
  checksNames: boolean;
}

function planTarget(
  { request, found: findings, mayDelete, checksNames }: Planned,
  target: TeardownTarget,
  at: number,
): TargetPlan {
  const { secrets: all, chains, roles, usersFailed } = findings;
  const found = all[at];
  if (!found) throw new Error('nothing was looked for');
  const needed = [found, chains.get(target.policyName), roles.get(target.roleName)];
  const failed = needed.find((each) => each && 'failure' in each);
  if (failed && 'failure' in failed) return { target, secrets: [], gone: [], conflicts: [], ...failed };
  const where: Pick<SecretLocations, 'found' | 'absent'> =
    'value' in found ? found.value : { found: [], absent: [] };
  const secrets = where.found.map((secret) => ({
    secret,
    decision: decideSecret(secret, request, mayDelete),
  }));
  const going = secrets.filter(({ decision }) => decision !== 'stay').map(({ secret }) => secret.region);
  const failure = secrets
    .filter(({ decision }) => decision === 'schedule')
    .map(({ secret }) => usersFailed.get(secret.region))
    .find((each): each is Failure => each !== undefined);
  return {
    target,
    secrets,
    gone: [...going, ...where.absent],
    conflicts: [
      ...obstacles({ target, secrets }, findings),
      ...(checksNames ? unknownNames({ target, secrets }, findings) : []),
    ],
    failure,
  };
}

function decideSecret(
  { arn, deletedAt, own }: SecretState,
  { includeUntagged }: TeardownRequest,
  mayDelete: Scope['mayDelete'],
): SecretRemoval {
  if (deletedAt) return 'scheduled';
  return (own || includeUntagged) && mayDelete(arn) ? 'schedule' : 'stay';
}

function scopeOf(
  { includeUntagged }: TeardownRequest,
  { identity, roles }: Findings,
  targets: TargetPlan[],
): Omit<Scope, 'mayDelete'> {
  const found = [...roles.values()].flatMap((each) => ('value' in each ? (each.value ?? []) : []));
  // IAM role names are case-insensitive.
  const byName = new Map(found.map((role) => [role.name.toLowerCase(), role]));
  const roleOf = (name: string) => byName.get(name.toLowerCase());
  return { ownerOf: ownersOf(identity, targets), roleOf, includeUntagged };
}

function planChains({ chains }: Findings, scope: Scope): ChainPlan[] {
  return [...chains].flatMap(([name, found]) => {
    if ('failure' in found) return [];
    const named = found.value.filter((policy) => entriesOf(policy, scope).length > 0);
    return named.length > 0 ? [{ name, decisions: named.map((policy) => decidePolicy(policy, scope)) }] : [];
  });
}

/** Returns the policies that name none of the secrets. Some may allow them with a wildcard. */
function unnamedIn({ chains }: Findings, scope: Scope): UsedPolicy[] {
  const policies = [...chains.values()].flatMap((found) => ('value' in found ? found.value : []));
  return policies.filter((policy) => entriesOf(policy, scope).length === 0);
}

function goingArns(targets: TargetPlan[]): string[] {
  const going = targets.flatMap(({ secrets }) => secrets.filter(({ decision }) => decision !== 'stay'));
  return going.map(({ secret }) => secret.arn);
}

/** Returns the indexes of the targets with anything to delete or already deleted. */
function touchedBy(targets: TargetPlan[], decisions: PolicyDecision[], scope: Scope): Set<number> {
  const named = ownersIn(
    decisions.map(({ policy }) => policy),
    scope,
  );
  const going = [...targets.entries()].filter(
    ([, plan]) => isOpen(plan) && plan.secrets.some(({ decision }) => decision !== 'stay'),
  );
  return new Set([...named, ...going.map(([at]) => at)]);
}

function planRoles(
  { roles }: Findings,
  targets: TargetPlan[],
  touched: Set<number>,
  removals: Removals,
  scope: Scope,
): RolePlan[] {
  const byRole = groupedBy(touched, (at) => targets[at]?.target.roleName ?? '');
  return [...byRole].flatMap(([name, places]) => {
    const found = roles.get(name);
    const role = found && 'value' in found ? found.value : undefined;
    return role ? [{ role, targets: places, decision: decideRole(role, removals, scope) }] : [];
  });
}

function secretChange(
  { secret: { name, region, deletedAt }, decision }: TargetPlan['secrets'][number],
  { recoveryDays }: TeardownRequest,
): Change {
  const reason = {
    schedule: () => messages.schedule(recoveryDays),
    scheduled: () => messages.scheduledAlready(deletedAt ?? new Date(0)),
    stay: () => messages.notOwn,
  }[decision]();
  return { action: decision === 'schedule' ? 'schedule' : 'keep', resource: 'secret', name, region, reason };
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

function expectedPolicy({
  kind,
  policy: { name, arn, versionId },
}: PolicyDecision): Outcomes['policies'][number] {
  return { name, arn, versionId: kind === 'keep' ? versionId : null, action: POLICY_ACTION[kind] };
}

const POLICY_ACTION = { narrow: 'updated', delete: 'deleted', keep: 'kept' } satisfies Record<
  PolicyDecision['kind'],
  OutcomeAction
>;
const ROLE_ACTION = { delete: 'deleted', detach: 'updated', keep: 'kept' } satisfies Record<
  RolePlan['decision'],
  OutcomeAction
>;

/**
 * Returns the plan with a failure for each target that doesn't exist, for a run that has not torn down anything yet. The name is
 * mistyped, or the secret is in a different Region.
 */
export function refuseMissing(plan: TeardownPlan): TeardownPlan {
  const missing = new Set(plan.missing);
  const targets = plan.targets.map((each, index) =>
    missing.has(index) ? { ...each, failure: notFound(each.target) } : each,
  );
  return { ...plan, targets };
}

function notFound({ name, regions }: TeardownTarget): Failure {
  return new Failure(messages.notFound(name, regions), {
    code: 'not-found',
    exitCode: EXIT.failed,
    hint: messages.notFoundHint(regions),
  });
}

function warnings(findings: Findings, targets: TargetPlan[]): string[] {
  const { secrets, users, usersUnknown } = findings;
  const going = targets.flatMap((target) => target.secrets.filter(({ decision }) => decision === 'schedule'));
  return [
    ...going.flatMap(({ secret }) =>
      (users.get(secret.arn) ?? []).flatMap(({ kind, arn, places, disabled }) =>
        disabled ? [userMessages.namedBy(secret.name, secret.region, kind, arn, places)] : [],
      ),
    ),
    ...userMessages.unknown(usersUnknown, userMessages.stopsDecrypting),
    ...new Set(targets.flatMap((target) => goneNames(target, findings))),
    ...new Set(secrets.flatMap((each) => ('value' in each ? unseenWarnings(each.value) : []))),
  ];
}
