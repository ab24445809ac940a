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

/** What is done about one policy. All of them are attached to the role. */
export type PolicyWork =
  | { kind: 'keep'; policy: PolicyState; secrets: SecretRef[] }
  | { kind: 'update'; policy: PolicyState; secrets: SecretRef[]; document: JsonPolicy }
  | { kind: 'create'; name: string; secrets: SecretRef[]; document: JsonPolicy; overflowOf?: string };

export type CreateWork = Extract<PolicyWork, { kind: 'create' }>;
export type UpdateWork = Extract<PolicyWork, { kind: 'update' }>;

/** Whether carrying it out changes anything: a new version that means the same as the one in force is never written. */
export function isChange(work: PolicyWork): work is CreateWork | UpdateWork {
  return (
    work.kind === 'create' || (work.kind === 'update' && !meansTheSame(work.policy.document, work.document))
  );
}

export interface Distribution {
  work: PolicyWork[];
}

/** The policy of the name itself, which is neither ours to extend nor enough as it is. */
export interface Blocked {
  blocked: PolicyState;
  difference: string[];
}

/** The name of the policy that would have to be made when all others are full; IAM takes no name of that length. */
export interface TooLong {
  tooLong: string;
}

/** A policy of the same name under another path or in other letter case; IAM would not allow the name again. */
export interface Taken {
  taken: string;
}

/**
 * The first policy that would have to be made although its name is taken.
 * @param spellings ARNs of the policies that have one of the names, in whatever way
 */
export function takenName(work: PolicyWork[], spellings: string[]): Taken | undefined {
  const takes = (arn: string, name: string) =>
    arn.toLowerCase().endsWith(`/${name.toLowerCase()}`) &&
    // Spelt the same it is one that IAM does not show everywhere yet; that is found out when it is made.
    !arn.endsWith(`:policy/${name}`);
  const [taken] = work
    .flatMap((each) => (each.kind === 'create' ? [each.name] : []))
    .flatMap((name) => spellings.filter((arn) => takes(arn, name)));
  return taken === undefined ? undefined : { taken };
}

/**
 * Spreads the secrets over the policies that exist and as many new ones as it takes. A secret that is allowed already, as
 * widely as is asked for, stays where it is; the others go into the first policy with room. A numbered policy that this program
 * did not make for the chain counts for what it allows, and is not changed.
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
  /** The secrets that it allows already, each counted for the first policy that does. */
  covered: SecretRef[];
}

function placesOf(
  secrets: SecretRef[],
  { policies }: PolicyChain,
  { name, scope }: PolicySpec,
  { account, isWider }: { account: AccountRef; isWider: (document: PolicyDocument) => boolean },
): Place[] {
  // The role gets no more with a numbered policy than was asked for: it has it already, or the policy is no wider.
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
 * Whether this program made a numbered policy for the chain. Where its tags may not be read, a policy counts that the role has
 * and that is no wider than was asked for.
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
  // A name of its own that is spelled otherwise is a conflict (`takenName`); a number that is taken is passed over.
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
