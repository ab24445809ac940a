import type { PolicyState } from '../../../aws/iam/policy-versions.ts';
import type { Identity } from '../../../aws/session.ts';
import type { PolicyOutcome } from '../../../plan-types.ts';
import { isReadPolicyShape, removeSecrets, tryParsePolicy } from '../../../policy/index.ts';
import type { PolicyChain } from '../../../steps/read-policy/chain.ts';
import type { DesiredPolicies } from '../../../steps/read-policy/desired.ts';
import type { PolicyWork } from '../../../steps/read-policy/distribute.ts';
import { reconcilePolicies } from '../../../steps/read-policy/reconcile.ts';
import { newReconcileState } from '../../../steps/read-policy/reconcile-state.ts';
import type { StepContext } from '../../../steps/types.ts';

/** The entries to remove, and the policies to remove them from. */
interface ToNarrow {
  /** The name of their chain. */
  name: string;
  /** The ARNs of the policies. */
  arns: string[];
  isGone: (resource: string) => boolean;
}

/** Removes secrets from policies, in one new version of each policy. Keeps what others add in the meantime. */
export async function narrowPolicies(
  context: StepContext,
  wanted: ToNarrow,
  chain: PolicyState[],
): Promise<PolicyOutcome[]> {
  if (wanted.arns.length === 0) return [];
  const desired = desiredPoliciesAt(await context.aws.identity(), wanted);
  const reconciling = newReconcileState(desired.decide(chainOf(chain)), context.limits);
  return reconcilePolicies(context, desired, reconciling);
}

function desiredPoliciesAt(identity: Identity, { name, arns, isGone }: ToNarrow): DesiredPolicies {
  return {
    name,
    identity,
    async read(reader) {
      const found = await Promise.all(arns.map((arn) => reader.read(arn)));
      return chainOf(found.filter((policy) => policy !== undefined));
    },
    // No policy is ever created.
    tags: () => [],
    decide: ({ policies }) =>
      policies.filter(({ arn }) => arns.includes(arn)).map((policy) => workOn(policy, isGone)),
  };
}

function chainOf(policies: PolicyState[]): PolicyChain {
  return { policies: policies.map((policy) => ({ ...policy, onRole: true })), taken: new Set() };
}

function workOn(policy: PolicyState, isGone: ToNarrow['isGone']): PolicyWork {
  const document = isReadable(policy.document) ? removeSecrets(policy.document, isGone) : undefined;
  return document === undefined
    ? { kind: 'keep', policy, secrets: [] }
    : { kind: 'update', policy, secrets: [], document };
}

function isReadable(document: string): boolean {
  const parsed = tryParsePolicy(document);
  return parsed !== undefined && isReadPolicyShape(parsed);
}
