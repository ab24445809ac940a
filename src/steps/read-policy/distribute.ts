import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import type { PolicySpec } from '../../options/setup-request.ts';
import {
  type AccountRef,
  buildReadPolicy,
  describeDifference,
  isEquivalent,
  isReadPolicyShape,
  isWiderThan,
  type JsonPolicy,
  type PolicyDocument,
  parsePolicy,
  secretResources,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { SecretRef } from '../types.ts';
import { type ChainPolicy, numberedName, type PolicyChain } from './chain.ts';
import { coverageTest, extendPolicy, fillNewPolicy, NOTHING_ADDED, withoutSecrets } from './fill.ts';

/** The work on one policy. All of them are attached to the role. */
export type PolicyWork =
  | { kind: 'keep'; policy: PolicyState; secrets: SecretRef[] }
  | { kind: 'update'; policy: PolicyState; secrets: SecretRef[]; document: JsonPolicy }
  | { kind: 'create'; name: string; secrets: SecretRef[]; document: JsonPolicy; overflowOf?: string };

export type CreateWork = Extract<PolicyWork, { kind: 'create' }>;
export type UpdateWork = Extract<PolicyWork, { kind: 'update' }>;

/** Returns true if the work changes anything. A version that is equivalent to the default version is never written. */
export function isChange(work: PolicyWork): work is CreateWork | UpdateWork {
  return (
    work.kind === 'create' || (work.kind === 'update' && !isEquivalent(work.policy.document, work.document))
  );
}

export interface Distribution {
  work: PolicyWork[];
}

/** The policy with the requested name, if it doesn't allow all the secrets and must not be extended. */
export interface Blocked {
  blocked: PolicyState;
  /** How the policy differs from one that this program would create, a line for each statement. */
  difference: string[];
}

/** The name of the next policy that the secrets need, which is longer than IAM accepts. */
export interface NameTooLong {
  tooLong: string;
}

/** The ARN of a policy with the same name but a different path or case, because of which IAM would reject the name. */
export interface NameTaken {
  taken: string;
}

/**
 * Returns the first new policy whose name is already taken.
 * @param spellings ARNs of the policies with one of the names, with any path and case
 */
export function takenName(work: PolicyWork[], spellings: string[]): NameTaken | undefined {
  const takes = (arn: string, name: string) =>
    arn.toLowerCase().endsWith(`/${name.toLowerCase()}`) &&
    // With the same spelling, it's a policy that IAM doesn't show everywhere yet. Creating it will detect that.
    !arn.endsWith(`:policy/${name}`);
  const [taken] = work
    .flatMap((each) => (each.kind === 'create' ? [each.name] : []))
    .flatMap((name) => spellings.filter((arn) => takes(arn, name)));
  return taken === undefined ? undefined : { taken };
}

/**
 * Distributes the secrets over existing policies and as many new ones as necessary. A secret that is already allowed, with the
 * requested scope, stays where it is. The others go into the first policy with room. A numbered policy that this program did not
 * create for the chain counts for what it allows, and is not changed.
 */
export function distribute(
  secrets: SecretRef[],
  chain: PolicyChain,
  spec: PolicySpec,
  account: AccountRef,
): Distribution | Blocked | NameTooLong {
  const { scope } = spec;
  if (secrets.length === 0) return { work: [] };
  const requestedResources = secretResources(secrets, scope, account);
  const isWider = (document: PolicyDocument) => isWiderThan(document, requestedResources);
  const work: PolicyWork[] = [];
  const coverages = coverageOf(secrets, chain, spec, { account, isWider });
  const allCovered = coverages.flatMap(({ covered }) => covered);
  let unplaced = withoutSecrets(secrets, allCovered);
  for (const { policy, document, covered } of coverages) {
    const hasRequestedName = policy.name === spec.name;
    const extendable = document !== undefined && isReadPolicyShape(document) && !policy.stack;
    if (hasRequestedName && !extendable && unplaced.length > 0)
      return blockedPolicy(policy, document, secrets, spec, account);
    const mayGrow =
      extendable && (hasRequestedName || continues(policy, document, isWider)) && unplaced.length > 0;
    const added = mayGrow ? extendPolicy(policy.document, unplaced, scope, account) : NOTHING_ADDED;
    unplaced = withoutSecrets(unplaced, added.secrets);
    if (added.document) {
      work.push({ kind: 'update', policy, secrets: added.secrets, document: added.document });
    } else if (covered.length + added.secrets.length > 0) {
      work.push({ kind: 'keep', policy, secrets: [...covered, ...added.secrets] });
    }
  }
  const created = createForRemaining(unplaced, chain, spec, account);
  return 'tooLong' in created ? created : { work: [...work, ...created.work] };
}

/** A policy of the chain, and the secrets that it allows already. */
interface PolicyCoverage {
  policy: ChainPolicy;
  document: PolicyDocument | undefined;
  /** A secret that several policies allow is listed only for the first of them. */
  covered: SecretRef[];
}

function coverageOf(
  secrets: SecretRef[],
  { policies }: PolicyChain,
  { name, scope }: PolicySpec,
  { account, isWider }: { account: AccountRef; isWider: (document: PolicyDocument) => boolean },
): PolicyCoverage[] {
  // A numbered policy counts only if it gives the role no more than requested: it is attached already, or it is no wider.
  const isAllowedInChain = (policy: ChainPolicy, document: PolicyDocument | undefined) =>
    policy.name === name || policy.isOnEveryRole || (document !== undefined && !isWider(document));
  let uncovered = secrets;
  return policies
    .map((policy) => ({ policy, document: tryParsePolicy(policy.document) }))
    .filter(({ policy, document }) => isAllowedInChain(policy, document))
    .map(({ policy, document }) => {
      const covered = document ? uncovered.filter(coverageTest(document, scope, account)) : [];
      uncovered = withoutSecrets(uncovered, covered);
      return { policy, document, covered };
    });
}

/**
 * Returns true if this program created a numbered policy for the chain. If its tags can't be read, a policy counts if it is
 * attached to the role and is no wider than requested.
 */
function continues(
  { overflow, isOnEveryRole }: ChainPolicy,
  document: PolicyDocument,
  isWider: (document: PolicyDocument) => boolean,
): boolean {
  return overflow ?? (isOnEveryRole && !isWider(document));
}

/** Returns the new policies for the secrets that have no room in an existing one. */
function createForRemaining(
  secrets: SecretRef[],
  { policies, takenNames }: PolicyChain,
  { name, scope }: PolicySpec,
  account: AccountRef,
): Distribution | NameTooLong {
  const presentNames = new Set(policies.map((policy) => policy.name.toLowerCase()));
  // If the first name exists with a different spelling, it's a conflict (`takenName`). A taken number is skipped.
  const isFree = (number: number) => {
    const numbered = numberedName(name, number).toLowerCase();
    return !presentNames.has(numbered) && (number === 1 || !takenNames.has(numbered));
  };
  const work: PolicyWork[] = [];
  let lastName = policies.at(-1)?.name;
  let unplaced = secrets;
  for (let number = 1; unplaced.length > 0; number += 1) {
    if (!isFree(number)) continue;
    const nextName = numberedName(name, number);
    if (nextName.length > LONGEST_POLICY_NAME) return { tooLong: nextName };
    const { secrets: added, document } = fillNewPolicy(unplaced, scope, account);
    if (!document) throw new Error('a single secret does not fit into an empty policy');
    const overflowOf = number > 1 ? (lastName ?? name) : undefined;
    work.push({ kind: 'create', name: nextName, secrets: added, document, overflowOf });
    lastName = nextName;
    unplaced = withoutSecrets(unplaced, added);
  }
  return { work };
}

function blockedPolicy(
  policy: PolicyState,
  document: PolicyDocument | undefined,
  secrets: SecretRef[],
  spec: PolicySpec,
  account: AccountRef,
): Blocked {
  const ours = parsePolicy(JSON.stringify(buildReadPolicy(secrets, spec.scope, account)));
  return { blocked: policy, difference: document ? describeDifference(ours, document) : [] };
}
