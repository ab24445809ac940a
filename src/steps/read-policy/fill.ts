import { requestsForReading } from '../../checks/access/read-requests.ts';
import {
  type AccountRef,
  addToReadPolicy,
  allowsAccess,
  buildReadPolicy,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  type PolicyDocument,
  type PolicyScope,
  parsePolicy,
  policySize,
  type ReadableSecret,
  readExistingPolicy,
  resourceFor,
  samePolicy,
} from '../../policy/index.ts';
import type { SecretRef } from '../types.ts';

/** The secrets that fit into a document, and that document. Without a document, the existing policy already allows the secrets. */
export interface Filled {
  secrets: SecretRef[];
  document?: JsonPolicy;
}

export const NOTHING_ADDED: Filled = { secrets: [] };

/**
 * Adds as many of the secrets as fit into an existing policy. Returns no document if it would be equivalent to the existing one,
 * because there is nothing to write then.
 */
export function extendPolicy(
  text: string,
  secrets: SecretRef[],
  scope: PolicyScope,
  account: AccountRef,
): Filled {
  const existing = readExistingPolicy(text);
  const filled = fill(secrets, (subset) => addToReadPolicy(existing, subset, scope, account));
  const extended = withOthersAllowed(filled, secrets, scope, account);
  const hasChanges = extended.document && !samePolicy(parsed(extended.document), parsePolicy(text));
  return hasChanges ? extended : { secrets: extended.secrets };
}

/** Puts as many of the secrets as fit into a new policy. */
export function fillNewPolicy(secrets: SecretRef[], scope: PolicyScope, account: AccountRef): Filled {
  const filled = fill(secrets, (subset) => buildReadPolicy(subset, scope, account));
  return withOthersAllowed(filled, secrets, scope, account);
}

/**
 * Returns a function that tests whether the policy by itself already allows reading a secret, in the requested scope. For a wide
 * scope, it's not enough that the policy allows only that secret.
 */
export function coverageTest(
  document: PolicyDocument,
  scope: PolicyScope,
  account: AccountRef,
): (secret: SecretRef) => boolean {
  const results = new Map<string, boolean>();
  const allowsEntry = (arn: string, region: string) => {
    const isAllowed = results.get(arn) ?? allows(document, { arn, region }, account);
    results.set(arn, isAllowed);
    return isAllowed;
  };
  return (secret) => {
    const arn = resourceFor(secret, scope, account);
    return (arn === secret.arn || allowsEntry(arn, secret.region)) && allows(document, secret, account);
  };
}

/** Returns the secrets without the excluded ones, in order. */
export function withoutSecrets(secrets: SecretRef[], excluded: SecretRef[]): SecretRef[] {
  const excludedSet = new Set(excluded);
  return secrets.filter((secret) => !excludedSet.has(secret));
}

/**
 * Fits as many of the secrets into a document as possible, in order. Another secret never makes a document shorter, so not every
 * count has to be tried.
 */
function fill(secrets: SecretRef[], build: (subset: SecretRef[]) => JsonPolicy): Filled {
  let best = NOTHING_ADDED;
  let tooMany = secrets.length + 1;
  for (let count = 1; best.secrets.length + 1 < tooMany; count = nextCount(best.secrets.length, tooMany)) {
    const subset = secrets.slice(0, count);
    const document = build(subset);
    if (policySize(document) > MANAGED_POLICY_LIMIT) tooMany = count;
    else best = { secrets: subset, document };
  }
  return best;
}

/** Returns the next count to try: twice the count that fits, or the midpoint to the count that is too high if that is less. */
function nextCount(fitting: number, tooMany: number): number {
  return Math.min(2 * fitting, Math.floor((fitting + tooMany) / 2));
}

/** Adds the secrets that the document allows without extra room, although an earlier secret did not fit. Wide scopes only. */
function withOthersAllowed(
  { secrets: fitting, document }: Filled,
  secrets: SecretRef[],
  scope: PolicyScope,
  account: AccountRef,
): Filled {
  if (document === undefined) return NOTHING_ADDED;
  if (scope === 'secrets') return { secrets: fitting, document };
  const isAllowed = coverageTest(parsed(document), scope, account);
  return { secrets: [...fitting, ...secrets.slice(fitting.length).filter(isAllowed)], document };
}

/** Evaluates only what this document allows, even for a key or a secret of another account. */
function allows(document: PolicyDocument, secret: ReadableSecret, account: AccountRef): boolean {
  return requestsForReading(secret, account).every((request) => allowsAccess(document, request));
}

function parsed(document: JsonPolicy): PolicyDocument {
  return parsePolicy(JSON.stringify(document));
}
