import type { RoleState } from '../../aws/iam/roles.ts';
import { type Observed, seenIn } from '../../aws/observed.ts';
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
import { proofMessages as messages } from './messages.ts';
import { evaluateOfSession, readRequests } from './read-requests.ts';

/** The documents that decide whether a role may read a secret, parsed. */
export interface DecidingDocuments {
  identityPolicies: PolicyDocument[];
  identityNames?: string[];
  permissionsBoundary?: PolicyDocument;
}

/** What decides about a secret beside the role's own documents, as far as it could be read. What is left out is not asked about. */
export interface SecretDocuments {
  /** The secret's resource policy (JSON text). It speaks of the secret, not of the KMS key, which has a policy of its own. */
  resourcePolicy?: Observed<string | undefined>;
  /** The KMS keys in use; without them the key that the secret names counts, by the role's policies alone. */
  decryption?: Decryption;
}

/** The name or ARN of the first document that cannot be read. */
export interface Unreadable {
  unreadable: string;
}

/** The documents of a role, parsed once for all the secrets that it is to read. */
export function documentsOf({
  policies,
  boundary,
}: Pick<RoleState, 'policies' | 'boundary'>): DecidingDocuments | Unreadable {
  const identityPolicies: PolicyDocument[] = [];
  const identityNames = policies.map(({ name }) => name);
  for (const { name, document } of policies) {
    const parsed = tryParsePolicy(document);
    if (!parsed) return { unreadable: name };
    identityPolicies.push(parsed);
  }
  if (!boundary) return { identityPolicies, identityNames };
  // A boundary that does not exist allows nothing, and is reported as one that cannot be read.
  const permissionsBoundary = tryParsePolicy(boundary.document ?? '');
  return permissionsBoundary
    ? { identityPolicies, identityNames, permissionsBoundary }
    : { unreadable: boundary.arn };
}

/** An action that a role can't perform, or that it may not be able to perform. */
export interface Refusal extends Omit<Evaluation, 'verdict'> {
  action: string;
  verdict: 'denied' | 'cannot-tell';
  /** The KMS key that the action is performed with. */
  kmsKey?: KmsKeyRef;
}

/**
 * Returns what stands between a role and a secret: each action that reading takes and that is not surely allowed. What is
 * denied for sure comes first. What could not be read allows nothing and denies nothing for sure.
 */
export function refusalsOf(
  secret: ReadableSecret,
  documents: DecidingDocuments,
  roleArn: string,
  where: AccountRef,
  { resourcePolicy, decryption }: SecretDocuments = {},
): Refusal[] {
  const { kmsKey, ...itself } = secret;
  const reads = readRequests(itself, where, roleArn).map((request) => ({
    request,
    evaluation: evaluateReading(documents, request, resourcePolicy),
    about: {},
  }));
  const decrypts = decryptionKeys(kmsKey, decryption).flatMap(({ key, policy }) =>
    readRequests({ ...itself, kmsKey: key }, where, roleArn)
      .filter(({ action }) => action === DECRYPT_ACTION)
      .map((request) => ({
        request,
        evaluation: evaluateDecrypting(documents, request, policy),
        about: { kmsKey: key },
      })),
  );
  const refusals = [...reads, ...decrypts].flatMap(
    ({ request: { action }, evaluation, about }): Refusal[] => {
      const { verdict } = evaluation;
      return verdict === 'allowed' ? [] : [{ ...evaluation, ...about, action, verdict }];
    },
  );
  if (decryption && 'unseen' in decryption.versionKeys)
    refusals.push({
      action: DECRYPT_ACTION,
      verdict: 'cannot-tell',
      because: messages.versionKeyUnseen(whyUnseen(decryption.versionKeys.unseen)),
    });
  const isDenied = ({ verdict }: Refusal) => verdict === 'denied';
  return [...refusals.filter(isDenied), ...refusals.filter((refusal) => !isDenied(refusal))];
}

/** The KMS keys that reading takes, with their policies where these count. */
function decryptionKeys(
  named: KmsKeyRef | undefined,
  decryption: Decryption | undefined,
): { key: KmsKeyRef; policy?: Observed<string | undefined> }[] {
  if (!decryption) return named ? [{ key: named }] : [];
  // The key that the secret names decides nothing where the current version may be under another one.
  return 'unseen' in decryption.versionKeys ? [] : decryption.keyPolicies;
}

/**
 * Evaluates a request for a secret itself.
 * @param policy the secret's resource policy; left out where only the role's own policies are judged
 */
function evaluateReading(
  documents: DecidingDocuments,
  request: AccessRequest,
  policy: Observed<string | undefined> | undefined,
): Evaluation {
  if (!policy || ('seen' in policy && policy.seen === undefined))
    return evaluateOfSession({ ...documents, request });
  const because =
    'unseen' in policy ? messages.policyUnseen(whyUnseen(policy.unseen)) : messages.policyNotReadable;
  return evaluateWith(documents, request, seenIn(policy), because);
}

/**
 * Evaluates the use of a KMS key, which takes its key policy too.
 * @param policy the key policy; left out where only the role's own policies are judged
 */
function evaluateDecrypting(
  documents: DecidingDocuments,
  request: AccessRequest,
  policy: Observed<string | undefined> | undefined,
): Evaluation {
  if (!policy) return evaluateOfSession({ ...documents, request });
  const text = seenIn(policy);
  const because =
    text === undefined
      ? messages.keyPolicyUnseen(request.resource, 'unseen' in policy ? whyUnseen(policy.unseen) : undefined)
      : messages.keyPolicyUnreadable(request.resource);
  return evaluateWith(documents, request, text, because);
}

/**
 * Evaluates a request with the policy of the resource (JSON text).
 * @param because the reason for `cannot-tell` when that policy could not be read or cannot be parsed
 */
function evaluateWith(
  documents: DecidingDocuments,
  request: AccessRequest,
  text: string | undefined,
  because: string,
): Evaluation {
  const policy = text === undefined ? undefined : tryParsePolicy(text);
  if (policy) return evaluateOfSession({ ...documents, request, resourcePolicy: policy });
  // A denial that no resource policy could change is reported anyway.
  const best = evaluateOfSession({
    ...documents,
    request,
    resourcePolicy: lettingIn(request.principal.roleArn),
  });
  return best.verdict === 'denied' ? best : { verdict: 'cannot-tell', because };
}

/** The policy of a resource that lets a role in, and whatever the role's account allows. */
function lettingIn(roleArn: string): PolicyDocument {
  const root = roleArn.replace(/:role\/.*$/, ':root');
  const statement = { Effect: 'Allow', Principal: { AWS: [roleArn, root] }, Action: '*', Resource: '*' };
  return parsePolicy(JSON.stringify({ Version: CURRENT_VERSION, Statement: [statement] }));
}

/** Returns in a few words why something could not be looked at: what a permission is missing, or what AWS answered. */
export function whyUnseen({ code, message, awsAction }: Failure): string {
  return code === 'access-denied' && awsAction ? messages.needs(awsAction) : message.replace(/\.$/, '');
}
