import { type PolicyReader, policyReader, readPolicyUses } from '../../../aws/iam/policies.ts';
import type { PolicyState } from '../../../aws/iam/policy-versions.ts';
import { type RoleState, readRole } from '../../../aws/iam/roles.ts';
import { allSettledOrThrow, atMost } from '../../../aws/requests/concurrency.ts';
import { findSecret, type ReadSecret, type SecretLocations } from '../../../aws/secrets/find-in-regions.ts';
import { describeSecret } from '../../../aws/secrets/index.ts';
import { findUsers, reasonUnseen, type SecretUser } from '../../../aws/secrets/users.ts';
import type { Aws } from '../../../aws/session.ts';
import type { Attempt, Failure } from '../../../failure.ts';
import { BATCH_RUN, CONTRADICTION_PAUSES_MS } from '../../../limits.ts';
import { toAttempt } from '../../../steps/observe.ts';
import { readChain, searchChain } from '../../../steps/read-policy/chain.ts';
import type { StepContext } from '../../../steps/types.ts';
import { groupedBy } from '../../../text.ts';
import type { Findings, TeardownRequest, TeardownTarget, UsedPolicy } from '../types.ts';

/** Options of `observeTargets`. */
export interface ObserveOptions {
  /** Called with each target whose secrets have been read. */
  onTarget?: () => void;
  /** Earlier findings for these targets. Secrets that were already scheduled for deletion are not read again. */
  known?: Findings;
}

