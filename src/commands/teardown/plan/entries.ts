import type { Identity } from '../../../aws/session.ts';
import { tryParsePolicy } from '../../../policy/index.ts';
import { isOpen } from '../../../steps/index.ts';
import type { Scope, TargetPlan, UsedPolicy } from '../types.ts';

/** What ARNs of secrets end in; or what stands for that. */
const SUFFIX = /-[A-Za-z0-9?]{6}$/;

/**
 * Tells for which target an entry of a policy stands: one that has its name and six characters more, as ARNs of secrets do,
 * in a Region that was looked at and where the secret goes or has gone. A secret that stays keeps its place.
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

/** Whether an entry goes. */
export function isGone(scope: Pick<Scope, 'ownerOf'>): (resource: string) => boolean {
  return (resource) => scope.ownerOf(resource) !== undefined;
}

/** The entries of a policy that go, each once. */
export function entriesOf({ document }: UsedPolicy, scope: Pick<Scope, 'ownerOf'>): string[] {
  const { statements = [] } = tryParsePolicy(document) ?? {};
  const entries = statements.flatMap(({ resources }) => resources?.values ?? []);
  return [...new Set(entries)].filter(isGone(scope));
}

/** The places of the targets that have an entry in one of the policies. */
export function ownersIn(policies: UsedPolicy[], scope: Scope): number[] {
  const entries = policies.flatMap((policy) => entriesOf(policy, scope));
  return [...new Set(entries.flatMap((entry) => scope.ownerOf(entry) ?? []))];
}
