import { nameInIamArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { groupedBy } from '../../../grouping.ts';
import type { Change } from '../../../plan-types.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { Ownership, PolicyDecision, RolePlan } from '../types.ts';

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

/** Returns the plan's lines for a role. */
export function roleChanges(
  { decision, role }: RolePlan,
  removals: Removals,
  { includeUntagged }: Pick<Ownership, 'includeUntagged'>,
): Change[] {
  const { name } = role;
  const lostPolicies = removals.lostBy(role);
  const change = (action: Change['action'], reason: string): Change => ({
    action,
    resource: 'role',
    name,
    reason,
  });
  const detach = lostPolicies.length > 0 ? [change('detach', messages.detach(lostPolicies))] : [];
  if (decision === 'delete') return [...detach, change('delete', messages.deleteRole)];
  if (role.stack) return [...detach, change('keep', messages.keepRoleStack(role.stack))];
  if (!role.hasToolTag && !includeUntagged) return [...detach, change('keep', messages.keepRoleNotOwn)];
  return [...detach, change('keep', messages.keepRoleUsed(policiesLeftOn(role, removals)))];
}