/** Reads the current state: the secrets, what uses them, the policies and the roles. Changes nothing. */
export async function observeTargets(
  context: StepContext,
  { targets }: TeardownRequest,
  { onTarget = () => undefined, known }: ObserveOptions = {},
): Promise<Findings> {
  const { aws } = context;
  // The values of the secrets are not needed, and reading them would update their dates of last access.
  const readWithoutValue: ReadSecret = (region, name) => describeSecret(aws, region, name);
  const [identity, secrets, chains, roles] = await Promise.all([
    aws.identity(),
    atMost(BATCH_RUN.keysAtOnce, [...targets.entries()], async ([index, { name, regions }]) => {
      const earlier = known?.secrets[index];
      const locations =
        earlier && isAllScheduled(earlier)
          ? earlier
          : await toAttempt(() => findSecret(aws, name, regions, readWithoutValue));
      onTarget();
      return locations;
    }),
    findChains(context, targets),
    findRoles(context, unique(targets.map(({ roleName }) => roleName))),
  ]);
  const [completeRoles, users] = await Promise.all([
    readMissingRolesAgain(aws, roles, chains),
    findAllUsers(aws, secrets),
  ]);
  return { identity, secrets, chains, roles: completeRoles, ...users };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

/** Returns true if every secret that was found is scheduled for deletion. */
function isAllScheduled(locations: Attempt<SecretLocations>): boolean {
  return 'value' in locations && locations.value.found.every(({ deletedAt }) => deletedAt);
}

async function findChains(context: StepContext, targets: TeardownTarget[]): Promise<Findings['chains']> {
  const targetsByPolicy = groupedBy(targets, ({ policyName }) => policyName);
  const chains = await atMost(BATCH_RUN.keysAtOnce, [...targetsByPolicy], async ([name, sharingTargets]) => {
    const roleNames = unique(sharingTargets.map(({ roleName }) => roleName));
    return [name, await toAttempt(() => findPolicies(context, name, roleNames))] as const;
  });
  // A policy that belongs to two chains stays only in the first one.
  const assignedArns = new Set<string>();
  const distinctChains = new Map<string, Attempt<UsedPolicy[]>>();
  for (const [name, chain] of chains) {
    const policies = 'value' in chain ? chain.value.filter(({ arn }) => !assignedArns.has(arn)) : [];
    for (const { arn } of policies) assignedArns.add(arn);
    distinctChains.set(name, 'value' in chain ? { value: policies } : chain);
  }
  return distinctChains;
}

async function findRoles({ aws, policies }: StepContext, names: string[]): Promise<Findings['roles']> {
  const roles = await atMost(BATCH_RUN.keysAtOnce, names, async (name) => {
    return [name, await toAttempt(() => readRole(aws, policies, name))] as const;
  });
  return new Map(roles);
}

/**
 * Reads again the roles that IAM doesn't show although one of the policies is attached to them, and returns all roles. Without the
 * second read, a role that IAM shows late would count as one that the targets don't name, and its policy would stay.
 */
async function readMissingRolesAgain(
  aws: Aws,
  roles: Findings['roles'],
  chains: Findings['chains'],
): Promise<Findings['roles']> {
  const policies = [...chains.values()].flatMap((chain) => ('value' in chain ? chain.value : []));
  const attachedRoleNames = new Set(
    policies.flatMap(({ uses }) => uses.roles.map((name) => name.toLowerCase())),
  );
  const readIfMissing = async ([name, role]: [string, Attempt<RoleState | undefined>]) => {
    const isMissing =
      'value' in role && role.value === undefined && attachedRoleNames.has(name.toLowerCase());
    return [name, isMissing ? await toAttempt(() => readLateRole(aws, name)) : role] as const;
  };
  return new Map(await atMost(BATCH_RUN.keysAtOnce, [...roles], readIfMissing));
}

/** Reads a role until IAM shows it; undefined if IAM never does. */
async function readLateRole(aws: Aws, name: string): Promise<RoleState | undefined> {
  for (const pause of CONTRADICTION_PAUSES_MS) {
    await aws.pause(pause);
    const role = await readRole(aws, policyReader(aws), name);
    if (role) return role;
  }
  return undefined;
}

/** Returns the policies of the chain, with what each is attached to. */
async function findPolicies(
  { aws, policies: reader }: Pick<StepContext, 'aws' | 'policies'>,
  name: string,
  roleNames: string[],
): Promise<UsedPolicy[]> {
  const search = await searchChain(reader, { name, roleNames, reserved: [] }, await aws.identity());
  const { policies } = await readChain(reader, search);
  const usedPolicies = await Promise.all(policies.map((policy) => withUses(aws, reader, policy)));
  return usedPolicies.filter((policy) => policy !== undefined);
}

/**
 * Reads a policy, and what it is attached to; undefined if it doesn't exist. Returns `unsettled` if IAM shows its versions but not
 * what it is attached to.
 */
export async function findPolicy(aws: Aws, arn: string): Promise<UsedPolicy | 'unsettled' | undefined> {
  const reader = policyReader(aws);
  const policy = await reader.read(arn);
  return policy && ((await withUses(aws, reader, policy)) ?? 'unsettled');
}

async function withUses(
  aws: Aws,
  reader: PolicyReader,
  policy: PolicyState,
): Promise<UsedPolicy | undefined> {
  const uses = await readPolicyUses(aws, reader, policy.arn);
  return uses && { ...policy, uses };
}

/**
 * Finds the flows, router inputs and router outputs that use the secrets. Reads each Region with a secret that is not scheduled
 * for deletion. A missing permission to read users, or a Region without MediaConnect or routers, doesn't stop the run; the plan
 * then says so.
 */
async function findAllUsers(
  aws: Aws,
  secrets: Attempt<SecretLocations>[],
): Promise<Pick<Findings, 'users' | 'usersUnknown' | 'usersFailed'>> {
  const found = secrets.flatMap((locations) => ('value' in locations ? locations.value.found : []));
  const usableSecrets = found.filter(({ deletedAt }) => !deletedAt);
  const users = new Map<string, SecretUser[]>();
  const usersUnknown: Findings['usersUnknown'] = [];
  const usersFailed = new Map<string, Failure>();
  const searches = [...groupedBy(usableSecrets, ({ region }) => region)].map(
    async ([region, regionSecrets]) => {
      const arns = regionSecrets.map(({ arn }) => arn);
      const usersInRegion = await findUsers(aws, region, arns);
      for (const [arn, secretUsers] of usersInRegion.users) users.set(arn, secretUsers);
      for (const { kind, failure } of usersInRegion.unseen) {
        const why = reasonUnseen(failure);
        if (why === undefined) usersFailed.set(region, failure);
        else usersUnknown.push({ region, kind, why });
      }
    },
  );
  await allSettledOrThrow(searches);
  return { users, usersUnknown, usersFailed };
}
