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

/** The secrets that fit into a document, and that document, if any fit. Without a document, the policy already allows them. */
export interface Filled {
  secrets: SecretRef[];
  document?: JsonPolicy;
}

export const NOTHING: Filled = { secrets: [] };

/**
 * Adds as many of the secrets as fit into an existing policy. Omits a document that would be equivalent to the existing one, so
 * that no write changes nothing.
 */
export function extend(text: string, secrets: SecretRef[], scope: PolicyScope, account: AccountRef): Filled {
  const existing = existingPolicy(text);
  const filled = fill(secrets, (some) => addToReadPolicy(existing, some, scope, account));
  const extended = withOthersAllowed(filled, secrets, scope, account);
  const changes = extended.document && !samePolicy(parsed(extended.document), parsePolicy(text));
  return changes ? extended : { secrets: extended.secrets };
}

/** Puts as many of the secrets as fit into a new policy. */
export function begin(secrets: SecretRef[], scope: PolicyScope, account: AccountRef): Filled {
  const filled = fill(secrets, (some) => buildReadPolicy(some, scope, account));
  return withOthersAllowed(filled, secrets, scope, account);
}

/**
 * Returns a function that tells whether the policy by itself already allows reading a secret with the requested scope. For a wide
 * scope, naming the one secret is not enough.
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

/** Returns the secrets that are not in `some`, in order. */
export function without(secrets: SecretRef[], some: SecretRef[]): SecretRef[] {
  const gone = new Set(some);
  return secrets.filter((secret) => !gone.has(secret));
}

/**
 * Fits as many of the secrets into a document as possible, in order. Another secret never makes a document shorter, so not every
 * count has to be tried.
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

/** Returns twice the count that fits, or the midpoint between it and the count that is too high. */
function nextCount(fitting: number, tooMany: number): number {
  return Math.min(2 * fitting, Math.floor((fitting + tooMany) / 2));
}

/** With a wide scope, a document also allows secrets after the first one that didn't fit, without extra room. */
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

/** Evaluates only what this document grants, even for a key or a secret of another account. */
function allows(document: PolicyDocument, secret: ReadableSecret, account: AccountRef): boolean {
  return readRequests(secret, account).every((request) => grantsAccess(document, request));
}

function parsed(document: JsonPolicy): PolicyDocument {
  return parsePolicy(JSON.stringify(document));
}
