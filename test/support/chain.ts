import type { PolicyState } from '../../src/aws/iam/policy-versions.ts';
import type { PolicyChain } from '../../src/steps/read-policy/chain.ts';

/** Policies as a chain that this program has made, and that the role has. */
export function chainOf(policies: PolicyState[]): PolicyChain {
  return {
    policies: policies.map((policy, index) => ({
      ...policy,
      isOnEveryRole: true,
      ...(index > 0 ? { overflow: true as const } : {}),
    })),
    takenNames: new Set(),
  };
}
