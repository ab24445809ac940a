import { nameInIamArn } from '../../../aws/arn.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { groupedBy } from '../../../grouping.ts';
import type { Change } from '../../../plan-types.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { PolicyDecision, RolePlan, Scope } from '../types.ts';

/** The policies to delete, and those that each role loses. */
export interface Removals {
  /** ARNs of the policies to delete. */
  deleted: ReadonlySet<string>;
  /** Returns the names of the policies that a role loses. */
  lostBy(role: RoleState): string[];
}

export function removalsIn(decisions: PolicyDecision[]): Removals {
  const going = decisions.filter((decision) => decision.kind === 'delete');
  const losses = going.flatMap(({ policy, detach }) => detach.map((role) => ({ role, policy })));
  const lost = groupedBy(losses, ({ role }) => role.arn);
  return {
    deleted: new Set(going.map(({ policy }) => policy.arn)),
    lostBy: ({ arn }) => (lost.get(arn) ?? []).map(({ policy }) => policy.name),
  };
}

/** Decides what to do with a role that a target names. Pure. */
export function decideRole(
  role: RoleState,
  removals: Removals,
  { includeUntagged, mayDelete }: Pick<Scope, 'includeUntagged' | 'mayDelete'>,
): RolePlan['decision'] {
  const own = !role.stack && (role.own || includeUntagged) && !role.path.startsWith('/aws-service-role/');
  if (own && mayDelete(role.arn) && staysOn(role, removals).length === 0) return 'delete';
  return removals.lostBy(role).length > 0 ? 'detach' : 'keep';
}

/** Returns the names of the policies that a role keeps. */
function staysOn({ attached, policies }: RoleState, { deleted }: Removals): string[] {
  const inline = policies.filter(({ arn }) => arn === undefined).map(({ name }) => name);
  const managed = attached.filter((arn) => !deleted.has(arn));
  return [...managed.map(nameInIamArn), ...inline];
}

/** Returns the plan's lines for a role. */
export function roleChanges(
  { decision, role }: RolePlan,
  removals: Removals,
  { includeUntagged }: Pick<Scope, 'includeUntagged'>,
): Change[] {
  const { name } = role;
  const lost = removals.lostBy(role);
  const change = (action: Change['action'], reason: string): Change => ({
    action,
    resource: 'role',
    name,
    reason,
  });
  const detach = lost.length > 0 ? [change('detach', messages.detach(lost))] : [];
  if (decision === 'delete') return [...detach, change('delete', messages.deleteRole)];
  if (role.stack) return [...detach, change('keep', messages.keepRoleStack(role.stack))];
  if (!role.own && !includeUntagged) return [...detach, change('keep', messages.keepRoleNotOwn)];
  return [...detach, change('keep', messages.keepRoleUsed(staysOn(role, removals)))];
}
