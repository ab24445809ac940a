import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import type { PolicySpec } from '../../options/setup-request.ts';
import {
  type AccountRef,
  buildReadPolicy,
  describeDifference,
  isReadPolicyShape,
  isWiderThan,
  type JsonPolicy,
  meansTheSame,
  type PolicyDocument,
  parsePolicy,
  secretResources,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { SecretRef } from '../types.ts';
import { type ChainPolicy, numberedName, type PolicyChain } from './chain.ts';
import { begin, covering, extend, NOTHING, without } from './fill.ts';

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
    work.kind === 'create' || (work.kind === 'update' && !meansTheSame(work.policy.document, work.document))
  );
}

export interface Distribution {
  work: PolicyWork[];
}

/** The policy with exactly the requested name, which may not be extended and is not sufficient as is. */
export interface Blocked {
  blocked: PolicyState;
  difference: string[];
}

/** The name of the policy that would be needed because all others are full. IAM doesn't accept a name of this length. */
export interface TooLong {
  tooLong: string;
}

/** A policy with the same name but a different path or case. IAM would reject the name. */
export interface Taken {
  taken: string;
}

/**
 * Returns the first new policy whose name is already taken.
 * @param spellings ARNs of the policies with one of the names, with any path and case
 */
export function takenName(work: PolicyWork[], spellings: string[]): Taken | undefined {
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
  options: PolicySpec,
  account: AccountRef,
): Distribution | Blocked | TooLong {
  const { scope } = options;
  if (secrets.length === 0) return { work: [] };
  const asked = secretResources(secrets, scope, account);
  const isWider = (document: PolicyDocument) => isWiderThan(document, asked);
  const work: PolicyWork[] = [];
  const places = placesOf(secrets, chain, options, { account, isWider });
  let open = without(
    secrets,
    places.flatMap(({ covered }) => covered),
  );
  for (const { policy, document, covered } of places) {
    const named = policy.name === options.name;
    const extendable = document !== undefined && isReadPolicyShape(document) && !policy.stack;
    if (named && !extendable && open.length > 0) return block(policy, document, secrets, options, account);
    const mayGrow = extendable && (named || continues(policy, document, isWider)) && open.length > 0;
    const added = mayGrow ? extend(policy.document, open, scope, account) : NOTHING;
    open = without(open, added.secrets);
    if (added.document) {
      work.push({ kind: 'update', policy, secrets: added.secrets, document: added.document });
    } else if (covered.length + added.secrets.length > 0) {
      work.push({ kind: 'keep', policy, secrets: [...covered, ...added.secrets] });
    }
  }
  const rest = createRest(open, chain, options, account);
  return 'tooLong' in rest ? rest : { work: [...work, ...rest.work] };
}

interface Place {
  policy: ChainPolicy;
  document: PolicyDocument | undefined;
  /** The secrets that it already allows. Each secret counts only for the first such policy. */
  covered: SecretRef[];
}

function placesOf(
  secrets: SecretRef[],
  { policies }: PolicyChain,
  { name, scope }: PolicySpec,
  { account, isWider }: { account: AccountRef; isWider: (document: PolicyDocument) => boolean },
): Place[] {
  // A numbered policy doesn't give the role more than requested: it is attached already, or it is no wider.
  const isAsAsked = (policy: ChainPolicy, document: PolicyDocument | undefined) =>
    policy.name === name || policy.onRole || (document !== undefined && !isWider(document));
  let open = secrets;
  return policies
    .map((policy) => ({ policy, document: tryParsePolicy(policy.document) }))
    .filter(({ policy, document }) => isAsAsked(policy, document))
    .map(({ policy, document }) => {
      const covered = document ? open.filter(covering(document, scope, account)) : [];
      open = without(open, covered);
      return { policy, document, covered };
    });
}

/**
 * Returns true if this program created a numbered policy for the chain. If its tags can't be read, a policy counts if it is
 * attached to the role and is no wider than requested.
 */
function continues(
  { overflow, onRole }: ChainPolicy,
  document: PolicyDocument,
  isWider: (document: PolicyDocument) => boolean,
): boolean {
  return overflow ?? (onRole && !isWider(document));
}

function createRest(
  secrets: SecretRef[],
  { policies, taken }: PolicyChain,
  { name, scope }: PolicySpec,
  account: AccountRef,
): Distribution | TooLong {
  const present = new Set(policies.map((policy) => policy.name.toLowerCase()));
  // If the first name exists with a different spelling, it's a conflict (`takenName`). A taken number is skipped.
  const isFree = (number: number) => {
    const numbered = numberedName(name, number).toLowerCase();
    return !present.has(numbered) && (number === 1 || !taken.has(numbered));
  };
  const work: PolicyWork[] = [];
  let last = policies.at(-1)?.name;
  let open = secrets;
  for (let number = 1; open.length > 0; number += 1) {
    if (!isFree(number)) continue;
    const next = numberedName(name, number);
    if (next.length > LONGEST_POLICY_NAME) return { tooLong: next };
    const filled = begin(open, scope, account);
    if (!filled.document) throw new Error('a single secret does not fit into an empty policy');
    const { secrets: some, document } = filled;
    const overflow = number > 1 ? { overflowOf: last ?? name } : {};
    work.push({ kind: 'create', name: next, secrets: some, document, ...overflow });
    last = next;
    open = without(open, some);
  }
  return { work };
}

function block(
  policy: PolicyState,
  document: PolicyDocument | undefined,
  secrets: SecretRef[],
  options: PolicySpec,
  account: AccountRef,
): Blocked {
  const ours = parsePolicy(JSON.stringify(buildReadPolicy(secrets, options.scope, account)));
  return { blocked: policy, difference: document ? describeDifference(ours, document) : [] };
}
