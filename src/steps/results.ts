import type { RoleState } from '../aws/iam/roles.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import type { Attempt, Failure } from '../failure.ts';
import type { KeyMaterial } from '../key/index.ts';
import type { PolicyOutcome, RoleOutcome } from '../plan-types.ts';
import { keyConflict } from './conflict.ts';
import { changes, type GroupPlan, type KeyPlan, type SetupPlan } from './plan.ts';
import type { SecretPlan } from './store-secret/decision-types.ts';
import type { TrustState } from './trust-role/conflicts.ts';
import type { RolePlan } from './trust-role/index.ts';
import type { RoleRequest, SecretRef, StepInput } from './types.ts';

/** What was done for one key. */
export interface KeyResult {
  secrets: SecretRef[];
  /** The key that is stored: the user's, or the one that was there and is kept. */
  key?: KeyMaterial;
  /** What the secrets hold; those that were written are read back. */
  seen: Promise<Attempt<SecretState[]>>;
  /** Why it is not set up. */
  failure?: Failure;
}

/** A role that was set up, with the keys that it reads. */
export interface RoleResult {
  request: RoleRequest;
  keys: number[];
  role: RoleOutcome;
  policies: PolicyOutcome[];
  /** The role as it was read, where nothing was changed that it depends on. */
  unchanged?: RoleState;
}

export interface SetupResult {
  /** One for each request. */
  keys: KeyResult[];
  policies: PolicyOutcome[];
  roles: RoleResult[];
}

/** What the plan expects: the result of a dry run, and of a run that has nothing to do. */
export function asPlanned(plan: SetupPlan): SetupResult {
  return {
    keys: plan.keys.map(expectedOf),
    policies: plan.policies.flatMap((group) => group.plan.expected.policies ?? []),
    roles: plan.roles.flatMap((group) => roleResult(group, group.input, group.plan.expected.role)),
  };
}

function expectedOf(key: KeyPlan): KeyResult {
  const failure = whatStops(key);
  if (failure || !key.secrets) return failed(failure);
  const { expected, key: material } = key.secrets.plan;
  return {
    secrets: expected.secrets ?? [],
    ...(material ? { key: material } : {}),
    seen: Promise.resolve({ value: foundIn(key.secrets.plan) }),
  };
}

/** The secrets that the plan has found. */
export function foundIn({ decisions }: SecretPlan): SecretState[] {
  return decisions.flatMap((decision) => ('found' in decision ? [decision.found] : []));
}

/** Why nothing is done for a key. */
export function whatStops({
  failure,
  conflicts,
}: Pick<KeyPlan, 'failure' | 'conflicts'>): Failure | undefined {
  return failure ?? (conflicts.length > 0 ? keyConflict(conflicts) : undefined);
}

/** The result for a key of which nothing is in place. */
export function failed(failure: Failure | undefined): KeyResult {
  return { secrets: [], seen: Promise.resolve({ value: [] }), ...(failure ? { failure } : {}) };
}

/** The result for a role, once it is known which one it is. */
export function roleResult(
  { request, keys, plan }: GroupPlan<RoleRequest, TrustState, RolePlan>,
  { secrets, policies }: StepInput<RoleRequest>,
  role: RoleOutcome | undefined,
): RoleResult[] {
  if (!role) return [];
  const changed = changes([...secrets, ...policies, role]);
  return [{ request, keys, role, policies, ...(plan.found && !changed ? { unchanged: plan.found } : {}) }];
}
