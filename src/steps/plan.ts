import type { Failure } from '../failure.ts';
import { groupedBy } from '../grouping.ts';
import type { SetupRequest } from '../options/setup-request.ts';
import type { Change, Conflict } from '../plan-types.ts';
import type { Group } from './groups.ts';
import type { ObservedKeys } from './observe.ts';
import { type ObservedPolicies, type PolicyPlan, readPolicy } from './read-policy/index.ts';
import type { ObservedSecrets, SecretPlan } from './store-secret/decision-types.ts';
import { storeSecret } from './store-secret/index.ts';
import type { TrustState } from './trust-role/conflicts.ts';
import { type RolePlan, trustRole } from './trust-role/index.ts';
import type { PolicyRequest, RoleRequest, SecretRef, StepInput } from './types.ts';

/** The plan for one key. With a conflict or a failure, nothing is done for it. */
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
  roles: GroupPlan<RoleRequest, TrustState, RolePlan>[];
  changes: Change[];
  warnings: string[];
}

/** Returns true if a key has no conflicts and no failure. */
export function isOpen({ conflicts, failure }: Pick<KeyPlan, 'conflicts' | 'failure'>): boolean {
  return conflicts.length === 0 && failure === undefined;
}

/**
 * Plans the whole procedure. Problems of one key don't affect the others; problems of a policy or role affect all keys that need
 * it. Pure.
 * @param known further conflicts for each key, by index
 */
export function planAll(inspection: ObservedKeys, known: Conflict[][] = []): SetupPlan {
  const failures = failuresOfGroups(inspection);
  const keys = inspection.requests.map((_request, index) => {
    const key = planKey(inspection, index, failures.get(index));
    return key.failure ? key : { ...key, conflicts: [...key.conflicts, ...(known[index] ?? [])] };
  });
  // The first pass includes keys with conflicts, so that all conflicts of a key are reported together.
  let chosen = keys.flatMap((key, at) => (key.failure ? [] : [at]));
  for (;;) {
    const groups = planGroups(inspection, keys, chosen);
    const open = chosen.filter((at) => isOpen(keys[at] ?? NOTHING));
    if (open.length === chosen.length || open.length === 0) return planTogether(keys, open, groups);
    chosen = open;
  }
}

const NOTHING = { conflicts: [] };

type Groups = Pick<SetupPlan, 'policies' | 'roles'>;

function planKey(
  { requests, identity, secrets }: ObservedKeys,
  at: number,
  ofGroup: Failure | undefined,
): KeyPlan {
  const [request, read] = [requests[at], secrets[at]];
  if (!request || !read) throw new Error('there is no such key');
  const input = { request, identity, secrets: [], policies: [], changing: false };
  if ('failure' in read) return { input, conflicts: [], failure: read.failure };
  if (ofGroup) return { input, conflicts: [], failure: ofGroup };
  const plan = storeSecret.plan(input, read.value);
  return { input, secrets: { found: read.value, plan }, conflicts: [...plan.conflicts] };
}

/** Returns why the policy or the role of a key could not be read, by index of the key. */
function failuresOfGroups({ policies, roles }: ObservedKeys): Map<number, Failure> {
  // Policies last: if both failed, the failure of the policy is reported.
  const failed = [...roles, ...policies].flatMap(({ keys, found }) =>
    'failure' in found ? keys.map((at) => [at, found.failure] as const) : [],
  );
  return new Map(failed);
}

/** Plans the policies and roles for the chosen keys, and adds conflicts to the keys. */
function planGroups({ identity, policies, roles }: ObservedKeys, keys: KeyPlan[], chosen: number[]): Groups {
  const among = new Set(chosen);
  const refsOf = (members: number[]) =>
    members.flatMap((at) => keys[at]?.secrets?.plan.expected.secrets ?? []);
  const policyPlans = policies.flatMap((group) => {
    const members = group.keys.filter((at) => among.has(at));
    if (!('value' in group.found) || members.length === 0) return [];
    const secrets = refsOf(members);
    const input = { request: group.request, identity, secrets, policies: [], changing: changes(secrets) };
    const plan = readPolicy.plan(input, group.found.value);
    note(plan.conflicts, members, keys);
    return [{ request: group.request, keys: members, found: group.found.value, input, plan }];
  });
  const rolePlans = roles.flatMap((group) => {
    const members = group.keys.filter((at) => among.has(at));
    if (!('value' in group.found) || members.length === 0) return [];
    const secrets = refsOf(members);
    const attached = policiesFor(members, policyPlans, ({ plan }) => plan.expected.policies ?? []);
    const changing = changes(secrets) || changes(attached);
    const input = { request: group.request, identity, secrets, policies: attached, changing };
    const plan = trustRole.plan(input, group.found.value);
    note(plan.conflicts, members, keys);
    return [{ request: group.request, keys: members, found: group.found.value, input, plan }];
  });
  return { policies: policyPlans, roles: rolePlans };
}

/** Returns the policies for any of these keys. */
export function policiesFor<G extends { keys: number[] }, Policy>(
  keys: number[],
  groups: G[],
  outcomes: (group: G) => Policy[],
): Policy[] {
  const among = new Set(keys);
  return groups.filter((group) => group.keys.some((at) => among.has(at))).flatMap(outcomes);
}

export function changes(outcomes: { action: SecretRef['action'] }[]): boolean {
  return outcomes.some(({ action }) => action !== 'kept');
}

/** A conflict about one secret affects only its key. */
function note(conflicts: Conflict[], members: number[], keys: KeyPlan[]): void {
  if (conflicts.length === 0) return;
  const all = members.flatMap((at) => keys[at] ?? []);
  const secrets = all.flatMap((key) =>
    (key.secrets?.plan.expected.secrets ?? []).map(({ arn }) => ({ arn, key })),
  );
  const byArn = groupedBy(secrets, ({ arn }) => arn);
  for (const conflict of conflicts) {
    const { about } = conflict;
    const concerned = about === undefined ? all : (byArn.get(about) ?? []).map(({ key }) => key);
    for (const key of concerned) key.conflicts.push(conflict);
  }
}

function planTogether(keys: KeyPlan[], open: number[], { policies, roles }: Groups): SetupPlan {
  const stored = open.flatMap((at) => keys[at]?.secrets?.plan ?? []);
  const groups = open.length > 0 ? { policies, roles } : { policies: [], roles: [] };
  const plans = [
    ...stored,
    ...groups.policies.map(({ plan }) => plan),
    ...groups.roles.map(({ plan }) => plan),
  ];
  return {
    keys,
    ...groups,
    changes: plans.flatMap((plan) => plan.changes),
    warnings: [...new Set(plans.flatMap((plan) => plan.warnings))],
  };
}
