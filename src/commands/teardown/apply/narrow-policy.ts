import type { PolicyState } from '../../../aws/iam/policy-versions.ts';
import type { Identity } from '../../../aws/session.ts';
import type { PolicyOutcome } from '../../../plan-types.ts';
import { removeSecrets } from '../../../policy/index.ts';
import type { PolicyChain } from '../../../steps/read-policy/chain.ts';
import type { DesiredPolicies } from '../../../steps/read-policy/desired.ts';
import type { PolicyWork } from '../../../steps/read-policy/distribute.ts';
import { reconcilePolicies } from '../../../steps/read-policy/reconcile.ts';
import { newReconcileState } from '../../../steps/read-policy/reconcile-state.ts';
import type { StepContext } from '../../../steps/types.ts';
import { isReadPolicy } from '../plan/decisions.ts';

/** Which entries to remove from which policies. */
interface NarrowRequest {
  /** The name of the policies' chain. */
  name: string;
  /** The ARNs of the policies. */
  arns: string[];
  /** Returns true for a `Resource` entry that is to be removed. */
  isToBeRemoved: (resource: string) => boolean;
}

/**
 * Removes secrets from policies, in one new version of each policy. Keeps what others add in the meantime.
 * @param policies the state of the policies before the first write
 */
export async function narrowPolicies(
  context: StepContext,
  request: NarrowRequest,
  policies: PolicyState[],
): Promise<PolicyOutcome[]> {
  if (request.arns.length === 0) return [];
  const desired = narrowedPolicies(await context.aws.identity(), request);
  const state = newReconcileState(desired.decide(chainOf(policies)), context.limits);
  return reconcilePolicies(context, desired, state);
}

/** Returns the desired state: the policies without the entries that are to be removed. */
function narrowedPolicies(identity: Identity, { name, arns, isToBeRemoved }: NarrowRequest): DesiredPolicies {
  return {
    name,
    identity,
    async read(reader) {
      const policies = await Promise.all(arns.map((arn) => reader.read(arn)));
      return chainOf(policies.filter((policy) => policy !== undefined));
    },
    // Tags are for new policies. Narrowing creates none.
    tags: () => [],
    decide: ({ policies }) =>
      policies.filter(({ arn }) => arns.includes(arn)).map((policy) => workOn(policy, isToBeRemoved)),
  };
}

function chainOf(policies: PolicyState[]): PolicyChain {
  return { policies: policies.map((policy) => ({ ...policy, isOnEveryRole: true })), takenNames: new Set() };
}

function workOn(policy: PolicyState, isToBeRemoved: NarrowRequest['isToBeRemoved']): PolicyWork {
  const document = isReadPolicy(policy.document) ? removeSecrets(policy.document, isToBeRemoved) : undefined;
  return document === undefined
    ? { kind: 'keep', policy, secrets: [] }
    : { kind: 'update', policy, secrets: [], document };
}
