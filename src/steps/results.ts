import type { RoleState } from '../aws/iam/roles.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import type { Attempt, Failure } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import type { PolicyOutcome, RoleOutcome } from '../plan-types.ts';
import { keyConflictFailure } from './conflict.ts';
import { type GroupPlan, hasChanges, type KeyPlan, type SetupPlan } from './plan.ts';
import type { ObservedRole } from './trust-role/conflicts.ts';
import type { RolePlan } from './trust-role/index.ts';
import type { RoleRequest, SecretPlan, SecretRef, StepInput } from './types.ts';

export interface KeyResult {
  secrets: SecretRef[];
  /** The stored key: the user's, or an existing one that is kept. */
  key?: KeyMaterial;
  /** The state of the secrets. Those that were written are read back. */
  secretStates: Promise<Attempt<SecretState[]>>;
  /** Why the key is not set up. */
  failure?: Failure;
}

/** A role that was set up, with the keys that it reads. */
export interface RoleResult {
  request: RoleRequest;
  keyIndexes: number[];
  role: RoleOutcome;
  policies: PolicyOutcome[];
  /** The role as it was read. Absent if the run has changed the role, its policies or its secrets. */
  unchanged?: RoleState;
}

export interface SetupResult {
  /** One item for each request. */
  keys: KeyResult[];
  policies: PolicyOutcome[];
  roles: RoleResult[];
}

/** Returns the results that the plan expects, for a dry run or a run with nothing to do. */
export function expectedResults(plan: SetupPlan): SetupResult {
  return {
    keys: plan.keys.map(expectedKeyResult),
    policies: plan.policies.flatMap((group) => group.plan.expected.policies ?? []),
    roles: plan.roles.flatMap((group) => roleResult(group, group.input, group.plan.expected.role)),
  };
}

function expectedKeyResult(key: KeyPlan): KeyResult {
  const failure = blockerOf(key);
  if (failure || !key.secrets) return failedResult(failure);
  const { expected, key: material } = key.secrets.plan;
  return {
    secrets: expected.secrets ?? [],
    key: material,
    secretStates: Promise.resolve({ value: existingSecretsIn(key.secrets.plan) }),
  };
}

export function existingSecretsIn({ decisions }: SecretPlan): SecretState[] {
  return decisions.flatMap((decision) => ('found' in decision ? [decision.found] : []));
}

/** Returns why nothing is done for a key, if so. */
export function blockerOf(key: Pick<KeyPlan, 'failure' | 'conflicts'>): Failure | undefined {
  return key.failure ?? (key.conflicts.length > 0 ? keyConflictFailure(key.conflicts) : undefined);
}

/** Returns the result for a key of which nothing was set up. */
export function failedResult(failure: Failure | undefined): KeyResult {
  return { secrets: [], secretStates: Promise.resolve({ value: [] }), failure };
}

/** Returns the result for a role, once its outcome is known. */
export function roleResult(
  { request, keyIndexes, plan }: GroupPlan<RoleRequest, ObservedRole, RolePlan>,
  { secrets, policies }: StepInput<RoleRequest>,
  role: RoleOutcome | undefined,
): RoleResult[] {
  if (!role) return [];
  const unchanged = hasChanges([...secrets, ...policies, role]) ? undefined : plan.found;
  return [{ request, keyIndexes, role, policies, unchanged }];
}
