import type { Change } from '../../../plan-types.ts';
import { isReadPolicyShape, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import { policyWords } from '../../../steps/messages.ts';
import { versionToDelete } from '../../../steps/read-policy/version-room.ts';
import { teardownWords as words } from '../messages.ts';
import type { PolicyFate, Scope, UsedPolicy } from '../types.ts';
import { entriesOf, isGone } from './entries.ts';

/** What becomes of a policy that names one of the secrets. Pure. */
export function policyFate(policy: UsedPolicy, scope: Scope): PolicyFate {
  if (keepReason(policy, scope)) return { kind: 'keep', policy };
  if (removeSecrets(policy.document, isGone(scope))) return { kind: 'narrow', policy };
  if (otherUsers(policy, scope) !== undefined || !scope.mayDelete(policy.arn))
    return { kind: 'keep', policy };
  return { kind: 'delete', policy, detach: policy.uses.roles.flatMap((name) => scope.roleOf(name) ?? []) };
}

function keepReason({ uses, document }: UsedPolicy, { includeUntagged }: Scope): string | undefined {
  if (uses.stack) return words.keepStack(uses.stack);
  if (!uses.own && !includeUntagged) return words.keepNotOwn;
  const parsed = tryParsePolicy(document);
  return parsed && isReadPolicyShape(parsed) ? undefined : words.keepOtherShape;
}

/** Who else uses a policy, in words; nothing when nobody does. */
function otherUsers({ uses }: UsedPolicy, { roleOf }: Scope): string | undefined {
  const roles = uses.roles.filter((name) => !roleOf(name));
  if (roles.length > 0) return words.usedByRoles(roles);
  return uses.others > 0 ? words.usedByOthers : undefined;
}

/** The line of the plan for a policy. */
export function policyChange(fate: PolicyFate, scope: Scope): Change {
  const { kind, policy } = fate;
  const oldest = versionToDelete(policy);
  const reasons = {
    narrow: () =>
      [
        words.narrow(entriesOf(policy, scope).length),
        ...(oldest ? [policyWords.makesRoom(oldest)] : []),
      ].join('; '),
    delete: () => words.deletePolicy,
    keep: () => keepReason(policy, scope) ?? words.keepUsed(otherUsers(policy, scope) ?? ''),
  };
  const action = { narrow: 'update', delete: 'delete', keep: 'keep' } as const;
  const document = kind === 'narrow' ? removeSecrets(policy.document, isGone(scope)) : undefined;
  return {
    action: action[kind],
    resource: 'policy',
    name: policy.name,
    reason: reasons[kind](),
    ...(document ? { document } : {}),
  };
}
