import { nameInIamArn } from '../aws/arn.ts';
import type { FoundRole } from '../aws/roles.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import { isReadPolicyShape, removeSecrets, tryParsePolicy } from '../policy/index.ts';
import type { Change, OutcomeAction } from '../report/types.ts';
import { policyWords } from '../report/words/steps.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { whereWarnings } from '../steps/named-secret.ts';
import { versionToDelete } from '../steps/policy-writing.ts';
import { obstacles } from './obstacles.ts';
import type { Findings, PolicyFate, RoleFate, TeardownPlan, TeardownRequest, UsedPolicy } from './types.ts';
import { wideChanges } from './wide-policies.ts';

/** Compares what exists with what shall go. Pure. */
export function planTeardown(request: TeardownRequest, found: Findings): TeardownPlan {
  const secrets = found.where.found.map((secret) => ({ secret, fate: secretFate(secret, request) }));
  const staying = secrets.filter(({ fate }) => fate === 'stay').map(({ secret }) => secret.region);
  const isGone = entryOf(request, found, staying);
  const policies = found.policies
    .filter((policy) => names(policy, isGone))
    .map((policy) => policyFate(policy, request, isGone));
  const touched = secrets.some(({ fate }) => fate !== 'stay') || policies.length > 0;
  const role =
    touched && found.role ? { fate: roleFate(found.role, policies, request), role: found.role } : undefined;
  return {
    changes: [
      ...secrets.map(({ secret, fate }) => secretChange(secret, fate, request)),
      ...policies.map((fate) => policyChange(fate, request, isGone)),
      ...wideChanges(
        found.policies.filter((policy) => !names(policy, isGone)),
        secrets.filter(({ fate }) => fate !== 'stay').map(({ secret }) => secret.arn),
      ),
      ...(role ? roleChanges(role.fate, role.role, policies, request) : []),
    ],
    conflicts: obstacles(request, found, staying),
    warnings: warnings(request, found, touched),
    schedule: secrets.filter(({ fate }) => fate === 'schedule').map(({ secret }) => secret),
    policies,
    ...(role ? { role } : {}),
    isGone,
    expected: {
      secrets: secrets.map(({ secret: { region, name, arn, versionId }, fate }) => ({
        region,
        name,
        arn,
        versionId: versionId ?? null,
        action: fate === 'schedule' ? 'scheduled' : 'kept',
      })),
      policies: policies.map(({ kind, policy: { name, arn, versionId } }) => ({
        name,
        arn,
        versionId: kind === 'keep' ? versionId : null,
        action: POLICY_ACTION[kind],
      })),
      roles: role ? [{ name: role.role.name, arn: role.role.arn, action: ROLE_ACTION[role.fate] }] : [],
    },
  };
}

const POLICY_ACTION = { narrow: 'updated', delete: 'deleted', keep: 'kept' } satisfies Record<
  PolicyFate['kind'],
  OutcomeAction
>;
const ROLE_ACTION = { delete: 'deleted', detach: 'updated', keep: 'kept' } satisfies Record<
  RoleFate,
  OutcomeAction
>;

type SecretFate = 'schedule' | 'scheduled' | 'stay';

function secretFate({ deletedAt, own }: FoundSecret, { includeUntagged }: TeardownRequest): SecretFate {
  if (deletedAt) return 'scheduled';
  return own || includeUntagged ? 'schedule' : 'stay';
}

/**
 * An entry stands for the secret when it has its name and six characters more, as ARNs of secrets do, in a Region that was
 * looked at and where the secret goes or has gone. A secret that stays keeps its place.
 */
function entryOf({ name }: TeardownRequest, { where, identity }: Findings, staying: string[]) {
  const { partition, account } = identity;
  const regions = [...where.found.map(({ region }) => region), ...where.absent];
  const gone = regions.filter((region) => !staying.includes(region));
  const prefixes = gone.map(
    (region) => `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-`,
  );
  return (resource: string) =>
    prefixes.some(
      (prefix) => resource.startsWith(prefix) && /^([A-Za-z0-9]|\?){6}$/.test(resource.slice(prefix.length)),
    );
}

function entriesOf({ document }: UsedPolicy, isGone: (resource: string) => boolean): string[] {
  const { statements = [] } = tryParsePolicy(document) ?? {};
  return [...new Set(statements.flatMap(({ resources }) => resources?.values ?? []))].filter(isGone);
}

function names(policy: UsedPolicy, isGone: (resource: string) => boolean): boolean {
  return entriesOf(policy, isGone).length > 0;
}

/** What becomes of a policy that names the secret. */
export function policyFate(
  policy: UsedPolicy,
  request: TeardownRequest,
  isGone: (resource: string) => boolean,
): PolicyFate {
  if (keepReason(policy, request)) return { kind: 'keep', policy };
  if (removeSecrets(policy.document, isGone)) return { kind: 'narrow', policy };
  if (otherUsers(policy, request) !== undefined) return { kind: 'keep', policy };
  return { kind: 'delete', policy, detach: policy.uses.roles.some((role) => isRole(role, request)) };
}

