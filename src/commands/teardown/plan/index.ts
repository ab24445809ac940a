import type { Whereabouts } from '../../../aws/secrets/find-in-regions.ts';
import type { FoundSecret } from '../../../aws/secrets/index.ts';
import { userWords } from '../../../aws/secrets/messages.ts';
import { EXIT, Failure } from '../../../failure.ts';
import { groupedBy } from '../../../grouping.ts';
import type { Change, OutcomeAction, Outcomes } from '../../../plan-types.ts';
import { isOpen } from '../../../steps/index.ts';
import { unseenWarnings } from '../../../steps/named-secret.ts';
import { teardownWords as words } from '../messages.ts';
import type {
  ChainPlan,
  Findings,
  PolicyFate,
  RolePlan,
  Scope,
  SecretFate,
  TargetPlan,
  TeardownPlan,
  TeardownRequest,
  TeardownTarget,
  UsedPolicy,
} from '../types.ts';
import { goneNames, obstacles, unknownNames } from './conflicts.ts';
import { entriesOf, ownersIn, ownersOf, policyChange, policyFate, wideChanges } from './entries.ts';
import { type Removals, removalsIn, roleChanges, roleFate } from './role-decision.ts';

/**
 * Compares what exists with what shall go. What stands in the way of one target leaves the others alone; its entries stay in
 * the policies. Pure.
 * @param mayDelete tells by its ARN whether something may be deleted at all; everything may when left out
 * @param checksNames whether a given name that nothing has is a conflict: not once the run has deleted something
 */
export function planTeardown(
  request: TeardownRequest,
  found: Findings,
  mayDelete: Scope['mayDelete'] = () => true,
  { checksNames = false }: { checksNames?: boolean } = {},
): TeardownPlan {
  const targets = request.targets.map((target, at) =>
    planTarget({ request, found, mayDelete, checksNames }, target, at),
  );
  const scope: Scope = { ...scopeOf(request, found, targets), mayDelete };
  const chains = planChains(found, scope);
  const fates = chains.flatMap((chain) => chain.fates);
  const touched = touchedBy(targets, fates, scope);
  const removals = removalsIn(fates);
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
      ...fates.map((fate) => policyChange(fate, scope)),
      ...wideChanges(unnamedIn(found, scope), goingArns(open)),
      ...roles.flatMap((role) => roleChanges(role, removals, scope)),
    ],
    warnings: warnings(found, targets),
    expected: {
      secrets: open.flatMap(expectedSecrets),
      policies: fates.map(expectedPolicy),
      roles: roles.map(({ role: { name, arn }, fate }) => ({ name, arn, action: ROLE_ACTION[fate] })),
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
  const where: Pick<Whereabouts, 'found' | 'absent'> =
    'value' in found ? found.value : { found: [], absent: [] };
  const secrets = where.found.map((secret) => ({
    secret,
    fate: secretFate(secret, request, mayDelete),
  }));
  const going = secrets.filter(({ fate }) => fate !== 'stay').map(({ secret }) => secret.region);
  const failure = secrets
    .filter(({ fate }) => fate === 'schedule')
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
    ...(failure ? { failure } : {}),
  };
}

function secretFate(
  { arn, deletedAt, own }: FoundSecret,
  { includeUntagged }: TeardownRequest,
  mayDelete: Scope['mayDelete'],
): SecretFate {
  if (deletedAt) return 'scheduled';
  return (own || includeUntagged) && mayDelete(arn) ? 'schedule' : 'stay';
}

function scopeOf(
  { includeUntagged }: TeardownRequest,
  { identity, roles }: Findings,
  targets: TargetPlan[],
): Omit<Scope, 'mayDelete'> {
  const found = [...roles.values()].flatMap((each) => ('value' in each ? (each.value ?? []) : []));
  // IAM does not tell letter case apart in the names of roles.
  const byName = new Map(found.map((role) => [role.name.toLowerCase(), role]));
  const roleOf = (name: string) => byName.get(name.toLowerCase());
  return { ownerOf: ownersOf(identity, targets), roleOf, includeUntagged };
}

