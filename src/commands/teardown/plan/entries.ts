import type { Identity } from '../../../aws/session.ts';
import type { Change } from '../../../plan-types.ts';
import { isReadPolicyShape, prefixOfEntry, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import { matchesArn } from '../../../policy/match.ts';
import { canProceed } from '../../../steps/plan.ts';
import { versionToDelete } from '../../../steps/read-policy/compare-and-swap.ts';
import { policyMessages } from '../../../steps/read-policy/messages.ts';
import { teardownMessages as messages } from '../messages.ts';
import type { Ownership, PolicyDecision, TargetPlan, UsedPolicy } from '../types.ts';

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

/** Returns the plan's line for a policy. */
export function policyChange(decision: PolicyDecision, ownership: Ownership): Change {
  const { kind, policy } = decision;
  const oldestVersion = versionToDelete(policy);
  const reasons = {
    narrow: () =>
      [
        messages.narrow(entriesToRemove(policy, ownership).length),
        ...(oldestVersion ? [policyMessages.makesRoom(oldestVersion)] : []),
      ].join('; '),
    delete: () => messages.deletePolicy,
    keep: () => keepReason(policy, ownership) ?? messages.keepUsed(otherAttachments(policy, ownership) ?? ''),
  };
  const actions = { narrow: 'update', delete: 'delete', keep: 'keep' } as const;
  const document = kind === 'narrow' ? removeSecrets(policy.document, removalFilter(ownership)) : undefined;
  return { action: actions[kind], resource: 'policy', name: policy.name, reason: reasons[kind](), document };
}
