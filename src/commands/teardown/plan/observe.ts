import { type PolicyReader, policyReader, readPolicyUses } from '../../../aws/iam/policies.ts';
import type { PolicyState } from '../../../aws/iam/policy-versions.ts';
import { type RoleState, readRole } from '../../../aws/iam/roles.ts';
import { allSettledOrThrow, atMost } from '../../../aws/requests/concurrency.ts';
import { findSecret, type ReadSecret, type SecretLocations } from '../../../aws/secrets/find-in-regions.ts';
import { describeSecret } from '../../../aws/secrets/index.ts';
import { findUsers, reasonUnseen, type SecretUser } from '../../../aws/secrets/users.ts';
import type { Aws } from '../../../aws/session.ts';
import type { Attempt, Failure } from '../../../failure.ts';
import { groupedBy } from '../../../grouping.ts';
import { BATCH_RUN, CONTRADICTION_PAUSES_MS } from '../../../limits.ts';
import { tried } from '../../../steps/observe.ts';
import { readChain, searchChain } from '../../../steps/read-policy/chain.ts';
import type { StepContext } from '../../../steps/types.ts';
import type { Findings, TeardownRequest, TeardownTarget, UsedPolicy } from '../types.ts';

/** Options for reading many secrets. */
export interface Looking {
  /** Called with each target whose secrets have been read. */
  onTarget?: () => void;
  /** Earlier findings. What was already scheduled for deletion is not read again. */
  known?: Findings;
}

/** Reads the current state of the secrets and their users. Changes nothing. */
export async function findAll(
  context: StepContext,
  { targets }: TeardownRequest,
  { onTarget = () => undefined, known }: Looking = {},
): Promise<Findings> {
  const { aws } = context;
  // The values of the secrets are not needed, and reading them would update their dates of last access.
  const describe: ReadSecret = (region, name) => describeSecret(aws, region, name);
  const [identity, secrets, chains, roles] = await Promise.all([
    aws.identity(),
    atMost(BATCH_RUN.keysAtOnce, [...targets.entries()], async ([at, { name, regions }]) => {
      const before = known?.secrets[at];
      const found =
        before && isGone(before) ? before : await tried(() => findSecret(aws, name, regions, describe));
      onTarget();
      return found;
    }),
    findChains(context, targets),
    findRoles(context, unique(targets.map(({ roleName }) => roleName))),
  ]);
  const [shown, users] = await Promise.all([rolesInUse(aws, roles, chains), findAllUsers(aws, secrets)]);
  return { identity, secrets, chains, roles: shown, ...users };
}

function unique(names: string[]): string[] {
  return [...new Set(names)];
}

function isGone(found: Attempt<SecretLocations>): boolean {
  return 'value' in found && found.value.found.every(({ deletedAt }) => deletedAt);
}

async function findChains(context: StepContext, targets: TeardownTarget[]): Promise<Findings['chains']> {
  const byPolicy = groupedBy(targets, ({ policyName }) => policyName);
  const names = [...byPolicy.keys()];
  const chains = await atMost(BATCH_RUN.keysAtOnce, [...byPolicy], ([name, users]) =>
    tried(() => findPolicies(context, name, unique(users.map(({ roleName }) => roleName)))),
  );
  const taken = new Set<string>();
  const own = chains.map((found) => {
    if ('failure' in found) return found;
    const policies = found.value.filter(({ arn }) => !taken.has(arn));
    for (const { arn } of policies) taken.add(arn);
    return { value: policies };
  });
  return byName(names, own);
}

async function findRoles(
  { aws, policies: reader }: StepContext,
  names: string[],
): Promise<ReadonlyMap<string, Attempt<RoleState | undefined>>> {
  return byName(
    names,
    await atMost(BATCH_RUN.keysAtOnce, names, (name) => tried(() => readRole(aws, reader, name))),
  );
}

/**
 * Returns the roles, after reading those again that IAM doesn't show although one of the policies is attached to them. They would
 * otherwise count as roles that were not named.
 */
async function rolesInUse(
  aws: Aws,
  roles: Findings['roles'],
  chains: Findings['chains'],
): Promise<Findings['roles']> {
  const policies = [...chains.values()].flatMap((found) => ('value' in found ? found.value : []));
  const users = new Set(policies.flatMap(({ uses }) => uses.roles.map((name) => name.toLowerCase())));
  const read = async ([name, found]: [string, Attempt<RoleState | undefined>]) => {
    const isMissing = 'value' in found && found.value === undefined && users.has(name.toLowerCase());
    return [name, isMissing ? await tried(() => readLateRole(aws, name)) : found] as const;
  };
  return new Map(await atMost(BATCH_RUN.keysAtOnce, [...roles], read));
}

async function readLateRole(aws: Aws, name: string): Promise<RoleState | undefined> {
  for (const pause of CONTRADICTION_PAUSES_MS) {
    await aws.pause(pause);
    const role = await readRole(aws, policyReader(aws), name);
    if (role) return role;
  }
  return undefined;
}

function byName<T>(names: string[], found: T[]): ReadonlyMap<string, T> {
  return new Map(found.map((each, index) => [names[index] ?? '', each]));
}

/** Returns the policies of the chain, with their owners and users. */
async function findPolicies(
  { aws, policies: reader }: Pick<StepContext, 'aws' | 'policies'>,
  name: string,
  roleNames: string[],
): Promise<UsedPolicy[]> {
  const search = await searchChain(reader, { name, roleNames, reserved: [] }, await aws.identity());
  const { policies } = await readChain(reader, search);
  const used = await Promise.all(policies.map((policy) => withUses(aws, reader, policy)));
  return used.filter((policy) => policy !== undefined);
}

/**
 * Returns the current policy, or undefined if IAM says that it doesn't exist. Returns `unsettled` if IAM lists its versions but
 * doesn't know who uses it.
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
 * Finds the users of the secrets: reads each Region with a secret that is not scheduled for deletion. Continues without the
 * permission to read, and in Regions without MediaConnect or routers; the plan then says so.
 */
async function findAllUsers(
  aws: Aws,
  secrets: Attempt<SecretLocations>[],
): Promise<Pick<Findings, 'users' | 'usersUnknown' | 'usersFailed'>> {
  const found = secrets.flatMap((each) => ('value' in each ? each.value.found : []));
  const live = found.filter(({ deletedAt }) => !deletedAt);
  const users = new Map<string, SecretUser[]>();
  const usersUnknown: Findings['usersUnknown'] = [];
  const usersFailed = new Map<string, Failure>();
  const looks = [...groupedBy(live, ({ region }) => region)].map(async ([region, some]) => {
    const arns = some.map(({ arn }) => arn);
    const looked = await findUsers(aws, region, arns);
    for (const [arn, uses] of looked.users) users.set(arn, uses);
    for (const { kind, failure } of looked.unseen) {
      const why = reasonUnseen(failure);
      if (why === undefined) usersFailed.set(region, failure);
      else usersUnknown.push({ region, kind, why });
    }
  });
  await allSettledOrThrow(looks);
  return { users, usersUnknown, usersFailed };
}
