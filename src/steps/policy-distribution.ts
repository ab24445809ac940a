import type { FoundPolicy } from '../aws/policies.ts';
import {
  type AccountRef,
  addToReadPolicy,
  buildReadPolicy,
  describeDifference,
  evaluateAccess,
  existingPolicy,
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  measure,
  type PolicyDocument,
  parsePolicy,
  tryParsePolicy,
} from '../policy/index.ts';
import { readRequests } from '../proof/reading.ts';
import type { PolicyWish, SecretRef } from './types.ts';

/** What is done about one policy. All of them are attached to the role. */
export type PolicyWork =
  | { kind: 'keep'; policy: FoundPolicy; secrets: SecretRef[] }
  | { kind: 'update'; policy: FoundPolicy; secrets: SecretRef[]; document: JsonPolicy }
  | { kind: 'create'; name: string; secrets: SecretRef[]; document: JsonPolicy; overflowOf?: string };

export interface Distribution {
  work: PolicyWork[];
}

/** A policy in the chain that is neither ours to extend nor enough as it is. */
export interface Blocked {
  blocked: FoundPolicy;
  difference: string[];
}

/** A policy that somebody made under another path or in other letter case, so that IAM would not give the name again. */
export interface Taken {
  taken: string;
}

type PolicyOptions = PolicyWish;

/** The name of the nth policy: `NAME`, `NAME-2`, `NAME-3`, … */
export function numberedName(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
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
 * Spreads the secrets over the policies that exist and as many new ones as it takes. A secret that is allowed already
 * stays where it is; the others go into the first policy with room.
 */
export function distribute(
  secrets: SecretRef[],
  chain: FoundPolicy[],
  options: PolicyOptions,
  account: AccountRef,
): Distribution | Blocked {
  const work: PolicyWork[] = [];
  const places = placesOf(secrets, chain, account);
  let open = without(
    secrets,
    places.flatMap(({ covered }) => covered),
  );
  for (const { policy, document, covered } of places) {
    const extendable = document !== undefined && isReadPolicyShape(document) && !policy.stack;
    if (!extendable && open.length > 0) return block(policy, document, secrets, options, account);
    const added = extendable && open.length > 0 ? extend(policy, open, options, account) : NOTHING;
    open = open.slice(added.secrets.length);
    if (added.document) {
      work.push({ kind: 'update', policy, secrets: added.secrets, document: added.document });
    } else if (covered.length > 0) {
      work.push({ kind: 'keep', policy, secrets: covered });
    }
  }
  return { work: [...work, ...createRest(open, chain.length, options, account)] };
}

interface Place {
  policy: FoundPolicy;
  document: PolicyDocument | undefined;
  /** The secrets that it allows already, each counted for the first policy that does. */
  covered: SecretRef[];
}

function placesOf(secrets: SecretRef[], chain: FoundPolicy[], account: AccountRef): Place[] {
  let open = secrets;
  return chain.map((policy) => {
    const document = tryParsePolicy(policy.document);
    const covered = document ? open.filter((secret) => allows(document, secret, account)) : [];
    open = without(open, covered);
    return { policy, document, covered };
  });
}

function createRest(
  secrets: SecretRef[],
  taken: number,
  options: PolicyOptions,
  account: AccountRef,
): PolicyWork[] {
  const work: PolicyWork[] = [];
  let open = secrets;
  for (let number = taken + 1; open.length > 0; number += 1) {
    const filled = fill(open, (some) => buildReadPolicy(some, options.scope, account));
    if (!filled.document) throw new Error('a single secret does not fit into an empty policy');
    const { secrets: some, document } = filled;
    const overflow = number > 1 ? { overflowOf: numberedName(options.name, number - 1) } : {};
    work.push({
      kind: 'create',
      name: numberedName(options.name, number),
      secrets: some,
      document,
      ...overflow,
    });
    open = open.slice(some.length);
  }
  return work;
}

function extend(
  policy: FoundPolicy,
  secrets: SecretRef[],
  options: PolicyOptions,
  account: AccountRef,
): Filled {
  const existing = existingPolicy(policy.document);
  return fill(secrets, (some) => addToReadPolicy(existing, some, options.scope, account));
}

/** The first ones of some secrets, and the document that allows them, if there is room for any. */
interface Filled {
  secrets: SecretRef[];
  document?: JsonPolicy;
}

const NOTHING: Filled = { secrets: [] };

/**
 * As many of the secrets, from the first on, as a document can take. A document never gets shorter by another secret, so
 * that not every number of them has to be tried.
 */
function fill(secrets: SecretRef[], build: (some: SecretRef[]) => JsonPolicy): Filled {
  let best = NOTHING;
  let tooMany = secrets.length + 1;
  for (let count = 1; best.secrets.length + 1 < tooMany; count = nextCount(best.secrets.length, tooMany)) {
    const some = secrets.slice(0, count);
    const document = build(some);
    if (measure(document) > MANAGED_POLICY_LIMIT) tooMany = count;
    else best = { secrets: some, document };
  }
  return best;
}

/** Twice as many as fit for sure, or half-way to the number that is too many. */
function nextCount(fitting: number, tooMany: number): number {
  return Math.min(2 * fitting, Math.floor((fitting + tooMany) / 2));
}

function without(secrets: SecretRef[], some: SecretRef[]): SecretRef[] {
  const gone = new Set(some);
  return secrets.filter((secret) => !gone.has(secret));
}

function allows(document: PolicyDocument, secret: SecretRef, account: AccountRef): boolean {
  return readRequests(secret, account).every(
    (request) => evaluateAccess({ identityPolicies: [document], request }).verdict === 'allowed',
  );
}

function block(
  policy: FoundPolicy,
  document: PolicyDocument | undefined,
  secrets: SecretRef[],
  options: PolicyOptions,
  account: AccountRef,
): Blocked {
  const ours = parsePolicy(JSON.stringify(buildReadPolicy(secrets, options.scope, account)));
  return { blocked: policy, difference: document ? describeDifference(ours, document) : [] };
}
