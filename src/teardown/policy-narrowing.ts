import type { FoundPolicy } from '../aws/policies.ts';
import type { Identity } from '../aws/session.ts';
import { isReadPolicyShape, removeSecrets, tryParsePolicy } from '../policy/index.ts';
import type { PolicyOutcome } from '../report/types.ts';
import type { PolicyAim } from '../steps/policy-aim.ts';
import type { PolicyWork } from '../steps/policy-distribution.ts';
import { settlePolicies } from '../steps/policy-settling.ts';
import { newSettling } from '../steps/policy-settling-state.ts';
import type { StepContext } from '../steps/types.ts';
import type { TeardownPlan, TeardownRequest } from './types.ts';

type ToNarrow = Pick<TeardownPlan, 'isGone'> & { arns: string[] };

/** Takes the secret out of the policies with these ARNs; what others add to them meanwhile stays. */
export async function narrowPolicies(
  context: StepContext,
  { policyName: name }: Pick<TeardownRequest, 'policyName'>,
  { arns, isGone }: ToNarrow,
  chain: FoundPolicy[],
): Promise<PolicyOutcome[]> {
  if (arns.length === 0) return [];
  const aim = aimAt(name, await context.aws.identity(), { arns, isGone });
  return settlePolicies(context, aim, newSettling(aim.decide(chain)));
}

function aimAt(name: string, identity: Identity, { arns, isGone }: ToNarrow): PolicyAim {
  return {
    name,
    gaps: true,
    identity,
    tags: [],
    decide: (chain) => chain.filter(({ arn }) => arns.includes(arn)).map((policy) => workOn(policy, isGone)),
    keepOf(document) {
      const kept = isReadable(document) ? removeSecrets(document, isGone) : undefined;
      return kept && JSON.stringify(kept);
    },
  };
}

function workOn(policy: FoundPolicy, isGone: ToNarrow['isGone']): PolicyWork {
  const document = isReadable(policy.document) ? removeSecrets(policy.document, isGone) : undefined;
  const same =
    document === undefined || JSON.stringify(document) === JSON.stringify(JSON.parse(policy.document));
  return same ? { kind: 'keep', policy, secrets: [] } : { kind: 'update', policy, secrets: [], document };
}

function isReadable(document: string): boolean {
  const parsed = tryParsePolicy(document);
  return parsed !== undefined && isReadPolicyShape(parsed);
}
