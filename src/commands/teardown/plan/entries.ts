import type { Identity } from '../../../aws/session.ts';
import type { Change } from '../../../plan-types.ts';
import { isReadPolicyShape, prefixOfEntry, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import { standsFor } from '../../../policy/match.ts';
import { isOpen } from '../../../steps/plan.ts';
import { versionToDelete } from '../../../steps/read-policy/compare-and-swap.ts';
import { policyMessages } from '../../../steps/read-policy/messages.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { PolicyDecision, Scope, TargetPlan, UsedPolicy } from '../types.ts';

/** The suffix of a secret's ARN, or wildcards for it. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/**
 * Returns a function that tells which target a policy entry belongs to. The entry must have the target's name and a six-character
 * suffix, as in a secret's ARN. Its Region must be one that was read and where the secret is deleted or gone. A secret that stays
 * keeps its entry.
 */
export function ownersOf({ partition, account }: Identity, targets: TargetPlan[]): Scope['ownerOf'] {
  const owners = new Map<string, number>();
  for (const [at, plan] of targets.entries()) {
    if (!isOpen(plan)) continue;
    for (const region of plan.gone)
      owners.set(`arn:${partition}:secretsmanager:${region}:${account}:secret:${plan.target.name}`, at);
  }
  return (resource) => {
    const end = SUFFIX.exec(resource);
    return end ? owners.get(resource.slice(0, end.index)) : undefined;
  };
}

/** Returns a function that tells whether an entry is to be removed. */
export function isGone(scope: Pick<Scope, 'ownerOf'>): (resource: string) => boolean {
  return (resource) => scope.ownerOf(resource) !== undefined;
}

/** Returns the unique entries of a policy that are to be removed. */
export function entriesOf({ document }: UsedPolicy, scope: Pick<Scope, 'ownerOf'>): string[] {
  const { statements = [] } = tryParsePolicy(document) ?? {};
  const entries = statements.flatMap(({ resources }) => resources?.values ?? []);
  return [...new Set(entries)].filter(isGone(scope));
}

/** Returns the indexes of the targets with an entry in any of the policies. */
export function ownersIn(policies: UsedPolicy[], scope: Scope): number[] {
  const entries = policies.flatMap((policy) => entriesOf(policy, scope));
  return [...new Set(entries.flatMap((entry) => scope.ownerOf(entry) ?? []))];
}

/**
 * Returns the plan's lines for policies that allow the secrets with a wildcard. They stay as they are, because others may rely on
 * them.
 */
export function wideChanges(policies: UsedPolicy[], arns: string[]): Change[] {
  return policies.flatMap((policy): Change[] => {
    const reason = wideReason(policy, arns);
    return reason === undefined ? [] : [{ action: 'keep', resource: 'policy', name: policy.name, reason }];
  });
}

function wideReason({ document }: UsedPolicy, arns: string[]): string | undefined {
  const parsed = tryParsePolicy(document);
  if (!parsed || !isReadPolicyShape(parsed)) return undefined;
  const [entry] = parsed.statements
    .flatMap(({ resources }) => resources?.values ?? [])
    .filter((each) => each.includes('*') && arns.some((arn) => standsFor(each, arn)));
  return entry === undefined ? undefined : messages.keepWide(prefixOfEntry(entry));
}

/** Decides what to do with a policy that names one of the secrets. Pure. */
export function decidePolicy(policy: UsedPolicy, scope: Scope): PolicyDecision {
  if (keepReason(policy, scope)) return { kind: 'keep', policy };
  if (removeSecrets(policy.document, isGone(scope))) return { kind: 'narrow', policy };
  if (otherUsers(policy, scope) !== undefined || !scope.mayDelete(policy.arn))
    return { kind: 'keep', policy };
  return { kind: 'delete', policy, detach: policy.uses.roles.flatMap((name) => scope.roleOf(name) ?? []) };
}

function keepReason({ uses, document }: UsedPolicy, { includeUntagged }: Scope): string | undefined {
  if (uses.stack) return messages.keepStack(uses.stack);
  if (!uses.own && !includeUntagged) return messages.keepNotOwn;
  const parsed = tryParsePolicy(document);
  return parsed && isReadPolicyShape(parsed) ? undefined : messages.keepOtherShape;
}

/** Returns who else uses a policy, in words; undefined if nobody does. */
function otherUsers({ uses }: UsedPolicy, { roleOf }: Scope): string | undefined {
  const roles = uses.roles.filter((name) => !roleOf(name));
  if (roles.length > 0) return messages.usedByRoles(roles);
  return uses.others > 0 ? messages.usedByOthers : undefined;
}

/** Returns the plan's line for a policy. */
export function policyChange(decision: PolicyDecision, scope: Scope): Change {
  const { kind, policy } = decision;
  const oldest = versionToDelete(policy);
  const reasons = {
    narrow: () =>
      [
        messages.narrow(entriesOf(policy, scope).length),
        ...(oldest ? [policyMessages.makesRoom(oldest)] : []),
      ].join('; '),
    delete: () => messages.deletePolicy,
    keep: () => keepReason(policy, scope) ?? messages.keepUsed(otherUsers(policy, scope) ?? ''),
  };
  const action = { narrow: 'update', delete: 'delete', keep: 'keep' } as const;
  const document = kind === 'narrow' ? removeSecrets(policy.document, isGone(scope)) : undefined;
  return {
    action: action[kind],
    resource: 'policy',
    name: policy.name,
    reason: reasons[kind](),
    document,
  };
}
