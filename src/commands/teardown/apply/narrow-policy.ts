import type { FoundPolicy } from '../../../aws/iam/policy-versions.ts';
import type { Identity } from '../../../aws/session.ts';
import type { PolicyOutcome } from '../../../plan-types.ts';
import { isReadPolicyShape, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import type { PolicyChain } from '../../../steps/read-policy/chain.ts';
import type { PolicyAim } from '../../../steps/read-policy/desired.ts';
import type { PolicyWork } from '../../../steps/read-policy/distribute.ts';
import { settlePolicies } from '../../../steps/read-policy/reconcile.ts';
import { newSettling } from '../../../steps/read-policy/reconcile-state.ts';
import type { StepContext } from '../../../steps/types.ts';

/** What goes out of which policies. */
interface ToNarrow {
  /** The name of the chain that they belong to. */
  name: string;
  /** The ARNs of the policies. */
  arns: string[];
  isGone: (resource: string) => boolean;
}

/** Takes secrets out of policies, in one new version of each; what others add to them meanwhile stays. */
export async function narrowPolicies(
  context: StepContext,
  wanted: ToNarrow,
  chain: FoundPolicy[],
): Promise<PolicyOutcome[]> {
  if (wanted.arns.length === 0) return [];
  const aim = aimAt(await context.aws.identity(), wanted);
  const settling = newSettling(aim.decide(chainOf(chain)), context.limits);
  return settlePolicies(context, aim, settling);
}

function aimAt(identity: Identity, { name, arns, isGone }: ToNarrow): PolicyAim {
  return {
    name,
    identity,
    async read(reader) {
      const found = await Promise.all(arns.map((arn) => reader.read(arn)));
      return chainOf(found.filter((policy) => policy !== undefined));
    },
    // No policy is ever made.
    tags: () => [],
    decide: ({ policies }) =>
      policies.filter(({ arn }) => arns.includes(arn)).map((policy) => workOn(policy, isGone)),
  };
}

function chainOf(policies: FoundPolicy[]): PolicyChain {
  return { policies: policies.map((policy) => ({ ...policy, onRole: true })), taken: new Set() };
}

function workOn(policy: FoundPolicy, isGone: ToNarrow['isGone']): PolicyWork {
  const document = isReadable(policy.document) ? removeSecrets(policy.document, isGone) : undefined;
  return document === undefined
    ? { kind: 'keep', policy, secrets: [] }
    : { kind: 'update', policy, secrets: [], document };
}

function isReadable(document: string): boolean {
  const parsed = tryParsePolicy(document);
  return parsed !== undefined && isReadPolicyShape(parsed);
}
