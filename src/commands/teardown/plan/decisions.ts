import { nameInIamArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import type { Identity } from '../../../aws/session.ts';
import type { Change } from '../../../plan-types.ts';
import { isReadPolicyShape, prefixOfEntry, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import { matchesArn } from '../../../policy/match.ts';
import { canProceed } from '../../../steps/plan.ts';
import { versionToDelete } from '../../../steps/read-policy/compare-and-swap.ts';
import { policyMessages } from '../../../steps/read-policy/messages.ts';
import { groupedBy } from '../../../text.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { Ownership, PolicyDecision, RolePlan, TargetPlan, UsedPolicy } from '../types.ts';

/** The hyphen and the six random characters at the end of a secret's ARN. A policy can have question marks in place of them. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/**
 * Returns a function that returns the index of the target that a policy entry belongs to. The entry must have the target's name
 * and a six-character suffix, as in a secret's ARN. Its Region must be one that was read and where the secret is to be deleted or
 * doesn't exist. A secret that stays keeps its entry.
 */
export function targetFinder({ partition, account }: Identity, targets: TargetPlan[]): Ownership['targetOf'] {
  const targetByPrefix = new Map<string, number>();
  for (const [index, plan] of targets.entries()) {
    if (!canProceed(plan)) continue;
    for (const region of plan.removedRegions) {
      const arnPrefix = `arn:${partition}:secretsmanager:${region}:${account}:secret:${plan.target.name}`;
      targetByPrefix.set(arnPrefix, index);
    }
  }
  return (resource) => {
    const suffix = SUFFIX.exec(resource);
    return suffix ? targetByPrefix.get(resource.slice(0, suffix.index)) : undefined;
  };
}

/** Returns a function that returns true for a policy entry that is to be removed. */
export function removalFilter(ownership: Pick<Ownership, 'targetOf'>): (resource: string) => boolean {
  return (resource) => ownership.targetOf(resource) !== undefined;
}

/** Returns the unique entries of a policy that are to be removed. */
export function entriesToRemove({ document }: UsedPolicy, ownership: Pick<Ownership, 'targetOf'>): string[] {
  const { statements = [] } = tryParsePolicy(document) ?? {};
  const entries = statements.flatMap(({ resources }) => resources?.values ?? []);
  return [...new Set(entries)].filter(removalFilter(ownership));
}

/** Returns the indexes of the targets with an entry in any of the policies. */
export function targetsIn(policies: UsedPolicy[], ownership: Ownership): number[] {
  const entries = policies.flatMap((policy) => entriesToRemove(policy, ownership));
  return [...new Set(entries.flatMap((entry) => ownership.targetOf(entry) ?? []))];
}

/**
 * Returns the plan's lines for policies that allow the secrets with a wildcard. They stay as they are, because others may rely on
 * them.
 */
export function wildcardPolicyChanges(policies: UsedPolicy[], arns: string[]): Change[] {
  return policies.flatMap((policy): Change[] => {
    const reason = wildcardReason(policy, arns);
    return reason === undefined ? [] : [{ action: 'keep', resource: 'policy', name: policy.name, reason }];
  });
}

/** Returns why a policy stays that allows one of the secrets with a wildcard; undefined if it allows none. */
function wildcardReason({ document }: UsedPolicy, arns: string[]): string | undefined {
  const parsed = tryParsePolicy(document);
  if (!parsed || !isReadPolicyShape(parsed)) return undefined;
  const [entry] = parsed.statements
    .flatMap(({ resources }) => resources?.values ?? [])
    .filter((resource) => resource.includes('*') && arns.some((arn) => matchesArn(resource, arn)));
  return entry === undefined ? undefined : messages.keepWide(prefixOfEntry(entry));
}

/** Decides what to do with a policy that names one of the secrets. Pure. */
export function decidePolicy(policy: UsedPolicy, ownership: Ownership): PolicyDecision {
  if (keepReason(policy, ownership)) return { kind: 'keep', policy };
  if (removeSecrets(policy.document, removalFilter(ownership))) return { kind: 'narrow', policy };
  if (otherAttachments(policy, ownership) !== undefined || !ownership.mayDelete(policy.arn))
    return { kind: 'keep', policy };
  return {
    kind: 'delete',
    policy,
    detach: policy.uses.roles.flatMap((name) => ownership.roleOf(name) ?? []),
  };
}

/** Returns why a policy must stay as it is, whatever its entries; undefined if it may be changed. */
function keepReason({ uses, document }: UsedPolicy, { includeUntagged }: Ownership): string | undefined {
  if (uses.stack) return messages.keepStack(uses.stack);
  if (!uses.hasToolTag && !includeUntagged) return messages.keepNotOwn;
  return isReadPolicy(document) ? undefined : messages.keepOtherShape;
}

/** Returns true if a policy has the form that this program writes. */
export function isReadPolicy(document: string): boolean {
  const parsed = tryParsePolicy(document);
  return parsed !== undefined && isReadPolicyShape(parsed);
}

/** Returns what else a policy is attached to, in words; undefined if nothing. */
function otherAttachments({ uses }: UsedPolicy, { roleOf }: Ownership): string | undefined {
  const roles = uses.roles.filter((name) => !roleOf(name));
  if (roles.length > 0) return messages.usedByRoles(roles);
  return uses.otherAttachments > 0 ? messages.usedByOthers : undefined;
}

/** Returns the plan's lines for a policy: the roles that lose it, and what becomes of it. */
export function policyChanges(decision: PolicyDecision, ownership: Ownership): Change[] {
  const { kind, policy } = decision;
  const change = { resource: 'policy', name: policy.name } as const;
  if (kind === 'delete')
    return [
      ...decision.detach.map(
        ({ name }): Change => ({ ...change, action: 'detach', reason: messages.detach(name) }),
      ),
      { ...change, action: 'delete', reason: messages.deletePolicy },
    ];
  if (kind === 'keep') {
    const usedBy = otherAttachments(policy, ownership) ?? '';
    return [
      { ...change, action: 'keep', reason: keepReason(policy, ownership) ?? messages.keepUsed(usedBy) },
    ];
  }
  const oldestVersion = versionToDelete(policy);
  const reasons = [
    messages.narrow(entriesToRemove(policy, ownership).length),
    ...(oldestVersion ? [policyMessages.makesRoom(oldestVersion)] : []),
  ];
  const document = removeSecrets(policy.document, removalFilter(ownership));
  return [{ ...change, action: 'update', reason: reasons.join('; '), document }];
}

/** The policies to delete, and those that each role loses. */
export interface Removals {
  /** ARNs of the policies to delete. */
  deleted: ReadonlySet<string>;
  /** Returns the names of the policies that a role loses. */
  lostBy(role: RoleState): string[];
}

/** Returns which policies the decisions delete, and from which roles. */
export function removalsIn(decisions: PolicyDecision[]): Removals {
  const deletions = decisions.filter((decision) => decision.kind === 'delete');
  const losses = deletions.flatMap(({ policy, detach }) => detach.map((role) => ({ role, policy })));
  const lossesByRole = groupedBy(losses, ({ role }) => role.arn);
  return {
    deleted: new Set(deletions.map(({ policy }) => policy.arn)),
    lostBy: ({ arn }) => (lossesByRole.get(arn) ?? []).map(({ policy }) => policy.name),
  };
}

/** Decides what to do with a role that a target names. Pure. */
export function decideRole(
  role: RoleState,
  removals: Removals,
  { includeUntagged, mayDelete }: Pick<Ownership, 'includeUntagged' | 'mayDelete'>,
): RolePlan['decision'] {
  const isRemovable =
    !role.stack && (role.hasToolTag || includeUntagged) && !role.path.startsWith('/aws-service-role/');
  if (isRemovable && mayDelete(role.arn) && policiesLeftOn(role, removals).length === 0) return 'delete';
  return removals.lostBy(role).length > 0 ? 'detach' : 'keep';
}

/** Returns the names of the policies that a role keeps. */
function policiesLeftOn({ attachedArns, policies }: RoleState, { deleted }: Removals): string[] {
  const inline = policies.filter(({ arn }) => arn === undefined).map(({ name }) => name);
  const managed = attachedArns.filter((arn) => !deleted.has(arn));
  return [...managed.map(nameInIamArn), ...inline];
}

/** Returns the plan's line for a role. */
export function roleChange(
  { decision, role }: RolePlan,
  removals: Removals,
  { includeUntagged }: Pick<Ownership, 'includeUntagged'>,
): Change {
  const change = { resource: 'role', name: role.name } as const;
  if (decision === 'delete') return { ...change, action: 'delete', reason: messages.deleteRole };
  const keep = { ...change, action: 'keep' } as const;
  if (role.stack) return { ...keep, reason: messages.keepRoleStack(role.stack) };
  if (!role.hasToolTag && !includeUntagged) return { ...keep, reason: messages.keepRoleNotOwn };
  return { ...keep, reason: messages.keepRoleUsed(policiesLeftOn(role, removals)) };
}