function planChains({ chains }: Findings, scope: Scope): ChainPlan[] {
  return [...chains].flatMap(([name, found]) => {
    if ('failure' in found) return [];
    const named = found.value.filter((policy) => entriesOf(policy, scope).length > 0);
    return named.length > 0 ? [{ name, fates: named.map((policy) => policyFate(policy, scope)) }] : [];
  });
}

/** The policies that name none of the secrets; some may allow them by a wildcard. */
function unnamedIn({ chains }: Findings, scope: Scope): UsedPolicy[] {
  const policies = [...chains.values()].flatMap((found) => ('value' in found ? found.value : []));
  return policies.filter((policy) => entriesOf(policy, scope).length === 0);
}

function goingArns(targets: TargetPlan[]): string[] {
  const going = targets.flatMap(({ secrets }) => secrets.filter(({ fate }) => fate !== 'stay'));
  return going.map(({ secret }) => secret.arn);
}

/** The places of the targets of which there is anything that goes or has gone. */
function touchedBy(targets: TargetPlan[], fates: PolicyFate[], scope: Scope): Set<number> {
  const named = ownersIn(
    fates.map(({ policy }) => policy),
    scope,
  );
  const going = [...targets.entries()].filter(
    ([, plan]) => isOpen(plan) && plan.secrets.some(({ fate }) => fate !== 'stay'),
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
    return role ? [{ role, targets: places, fate: roleFate(role, removals, scope) }] : [];
  });
}

function secretChange(
  { secret: { name, region, deletedAt }, fate }: TargetPlan['secrets'][number],
  { recoveryDays }: TeardownRequest,
): Change {
  const reason = {
    schedule: () => words.schedule(recoveryDays),
    scheduled: () => words.scheduledAlready(deletedAt ?? new Date(0)),
    stay: () => words.notOwn,
  }[fate]();
  return { action: fate === 'schedule' ? 'schedule' : 'keep', resource: 'secret', name, region, reason };
}

function expectedSecrets({ secrets }: TargetPlan): Outcomes['secrets'] {
  return secrets.map(({ secret: { region, name, arn, versionId }, fate }) => ({
    region,
    name,
    arn,
    versionId: versionId ?? null,
    action: fate === 'schedule' ? 'scheduled' : 'kept',
  }));
}

function expectedPolicy({
  kind,
  policy: { name, arn, versionId },
}: PolicyFate): Outcomes['policies'][number] {
  return { name, arn, versionId: kind === 'keep' ? versionId : null, action: POLICY_ACTION[kind] };
}

const POLICY_ACTION = { narrow: 'updated', delete: 'deleted', keep: 'kept' } satisfies Record<
  PolicyFate['kind'],
  OutcomeAction
>;
const ROLE_ACTION = { delete: 'deleted', detach: 'updated', keep: 'kept' } satisfies Record<
  RolePlan['fate'],
  OutcomeAction
>;

/**
 * Returns the plan with a failure for each target that does not exist, for a run that has not taken anything down yet: its name is
 * mistyped, or it is in another Region.
 */
export function refuseMissing(plan: TeardownPlan): TeardownPlan {
  const missing = new Set(plan.missing);
  const targets = plan.targets.map((each, at) =>
    missing.has(at) ? { ...each, failure: notFound(each.target) } : each,
  );
  return { ...plan, targets };
}

function notFound({ name, regions }: TeardownTarget): Failure {
  return new Failure(words.notFound(name, regions), {
    code: 'not-found',
    exitCode: EXIT.failed,
    hint: words.notFoundHint(regions),
  });
}

function warnings(findings: Findings, targets: TargetPlan[]): string[] {
  const { secrets, users, usersUnknown } = findings;
  const going = targets.flatMap((target) => target.secrets.filter(({ fate }) => fate === 'schedule'));
  return [
    ...going.flatMap(({ secret }) =>
      (users.get(secret.arn) ?? []).flatMap(({ kind, arn, places, disabled }) =>
        disabled ? [userWords.namedBy(secret.name, secret.region, kind, arn, places)] : [],
      ),
    ),
    ...userWords.unknown(usersUnknown, userWords.stopsDecrypting),
    ...new Set(targets.flatMap((target) => goneNames(target, findings))),
    ...new Set(secrets.flatMap((each) => ('value' in each ? unseenWarnings(each.value) : []))),
  ];
}