function keepReason(
  { uses, document }: UsedPolicy,
  { includeUntagged }: TeardownRequest,
): string | undefined {
  if (uses.stack) return words.keepStack(uses.stack);
  if (!uses.own && !includeUntagged) return words.keepNotOwn;
  const parsed = tryParsePolicy(document);
  return parsed && isReadPolicyShape(parsed) ? undefined : words.keepOtherShape;
}

/** Who else uses a policy, in words; nothing when nobody does. */
function otherUsers({ uses }: UsedPolicy, request: TeardownRequest): string | undefined {
  const roles = uses.roles.filter((role) => !isRole(role, request));
  if (roles.length > 0) return words.usedByRoles(roles);
  return uses.others > 0 ? words.usedByOthers : undefined;
}

/** IAM does not tell letter case apart in the names of roles. */
function isRole(name: string, { roleName }: TeardownRequest): boolean {
  return name.toLowerCase() === roleName.toLowerCase();
}

function roleFate(role: FoundRole, policies: PolicyFate[], { includeUntagged }: TeardownRequest): RoleFate {
  const mayGo = !role.stack && (role.own || includeUntagged) && !role.path.startsWith('/aws-service-role/');
  if (mayGo && staysOn(role, policies).length === 0) return 'delete';
  return policies.some((fate) => fate.kind === 'delete' && fate.detach) ? 'detach' : 'keep';
}

/** The policies that a role keeps, by name. */
function staysOn({ attached, policies: all }: FoundRole, policies: PolicyFate[]): string[] {
  const deleted = policies.flatMap((fate) => (fate.kind === 'delete' ? [fate.policy.arn] : []));
  const inline = all.filter(({ arn }) => arn === undefined).map(({ name }) => name);
  const managed = attached.filter((arn) => !deleted.includes(arn));
  return [...managed.map(nameInIamArn), ...inline];
}

function secretChange(
  { name, region, deletedAt }: FoundSecret,
  fate: SecretFate,
  request: TeardownRequest,
): Change {
  const reason = {
    schedule: words.schedule(request.recoveryDays),
    scheduled: words.scheduledAlready(deletedAt ?? new Date(0)),
    stay: words.notOwn,
  }[fate];
  return { action: fate === 'schedule' ? 'schedule' : 'keep', resource: 'secret', name, region, reason };
}

function policyChange(
  fate: PolicyFate,
  request: TeardownRequest,
  isGone: (resource: string) => boolean,
): Change {
  const { kind, policy } = fate;
  const oldest = versionToDelete(policy);
  const reasons = {
    narrow: () =>
      [
        words.narrow(entriesOf(policy, isGone).length),
        ...(oldest ? [policyWords.makesRoom(oldest)] : []),
      ].join('; '),
    delete: () => words.deletePolicy,
    keep: () => keepReason(policy, request) ?? words.keepUsed(otherUsers(policy, request) ?? ''),
  };
  const action = { narrow: 'update', delete: 'delete', keep: 'keep' } as const;
  const document = kind === 'narrow' ? removeSecrets(policy.document, isGone) : undefined;
  return {
    action: action[kind],
    resource: 'policy',
    name: policy.name,
    reason: reasons[kind](),
    ...(document ? { document } : {}),
  };
}

function roleChanges(
  fate: RoleFate,
  role: FoundRole,
  policies: PolicyFate[],
  { includeUntagged }: TeardownRequest,
): Change[] {
  const { name } = role;
  const detached = policies.flatMap((each) =>
    each.kind === 'delete' && each.detach ? [each.policy.name] : [],
  );
  const change = (action: Change['action'], reason: string): Change => ({
    action,
    resource: 'role',
    name,
    reason,
  });
  const detach = detached.length > 0 ? [change('detach', words.detach(detached))] : [];
  if (fate === 'delete') return [...detach, change('delete', words.deleteRole)];
  const stays = staysOn(role, policies);
  if (role.stack) return [...detach, change('keep', words.keepRoleStack(role.stack))];
  if (!role.own && !includeUntagged) return [...detach, change('keep', words.keepRoleNotOwn)];
  return [...detach, change('keep', words.keepRoleUsed(stays))];
}

function warnings(
  { name, regions }: TeardownRequest,
  { where, flowsUnknown }: Findings,
  touched: boolean,
): string[] {
  const reasons = new Set(flowsUnknown.map(({ why }) => why));
  const regionsOf = (reason: string) =>
    flowsUnknown.flatMap(({ region, why }) => (why === reason ? [region] : []));
  return [
    ...(where.found.length === 0 && !touched ? [words.nowhere(name)] : []),
    ...[...reasons].map((reason) => words.flowsUnknown(reason, regionsOf(reason))),
    ...whereWarnings(where, regions),
  ];
}
