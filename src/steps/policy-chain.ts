import { nameInIamArn, policyArn } from '../aws/arn.ts';
import type { FoundPolicy, PolicyReader } from '../aws/policies.ts';
import type { AccountRef } from '../policy/index.ts';

/** A policy that belongs to a chain. */
export interface ChainPolicy extends FoundPolicy {
  /** Whether it is attached to every role that is to read the secrets. */
  onRole: boolean;
}

/**
 * The policies for the secrets of one policy name: `NAME`, and those that took over when the one before was full, `NAME-2`,
 * `NAME-3`, …, with or without gaps. A numbered policy belongs to the chain when its tag says so or when the role has it; one
 * that merely has such a name is somebody else's.
 */
export interface PolicyChain {
  /** By their number. */
  policies: ChainPolicy[];
  /** Numbered names that somebody else's policies have, or will have; in lower case, as IAM compares names. */
  taken: ReadonlySet<string>;
}

/** What is known of the account where a chain is looked for. It is added to when more shows. */
export interface ChainSearch {
  name: string;
  account: AccountRef;
  /** The numbers that the account is known to have. */
  numbers: Set<number>;
  /** ARNs of the policies attached to every role that is to read the secrets. */
  onRole: ReadonlySet<string>;
  /** See `PolicyChain.taken`. */
  taken: ReadonlySet<string>;
}

/** What a search begins with. */
export interface ChainNames {
  name: string;
  /** The roles that are to read the secrets. */
  roleNames: string[];
  /** Names that others use for chains of their own. */
  reserved: string[];
}

/** Returns the name of the nth policy of a chain: `NAME`, `NAME-2`, `NAME-3`, … */
export function numberedName(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

/** Returns the name that a numbered one continues: `NAME` for `NAME-2`; undefined for a name without such a number. */
export function continuedName(name: string): string | undefined {
  return /^(.+)-(?:[2-9]|[1-9]\d+)$/.exec(name)?.[1];
}

/**
 * Prepares the search for a chain from what the account shows: the names of its policies, and what the roles have attached. What
 * most chains have or lack is read at the same time.
 */
export async function searchChain(
  reader: PolicyReader,
  { name, roleNames, reserved }: ChainNames,
  account: AccountRef,
): Promise<ChainSearch> {
  for (const number of [1, 2])
    reader.read(policyArn(account, numberedName(name, number)), { withTags: true }).catch(() => undefined);
  const [listed, ...attached] = await Promise.all([
    reader.namedLike(name),
    ...roleNames.map((role) => attachedTo(reader, role)),
  ]);
  const [first = [], ...others] = attached;
  const numberOf = numbersOf(name, account);
  const otherwiseNamed = listed.filter(
    (arn) => arn !== policyArn(account, name) && numberOf(arn) === undefined,
  );
  return {
    name,
    account,
    numbers: new Set([...listed, ...attached.flat()].flatMap((arn) => numberOf(arn) ?? [])),
    onRole: new Set(first.filter((arn) => others.every((arns) => arns.includes(arn)))),
    taken: new Set([...otherwiseNamed.map(nameInIamArn), ...reserved].map((each) => each.toLowerCase())),
  };
}

/** Whoever reads the role hears why that failed, if it did. */
async function attachedTo(reader: Pick<PolicyReader, 'attachedTo'>, role: string): Promise<string[]> {
  return (await reader.attachedTo(role).catch(() => undefined)) ?? [];
}

/** Returns a function that tells the number of a policy in the chain by its ARN; undefined for any other policy. */
function numbersOf(name: string, account: AccountRef): (arn: string) => number | undefined {
  const start = `${policyArn(account, name)}-`;
  return (arn) => {
    if (!arn.startsWith(start)) return undefined;
    const number = Number(arn.slice(start.length));
    return policyArn(account, numberedName(name, number)) === arn && number >= 2 ? number : undefined;
  };
}

/** Has `readChain` look for a policy of the chain that may exist by now. */
export function lookFor({ name, account, numbers }: ChainSearch, policy: string): void {
  const number = numbersOf(name, account)(policyArn(account, policy));
  if (number !== undefined) numbers.add(number);
}

/**
 * Reads the policies of a chain: `NAME`, the numbers that are known, and those that follow without a gap, which another run may
 * have made a moment ago.
 */
export async function readChain(
  reader: Pick<PolicyReader, 'read'>,
  search: ChainSearch,
): Promise<PolicyChain> {
  const read = (number: number) =>
    reader.read(policyArn(search.account, numberedName(search.name, number)), { withTags: true });
  // The second one is asked for together with the first: it saves a round trip to whoever has one or both.
  const numbers = [...new Set([1, 2, ...search.numbers])].sort((a, b) => a - b);
  const found = new Map(
    await Promise.all(numbers.map(async (number) => [number, await read(number)] as const)),
  );
  for (let next = 3; found.get(next - 1); next += 1) if (!found.has(next)) found.set(next, await read(next));
  const present = [...found].flatMap(([number, policy]) => (policy ? [{ number, policy }] : []));
  for (const { number } of present) if (number > 1) search.numbers.add(number);
  const members = present
    .filter(({ number, policy }) => number === 1 || belongs(policy, search))
    .sort((a, b) => a.number - b.number)
    .map(({ policy }) => ({ ...policy, onRole: search.onRole.has(policy.arn) }));
  const own = new Set(members.map(({ arn }) => arn));
  const strange = present.filter(({ policy }) => !own.has(policy.arn)).map(({ policy }) => policy.name);
  return {
    policies: members,
    taken: new Set([...search.taken, ...strange.map((each) => each.toLowerCase())]),
  };
}

/** Whether a numbered policy continues the chain, and does not merely have such a name. */
function belongs(policy: FoundPolicy, { onRole, taken }: ChainSearch): boolean {
  // Its tag says more than that another entry of the manifest names it.
  if (policy.overflow) return true;
  return !taken.has(policy.name.toLowerCase()) && onRole.has(policy.arn);
}
