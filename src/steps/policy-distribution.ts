import type { FoundPolicy } from '../aws/policies.ts';
import {
  type AccountRef,
  buildReadPolicy,
  describeDifference,
  isReadPolicyShape,
  type JsonPolicy,
  type PolicyDocument,
  type PolicyScope,
  parsePolicy,
  tryParsePolicy,
} from '../policy/index.ts';
import { begin, covering, extend, NOTHING, without } from './policy-filling.ts';
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
 * Spreads the secrets over the policies that exist and as many new ones as it takes. A secret that is allowed already, as
 * widely as is asked for, stays where it is; the others go into the first policy with room.
 */
export function distribute(
  secrets: SecretRef[],
  chain: FoundPolicy[],
  options: PolicyWish,
  account: AccountRef,
): Distribution | Blocked {
  const { scope } = options;
  const work: PolicyWork[] = [];
  const places = placesOf(secrets, chain, scope, account);
  let open = without(
    secrets,
    places.flatMap(({ covered }) => covered),
  );
  for (const { policy, document, covered } of places) {
    const extendable = document !== undefined && isReadPolicyShape(document) && !policy.stack;
    if (!extendable && open.length > 0) return block(policy, document, secrets, options, account);
    const added = extendable && open.length > 0 ? extend(policy.document, open, scope, account) : NOTHING;
    open = without(open, added.secrets);
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

function placesOf(
  secrets: SecretRef[],
  chain: FoundPolicy[],
  scope: PolicyScope,
  account: AccountRef,
): Place[] {
  let open = secrets;
  return chain.map((policy) => {
    const document = tryParsePolicy(policy.document);
    const covered = document ? open.filter(covering(document, scope, account)) : [];
    open = without(open, covered);
    return { policy, document, covered };
  });
}

function createRest(
  secrets: SecretRef[],
  taken: number,
  options: PolicyWish,
  account: AccountRef,
): PolicyWork[] {
  const work: PolicyWork[] = [];
  let open = secrets;
  for (let number = taken + 1; open.length > 0; number += 1) {
    const filled = begin(open, options.scope, account);
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
    open = without(open, some);
  }
  return work;
}

function block(
  policy: FoundPolicy,
  document: PolicyDocument | undefined,
  secrets: SecretRef[],
  options: PolicyWish,
  account: AccountRef,
): Blocked {
  const ours = parsePolicy(JSON.stringify(buildReadPolicy(secrets, options.scope, account)));
  return { blocked: policy, difference: document ? describeDifference(ours, document) : [] };
}
