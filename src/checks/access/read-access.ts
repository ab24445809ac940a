import type { RoleState } from '../../aws/iam/roles.ts';
import { type Observed, seenIn } from '../../aws/session.ts';
import type { Failure } from '../../failure.ts';
import {
  type AccessRequest,
  type AccountRef,
  CURRENT_VERSION,
  DECRYPT_ACTION,
  type Evaluation,
  type KmsKeyRef,
  type PolicyDocument,
  parsePolicy,
  type ReadableSecret,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { Decryption } from './decryption.ts';
import { readBackMessages as messages } from './messages.ts';
import { decryptRequest, evaluateForSession, requestsForReading } from './read-requests.ts';

/** The parsed documents of a role that decide whether it may read a secret. */
export interface RoleDocuments {
  identityPolicies: PolicyDocument[];
  identityNames?: string[];
  permissionsBoundary?: PolicyDocument;
}

/**
 * The documents, besides the role's own, that decide about a secret, as far as they could be read. Absent ones are not evaluated.
 */
export interface SecretDocuments {
  /** The secret's resource policy (JSON text). It applies to the secret and not to the KMS key, which has its own policy. */
  resourcePolicy?: Observed<string | undefined>;
  /** The KMS keys in use. If absent, the secret's current KMS key is evaluated with only the role's policies. */
  decryption?: Decryption;
}

/** The name or ARN of the first document that can't be parsed. */
export interface UnreadableDocument {
  unreadable: string;
}

/** Returns a role's documents, parsed once for all its secrets. */
export function documentsOf({
  policies,
  boundary,
}: Pick<RoleState, 'policies' | 'boundary'>): RoleDocuments | UnreadableDocument {
  const identityPolicies: PolicyDocument[] = [];
  const identityNames = policies.map(({ name }) => name);
  for (const { name, document } of policies) {
    const parsed = tryParsePolicy(document);
    if (!parsed) return { unreadable: name };
    identityPolicies.push(parsed);
  }
  if (!boundary) return { identityPolicies, identityNames };
  // A permissions boundary that doesn't exist allows nothing, and is reported as unreadable.
  const permissionsBoundary = tryParsePolicy(boundary.document ?? '');
  return permissionsBoundary
    ? { identityPolicies, identityNames, permissionsBoundary }
    : { unreadable: boundary.arn };
}

/** An action that a role can't perform, or may not be able to. */
export interface Refusal extends Omit<Evaluation, 'verdict'> {
  action: string;
  verdict: 'denied' | 'cannot-tell';
  /** The KMS key that the action uses. */
  kmsKey?: KmsKeyRef;
}

/**
 * Returns the actions for reading a secret that are not certainly allowed, certain denials first. A document that could not be
 * read neither allows nor denies anything for certain.
 */
export function refusalsOf(
  secret: ReadableSecret,
  documents: RoleDocuments,
  roleArn: string,
  account: AccountRef,
  { resourcePolicy, decryption }: SecretDocuments = {},
): Refusal[] {
  const { kmsKey, ...secretWithoutKey } = secret;
  const secretEvaluations = requestsForReading(secretWithoutKey, account, roleArn).map((request) => ({
    ...evaluateReading(documents, request, resourcePolicy),
    action: request.action,
  }));
  const kmsEvaluations = decryptionKeys(kmsKey, decryption).map(({ key, policy }) => ({
    ...evaluateDecrypting(documents, decryptRequest(secret, key, account, roleArn), policy),
    action: DECRYPT_ACTION,
    kmsKey: key,
  }));
  const refusals = [...secretEvaluations, ...kmsEvaluations].flatMap((evaluation): Refusal[] => {
    const { verdict } = evaluation;
    return verdict === 'allowed' ? [] : [{ ...evaluation, verdict }];
  });
  if (decryption && 'unseen' in decryption.versionKeys)
    refusals.push({
      action: DECRYPT_ACTION,
      verdict: 'cannot-tell',
      because: messages.versionKeyUnseen(whyUnseen(decryption.versionKeys.unseen)),
    });
  const isDenied = ({ verdict }: Refusal) => verdict === 'denied';
  return [...refusals.filter(isDenied), ...refusals.filter((refusal) => !isDenied(refusal))];
}

/** Returns the KMS keys that reading requires, with their policies if these apply. */
function decryptionKeys(
  currentKey: KmsKeyRef | undefined,
  decryption: Decryption | undefined,
): { key: KmsKeyRef; policy?: Observed<string | undefined> }[] {
  if (!decryption) return currentKey ? [{ key: currentKey }] : [];
  // If the current version's keys are unknown, the secret's current KMS key decides nothing.
  return 'unseen' in decryption.versionKeys ? [] : decryption.keyPolicies;
}

/**
 * Evaluates a request to the secret itself.
 * @param policy the secret's resource policy; absent to evaluate only the role's own policies
 */
function evaluateReading(
  documents: RoleDocuments,
  request: AccessRequest,
  policy: Observed<string | undefined> | undefined,
): Evaluation {
  if (!policy || ('seen' in policy && policy.seen === undefined))
    return evaluateForSession({ ...documents, request });
  const because =
    'unseen' in policy ? messages.policyUnseen(whyUnseen(policy.unseen)) : messages.policyNotReadable;
  return evaluateWith(documents, request, seenIn(policy), because);
}

/**
 * Evaluates the use of a KMS key, which also requires its key policy.
 * @param policy the key policy; absent to evaluate only the role's own policies
 */
function evaluateDecrypting(
  documents: RoleDocuments,
  request: AccessRequest,
  policy: Observed<string | undefined> | undefined,
): Evaluation {
  if (!policy) return evaluateForSession({ ...documents, request });
  const text = seenIn(policy);
  const because =
    text === undefined
      ? messages.keyPolicyUnseen(request.resource, 'unseen' in policy ? whyUnseen(policy.unseen) : undefined)
      : messages.keyPolicyUnreadable(request.resource);
  return evaluateWith(documents, request, text, because);
}

/**
 * Evaluates a request with the resource's policy (JSON text).
 * @param because the reason for `cannot-tell` if that policy could not be read or can't be parsed
 */
function evaluateWith(
  documents: RoleDocuments,
  request: AccessRequest,
  text: string | undefined,
  because: string,
): Evaluation {
  const policy = text === undefined ? undefined : tryParsePolicy(text);
  if (policy) return evaluateForSession({ ...documents, request, resourcePolicy: policy });
  // Report a denial that no resource policy could change.
  const mostPermissive = evaluateForSession({
    ...documents,
    request,
    resourcePolicy: allowEverythingTo(request.principal.principalArn),
  });
  return mostPermissive.verdict === 'denied' ? mostPermissive : { verdict: 'cannot-tell', because };
}

/** Returns a resource policy that allows everything to the role and to its account. */
function allowEverythingTo(roleArn: string): PolicyDocument {
  const root = roleArn.replace(/:role\/.*$/, ':root');
  const statement = { Effect: 'Allow', Principal: { AWS: [roleArn, root] }, Action: '*', Resource: '*' };
  return parsePolicy(JSON.stringify({ Version: CURRENT_VERSION, Statement: [statement] }));
}

/** Returns in a few words why something could not be read: the missing permission, or AWS's message. */
export function whyUnseen({ code, message, awsAction }: Failure): string {
  return code === 'access-denied' && awsAction ? messages.needs(awsAction) : message.replace(/\.$/, '');
}
