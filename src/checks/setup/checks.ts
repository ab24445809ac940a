import { policyReader } from '../../aws/iam/policies.ts';
import { type RoleState, readRole } from '../../aws/iam/roles.ts';
import { inBatches } from '../../aws/requests/concurrency.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { type Algorithm, checkStoredKey, type KeyMaterial, type KeyType } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import type { Check } from '../../plan-types.ts';
import type { ReadableSecret } from '../../policy/index.ts';
import { type Decryption, decryptionReaders, readDecryption } from '../access/decryption.ts';
import { readBackMessages as messages } from '../access/messages.ts';
import {
  documentsOf,
  type RoleDocuments,
  refusalsOf,
  type SecretDocuments,
  type UnreadableDocument,
} from '../access/read-access.ts';
import { checkTrust, type FlowScope } from '../access/trust.ts';
import { CHECKS, cannotTell as cannotTellDetail } from '../catalog/index.ts';

const TRUST_WORDS = CHECKS['role-trust'].words;
const READ_WORDS = CHECKS['role-reads-secret'].words;
const POLICY_WORDS = CHECKS['role-policies'].words;

/** The expected end state of a role and all keys that it reads. */
export interface Expectation {
  keys: KeyExpectation[];
  roleName: string;
  flows: FlowScope;
}

/** The expected state of one key. */
export interface KeyExpectation {
  secrets: (ReadableSecret & { name: string })[];
  keyType: KeyType;
  algorithm?: Algorithm;
  /** The key that the secrets must hold. Absent for existing secrets that are used as is. */
  key?: KeyMaterial;
}

/**
 * Checks the state in AWS: each secret is plaintext of the right length, MediaConnect may assume the role, and the role may read
 * each secret. Pure.
 */
export function checkState(observed: SetupObservation, expected: Expectation, identity: Identity): Check[] {
  const secretsByArn = new Map(observed.secrets.map((secret) => [secret.arn, secret]));
  const role = observed.role && { arn: observed.role.arn, documents: documentsOf(observed.role) };
  const { keys } = expected;
  return [
    ...keys.flatMap((key) => key.secrets.map(({ arn }) => checkValue(secretsByArn.get(arn), arn, key))),
    checkTrustPolicy(observed.role, expected, identity),
    ...keys.flatMap(({ secrets }) =>
      secrets.map((secret) =>
        checkReadAccess(role, secret, secretsByArn.get(secret.arn), expected, identity),
      ),
    ),
  ];
}

/**
 * Returns true if a failed check may pass once an IAM change has propagated. This can't happen for a value, or for a key policy,
 * which no run changes.
 */
export function mayPassLater({ id, verdict, detail }: Check): boolean {
  return verdict === 'failed' && id !== 'secret-value' && !/ the key policy( |$)/.test(detail);
}

/** Returns functions that create the checks of a subject. */
function checksOf(id: string, subject: string) {
  const check = (verdict: Check['verdict'], detail: string): Check => ({
    id,
    ok: verdict === 'ok',
    verdict,
    subject,
    detail,
  });
  return {
    ok: (detail: string) => check('ok', detail),
    failed: (detail: string) => check('failed', detail),
    cannotTell: (detail: string) => check('cannot-tell', detail),
  };
}

function checkValue(
  secret: SecretState | undefined,
  arn: string,
  { keyType, algorithm, key }: KeyExpectation,
): Check {
  const { ok, failed } = checksOf('secret-value', arn);
  if (!secret) return failed(messages.secretAbsent);
  if (secret.deletedAt) return failed(messages.secretDeleted);
  if (secret.content.kind === 'binary') return failed(messages.secretBinary);
  if (secret.content.kind === 'none') return failed(messages.secretEmpty);
  const [problem] = checkStoredKey(secret.content.key, { keyType, algorithm });
  if (problem) return failed(problem.message);
  if (key && !secret.content.key.equals(key, keyType)) return failed(messages.otherKey);
  return ok(messages.keyReadable);
}

function checkTrustPolicy(
  role: RoleState | undefined,
  { roleName, flows }: Expectation,
  identity: Identity,
): Check {
  const { ok, failed, cannotTell } = checksOf('role-trust', role?.arn ?? roleName);
  if (!role) return failed(messages.roleAbsent);
  const result = checkTrust(role.trust, flows, identity);
  if (result.verdict === 'unreadable') return failed(TRUST_WORDS.trustUnreadable);
  if (result.verdict === 'allowed') return ok(TRUST_WORDS.trusted);
  return result.uncertain
    ? cannotTell(cannotTellDetail('role-trust', result.because))
    : failed(TRUST_WORDS.notTrusted(result.because));
}

function checkReadAccess(
  role: { arn: string; documents: RoleDocuments | UnreadableDocument } | undefined,
  secret: ReadableSecret,
  found: ObservedSecret | undefined,
  { roleName }: Expectation,
  identity: Identity,
): Check {
  const { ok, failed, cannotTell } = checksOf('role-reads-secret', secret.arn);
  if (!role) return failed(`${messages.roleAbsent} (${roleName})`);
  const { documents } = role;
  if ('unreadable' in documents)
    return cannotTell(
      cannotTellDetail('role-reads-secret', POLICY_WORDS.policyUnreadable(documents.unreadable)),
    );
  const [refusal] = refusalsOf(secret, documents, role.arn, identity, found && documentsAbout(found));
  if (!refusal) return ok(READ_WORDS.readable);
  const { action, verdict, because } = refusal;
  return verdict === 'denied'
    ? failed(READ_WORDS.cannotPerform([action], because))
    : cannotTell(READ_WORDS.unclear(action, because));
}

function documentsAbout({
  resourcePolicy,
  resourcePolicyFailure,
  decryption,
}: ObservedSecret): SecretDocuments {
  const policy = resourcePolicyFailure ? { unseen: resourcePolicyFailure } : { seen: resourcePolicy };
  return { resourcePolicy: policy, decryption };
}

/** A secret with what decides who may decrypt it. The latter is not read while the secret is scheduled for deletion. */
export type ObservedSecret = SecretState & { decryption?: Decryption };

/** The state in AWS: the secrets that exist, and the role with everything that determines its permissions. */
export interface SetupObservation {
  secrets: ObservedSecret[];
  role?: RoleState;
}

/** The role to read. The policy versions are guesses; a right guess saves a round trip. */
export interface RoleToRead {
  policies: { arn: string; versionId: string | null }[];
  roleName: string;
}

/** Reads a role back, with as few dependent round trips as possible. */
export function observeRole(aws: Aws, { policies, roleName }: RoleToRead): Promise<RoleState | undefined> {
  const reader = policyReader(aws);
  for (const { arn, versionId } of policies) if (versionId) reader.prefetch(arn, versionId);
  return readRole(aws, reader, roleName, { exists: true });
}

/**
 * Reads what decides who may decrypt the secrets.
 * @param written the ARNs of secrets whose current version this run has written
 */
export function observeSecrets(
  aws: Aws,
  identity: Identity,
  secrets: SecretState[],
  written: ReadonlySet<string>,
): Promise<ObservedSecret[]> {
  const readers = decryptionReaders(aws);
  return inBatches(BATCH_RUN.readAtOnce, secrets, async (secret) => {
    if (secret.deletedAt) return secret;
    const isWritten = written.has(secret.arn);
    return { ...secret, decryption: await readDecryption(readers, identity, secret, isWritten) };
  });
}
