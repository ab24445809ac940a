import type { Failure } from '../failure.ts';
import type { SetupRequest } from '../options/setup-request.ts';
import type { Change, Conflict, PolicyOutcome } from '../plan-types.ts';
import { groupedBy } from '../text.ts';
import type { Group } from './groups.ts';
import type { ObservedGroup, ObservedKeys } from './observe.ts';
import { type ObservedPolicies, type PolicyPlan, readPolicy } from './read-policy/index.ts';
import { storeSecret } from './store-secret/index.ts';
import type { ObservedRole } from './trust-role/conflicts.ts';
import { type RolePlan, trustRole } from './trust-role/index.ts';
import type {
  ObservedSecrets,
  PolicyRequest,
  RoleRequest,
  SecretPlan,
  SecretRef,
  Step,
  StepInput,
  StepPlan,
} from './types.ts';

/** The plan for one key. A key with a conflict or a failure is not set up. */
export interface KeyPlan {
  input: StepInput<SetupRequest>;
  /** The state of its secrets and the plan for them. Absent if they could not be read. */
  secrets?: { found: ObservedSecrets; plan: SecretPlan };
  conflicts: Conflict[];
  /** Why its secrets, its policy or its role could not be read. */
  failure?: Failure;
}

/** The plan for a policy or role, with the keys that it is for. */
export interface GroupPlan<Request, Found, Plan> extends Group<Request> {
  found: Found;
  input: StepInput<Request>;
  plan: Plan;
}

export interface SetupPlan {
  /** One item for each request. */
  keys: KeyPlan[];
  policies: GroupPlan<PolicyRequest, ObservedPolicies, PolicyPlan>[];
  roles: GroupPlan<RoleRequest, ObservedRole, RolePlan>[];
  changes: Change[];
  warnings: string[];
}

/** Returns true if a key has no conflicts and no failure. */
export function canProceed({ conflicts, failure }: Pick<KeyPlan, 'conflicts' | 'failure'>): boolean {
  return conflicts.length === 0 && failure === undefined;
}

/**
 * Plans the whole procedure. Problems of one key don't affect the others; problems of a policy or role affect all keys that need
 * it. Pure.
 * @param knownConflicts further conflicts of each key, by the index of the key
 */
export function planAll(observed: ObservedKeys, knownConflicts: Conflict[][] = []): SetupPlan {
  const failures = failuresOfGroups(observed);
  const keys = observed.requests.map((_request, index) => {
    const key = planKey(observed, index, failures.get(index));
    return key.failure ? key : { ...key, conflicts: [...key.conflicts, ...(knownConflicts[index] ?? [])] };
  });
  // Only the first pass includes keys with conflicts, so that all conflicts of a key are reported together.
  let includedIndexes = keys.flatMap((key, index) => (key.failure ? [] : [index]));
  for (;;) {
    const groups = planGroups(observed, keys, includedIndexes);
    const proceedingIndexes = includedIndexes.filter((index) => canProceed(keys[index] ?? NO_PROBLEMS));
    if (proceedingIndexes.length === includedIndexes.length || proceedingIndexes.length === 0)
      return combinePlans(keys, proceedingIndexes, groups);
    includedIndexes = proceedingIndexes;
  }
}

const NO_PROBLEMS = { conflicts: [] };

type Groups = Pick<SetupPlan, 'policies' | 'roles'>;

function planKey(
  { requests, identity, secrets }: ObservedKeys,
  index: number,
  groupFailure: Failure | undefined,
): KeyPlan {
  const [request, secretsAttempt] = [requests[index], secrets[index]];
  if (!request || !secretsAttempt) throw new Error('there is no such key');
  const input = { request, identity, secrets: [], policies: [], hasEarlierChanges: false };
  if ('failure' in secretsAttempt) return { input, conflicts: [], failure: secretsAttempt.failure };
  if (groupFailure) return { input, conflicts: [], failure: groupFailure };
  const plan = storeSecret.plan(input, secretsAttempt.value);
  return { input, secrets: { found: secretsAttempt.value, plan }, conflicts: [...plan.conflicts] };
}

