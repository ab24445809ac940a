import { readRequests } from '../../checks/access/read-requests.ts';
import {
  type AccountRef,
  addToReadPolicy,
  buildReadPolicy,
  existingPolicy,
  grantsAccess,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  measure,
  type PolicyDocument,
  type PolicyScope,
  parsePolicy,
  type ReadableSecret,
  resourceFor,
  samePolicy,
} from '../../policy/index.ts';
import type { SecretRef } from '../types.ts';

/**
 * The secrets that a document takes, and the document that allows them, if there is room for any. Without a document they are
 * allowed by the policy as it is.
 */
export interface Filled {
  secrets: SecretRef[];
  document?: JsonPolicy;
}

export const NOTHING: Filled = { secrets: [] };

/**
 * As many of the secrets as fit into the policy that exists, beside what it allows now. There is no document when it would mean
 * the same as the one that exists, so that nothing can be written that changes nothing.
 */
export function extend(text: string, secrets: SecretRef[], scope: PolicyScope, account: AccountRef): Filled {
  const existing = existingPolicy(text);
  const filled = fill(secrets, (some) => addToReadPolicy(existing, some, scope, account));
  const extended = withOthersAllowed(filled, secrets, scope, account);
  const changes = extended.document && !samePolicy(parsed(extended.document), parsePolicy(text));
  return changes ? extended : { secrets: extended.secrets };
}

/** As many of the secrets as fit into a new policy. */
export function begin(secrets: SecretRef[], scope: PolicyScope, account: AccountRef): Filled {
  const filled = fill(secrets, (some) => buildReadPolicy(some, scope, account));
  return withOthersAllowed(filled, secrets, scope, account);
}

/**
 * Tells of a secret whether the policy allows reading it already, by itself, and all that is asked for with it: in a wide
 * scope it is not enough that the one secret is named.
 */
export function covering(
  document: PolicyDocument,
  scope: PolicyScope,
  account: AccountRef,
): (secret: SecretRef) => boolean {
  const known = new Map<string, boolean>();
  const allowsAll = (arn: string, region: string) => {
    const answer = known.get(arn) ?? allows(document, { arn, region }, account);
    known.set(arn, answer);
    return answer;
  };
  return (secret) => {
    const arn = resourceFor(secret, scope, account);
    return (arn === secret.arn || allowsAll(arn, secret.region)) && allows(document, secret, account);
  };
}

/** The secrets that are not among those others, in their order. */
export function without(secrets: SecretRef[], some: SecretRef[]): SecretRef[] {
  const gone = new Set(some);
  return secrets.filter((secret) => !gone.has(secret));
}

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

/** In a wide scope, a document allows secrets beyond the first one that would not fit: they take no room. */
function withOthersAllowed(
  { secrets: first, document }: Filled,
  secrets: SecretRef[],
  scope: PolicyScope,
  account: AccountRef,
): Filled {
  if (document === undefined) return NOTHING;
  if (scope === 'secrets') return { secrets: first, document };
  const isAllowed = covering(parsed(document), scope, account);
  return { secrets: [...first, ...secrets.slice(first.length).filter(isAllowed)], document };
}

/** Of a key or a secret of another account it is asked too what this document grants, and nothing else. */
function allows(document: PolicyDocument, secret: ReadableSecret, account: AccountRef): boolean {
  return readRequests(secret, account).every((request) => grantsAccess(document, request));
}

function parsed(document: JsonPolicy): PolicyDocument {
  return parsePolicy(JSON.stringify(document));
}
