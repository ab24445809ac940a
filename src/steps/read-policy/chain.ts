import { nameInIamArn, policyArn } from '../../aws/arn.ts';
import type { PolicyReader } from '../../aws/iam/policies.ts';
import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import type { AccountRef } from '../../policy/index.ts';
import type { PolicyRequest } from '../types.ts';

export interface ChainPolicy extends PolicyState {
  /** True if it is attached to every role that should read the secrets. See `ChainSearch.attachedArns`. */
  isOnEveryRole: boolean;
}

/**
 * The policies for the secrets of one policy name: `NAME`, and those that continue it when it is full, `NAME-2`, `NAME-3`, …,
 * with or without gaps. A numbered policy belongs to the chain if its tag says so or if it is attached to the roles. A policy
 * that only has such a name belongs to another owner.
 */
export interface PolicyChain {
  /** Sorted by number. */
  policies: ChainPolicy[];
  /** Names of other policies, existing or planned in this run. In lower case, because IAM ignores case in names. */
  takenNames: ReadonlySet<string>;
}

/** The state of a search for a chain. Later reads add to it. */
export interface ChainSearch {
  name: string;
  account: AccountRef;
  /** Numbers of the policies known to exist in the account. */
  numbers: Set<number>;
  /** ARNs of the policies attached to every role that should read the secrets. */
  attachedArns: ReadonlySet<string>;
  /** See `PolicyChain.takenNames`. */
  takenNames: ReadonlySet<string>;
}

/** Returns the name of the nth policy of a chain: `NAME`, `NAME-2`, `NAME-3`, … */
export function numberedName(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

/** Returns the name that a numbered name continues, such as `NAME` for `NAME-2`, or undefined if it has no such number. */
export function continuedName(name: string): string | undefined {
  return /^(.+)-(?:[2-9]|[1-9]\d+)$/.exec(name)?.[1];
}

/**
 * Prepares the search for a chain from the names of the account's policies and the attachments of the roles. Meanwhile it
 * prefetches the first two policies, which `readChain` always needs.
 */
export async function searchChain(
  reader: PolicyReader,
  { name, roleNames, reserved }: { name: string } & Pick<PolicyRequest, 'roleNames' | 'reserved'>,
  account: AccountRef,
): Promise<ChainSearch> {
  for (const number of [1, 2])
    reader.read(policyArn(account, numberedName(name, number)), { withTags: true }).catch(() => undefined);
  const [listed, ...attachedByRole] = await Promise.all([
    reader.arnsNamedLike(name),
    ...roleNames.map((role) => attachedTo(reader, role)),
  ]);
  const [firstRole = [], ...otherRoles] = attachedByRole;
  const numberOf = numbersOf(name, account);
  const similarNames = listed.filter(
    (arn) => arn !== policyArn(account, name) && numberOf(arn) === undefined,
  );
  return {
    name,
    account,
    numbers: new Set([...listed, ...attachedByRole.flat()].flatMap((arn) => numberOf(arn) ?? [])),
    attachedArns: new Set(firstRole.filter((arn) => otherRoles.every((arns) => arns.includes(arn)))),
    takenNames: new Set([...similarNames.map(nameInIamArn), ...reserved].map((each) => each.toLowerCase())),
  };
}

/** Returns the ARNs of the policies attached to a role; none if reading fails. Step 3 reads the role too, and reports the error. */
async function attachedTo(reader: Pick<PolicyReader, 'arnsAttachedTo'>, role: string): Promise<string[]> {
  return (await reader.arnsAttachedTo(role).catch(() => undefined)) ?? [];
}

/** Returns a function that maps an ARN to its number in the chain, or to undefined for any other policy. */
function numbersOf(name: string, account: AccountRef): (arn: string) => number | undefined {
  const arnPrefix = `${policyArn(account, name)}-`;
  return (arn) => {
    if (!arn.startsWith(arnPrefix)) return undefined;
    const number = Number(arn.slice(arnPrefix.length));
    return policyArn(account, numberedName(name, number)) === arn && number >= 2 ? number : undefined;
  };
}

/** Makes `readChain` look for a policy of the chain that may exist by now. */
export function lookFor({ name, account, numbers }: ChainSearch, policy: string): void {
  const number = numbersOf(name, account)(policyArn(account, policy));
  if (number !== undefined) numbers.add(number);
}

/**
 * Reads the policies of a chain: `NAME`, the known numbers, and the numbers that follow without a gap, which another run may
 * have just created.
 */
export async function readChain(
  reader: Pick<PolicyReader, 'read'>,
  search: ChainSearch,
): Promise<PolicyChain> {
  const read = (number: number) =>
    reader.read(policyArn(search.account, numberedName(search.name, number)), { withTags: true });
  // Reading the first two together saves a round trip: most chains have only one or two policies.
  const numbers = [...new Set([1, 2, ...search.numbers])].sort((a, b) => a - b);
  const found = new Map(
    await Promise.all(numbers.map(async (number) => [number, await read(number)] as const)),
  );
  for (let next = 3; found.get(next - 1); next += 1) if (!found.has(next)) found.set(next, await read(next));
  const present = [...found].flatMap(([number, policy]) => (policy ? [{ number, policy }] : []));
  for (const { number } of present) if (number > 1) search.numbers.add(number);
  const isInChain = ({ number, policy }: (typeof present)[number]) =>
    number === 1 || continuesChain(policy, search);
  const otherNames = present.filter((each) => !isInChain(each)).map(({ policy }) => policy.name);
  return {
    policies: present
      .filter(isInChain)
      .sort((a, b) => a.number - b.number)
      .map(({ policy }) => ({ ...policy, isOnEveryRole: search.attachedArns.has(policy.arn) })),
    takenNames: new Set([...search.takenNames, ...otherNames.map((each) => each.toLowerCase())]),
  };
}

/** Returns true if a numbered policy continues the chain; false if it only has a name of that form. */
function continuesChain(policy: PolicyState, { attachedArns, takenNames }: ChainSearch): boolean {
  // A policy with the tag belongs to the chain, even if another manifest entry names that policy.
  if (policy.overflow) return true;
  return !takenNames.has(policy.name.toLowerCase()) && attachedArns.has(policy.arn);
}
