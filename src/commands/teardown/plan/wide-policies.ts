import type { Change } from '../../../plan-types.ts';
import { isReadPolicyShape, prefixOfEntry, tryParsePolicy } from '../../../policy/index.ts';
import { standsFor } from '../../../policy/match.ts';
import { teardownWords as words } from '../messages.ts';
import type { UsedPolicy } from '../types.ts';

/** The plan's lines for policies that allow the secrets by a wildcard. They stay as they are: others may rely on them. */
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
  return entry === undefined ? undefined : words.keepWide(prefixOfEntry(entry));
}