/** Returns why the policy or the role of a key could not be read, by index of the key. */
function failuresOfGroups({ policies, roles }: ObservedKeys): Map<number, Failure> {
  // Policies last: if both failed, the failure of the policy is reported.
  const failed = [...roles, ...policies].flatMap(({ keyIndexes, found }) =>
    'failure' in found ? keyIndexes.map((index) => [index, found.failure] as const) : [],
  );
  return new Map(failed);
}

/** Plans the policies and roles for the included keys, and adds the conflicts of these plans to the keys. */
function planGroups(
  { identity, policies, roles }: ObservedKeys,
  keys: KeyPlan[],
  includedIndexes: number[],
): Groups {
  const included = new Set(includedIndexes);
  const planGroup = <Request, Found, Plan extends StepPlan>(
    step: Step<Request, Found, Plan>,
    { request, keyIndexes: allIndexes, found }: ObservedGroup<Request, Found>,
    policiesOf: (keyIndexes: number[]) => PolicyOutcome[],
  ): GroupPlan<Request, Found, Plan>[] => {
    const keyIndexes = allIndexes.filter((index) => included.has(index));
    if ('failure' in found || keyIndexes.length === 0) return [];
    const secrets = keyIndexes.flatMap((index) => keys[index]?.secrets?.plan.expected.secrets ?? []);
    const earlierPolicies = policiesOf(keyIndexes);
    const hasEarlierChanges = hasChanges([...secrets, ...earlierPolicies]);
    const input = { request, identity, secrets, policies: earlierPolicies, hasEarlierChanges };
    const plan = step.plan(input, found.value);
    addConflicts(plan.conflicts, keyIndexes, keys);
    return [{ request, keyIndexes, found: found.value, input, plan }];
  };
  const policyPlans = policies.flatMap((group) => planGroup(readPolicy, group, () => []));
  const policiesOf = (keyIndexes: number[]) =>
    policiesFor(keyIndexes, policyPlans, ({ plan }) => plan.expected.policies ?? []);
  return { policies: policyPlans, roles: roles.flatMap((group) => planGroup(trustRole, group, policiesOf)) };
}

/** Returns the outcomes of the groups that have any of these keys. */
export function policiesFor<G extends { keyIndexes: number[] }, Policy>(
  keyIndexes: number[],
  groups: G[],
  outcomes: (group: G) => Policy[],
): Policy[] {
  const indexes = new Set(keyIndexes);
  return groups.filter((group) => group.keyIndexes.some((index) => indexes.has(index))).flatMap(outcomes);
}

export function hasChanges(outcomes: { action: SecretRef['action'] }[]): boolean {
  return outcomes.some(({ action }) => action !== 'kept');
}

/** A conflict about one secret affects only its key. */
function addConflicts(conflicts: Conflict[], keyIndexes: number[], keys: KeyPlan[]): void {
  if (conflicts.length === 0) return;
  const sharingKeys = keyIndexes.flatMap((index) => keys[index] ?? []);
  const secrets = sharingKeys.flatMap((key) =>
    (key.secrets?.plan.expected.secrets ?? []).map(({ arn }) => ({ arn, key })),
  );
  const byArn = groupedBy(secrets, ({ arn }) => arn);
  for (const conflict of conflicts) {
    const { secretArn } = conflict;
    const affectedKeys =
      secretArn === undefined ? sharingKeys : (byArn.get(secretArn) ?? []).map(({ key }) => key);
    for (const key of affectedKeys) key.conflicts.push(conflict);
  }
}

function combinePlans(keys: KeyPlan[], proceedingIndexes: number[], { policies, roles }: Groups): SetupPlan {
  const secretPlans = proceedingIndexes.flatMap((index) => keys[index]?.secrets?.plan ?? []);
  const groups = proceedingIndexes.length > 0 ? { policies, roles } : { policies: [], roles: [] };
  const plans = [...secretPlans, ...[...groups.policies, ...groups.roles].map(({ plan }) => plan)];
  return {
    keys,
    ...groups,
    changes: plans.flatMap((plan) => plan.changes),
    warnings: [...new Set(plans.flatMap((plan) => plan.warnings))],
  };
}
