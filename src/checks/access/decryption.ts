import { parseArn } from '../../aws/arn.ts';
import { kmsKeyRef, readKeyPolicy, type TimeLimit } from '../../aws/kms/index.ts';
import { awsMessages } from '../../aws/messages.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { type CurrentVersion, readCurrentVersion, type SecretLocation } from '../../aws/secrets/versions.ts';
import { type Aws, type Identity, type Observed, observed, seenIn } from '../../aws/session.ts';
import { EXIT, Failure } from '../../failure.ts';
import { type AccessRequest, evaluateAccess, type KmsKeyRef, tryParsePolicy } from '../../policy/index.ts';
import { readBackMessages as messages } from './messages.ts';
import { ALLOW_EVERYTHING, decryptRequest, UNKNOWN_SESSION_KEYS, withTime } from './read-requests.ts';

/** What decides who may decrypt the current version of a secret, as far as it could be read. */
export interface Decryption {
  /**
   * The customer managed KMS keys that encrypt the current version; empty for the AWS managed key. They can differ from the
   * secret's current KMS key, which encrypts new versions (Secrets Manager API reference, `UpdateSecret`, `KmsKeyId`).
   */
  versionKeys: Observed<KmsKeyRef[]>;
  /** The policies of these keys. If the keys could not be read, the policy of the secret's current KMS key. */
  keyPolicies: { key: KmsKeyRef; policy: Observed<string | undefined> }[];
}

/** The part of a secret's state that concerns its encryption. */
export type EncryptedSecret = Pick<SecretState, 'region' | 'arn' | 'kmsKeyId' | 'unchangedSinceCreation'>;

/** The AWS managed key in responses of `ListSecretVersionIds`. */
const AWS_MANAGED_KEY = /^DefaultEncryptionKey$|(^|:)alias\/aws\/secretsmanager$/;

/** Reads the policies of KMS keys, each once for a run. */
export type KeyPolicyReader = (region: string, key: KmsKeyRef) => Promise<Observed<string | undefined>>;

/** Sends a request about a KMS key (ID, ARN or alias). A failure becomes part of the result. */
export type KmsRequester = <T>(
  key: { region: string; id: string },
  send: (limit?: TimeLimit) => Promise<T>,
) => Promise<Observed<T>>;

/** Sends each request immediately, with the usual time limit. */
export const sendImmediately: KmsRequester = (_key, send) => observed(send());

export function keyPolicyReader(aws: Aws, request = sendImmediately): KeyPolicyReader {
  const reads = new Map<string, Promise<Observed<string | undefined>>>();
  return (region, { arn }) => {
    // `GetKeyPolicy` doesn't accept an alias.
    if (arn === undefined) return Promise.resolve({ seen: undefined });
    const reading =
      reads.get(arn) ?? request({ region, id: arn }, (limit) => readKeyPolicy(aws, region, arn, limit));
    reads.set(arn, reading);
    return reading;
  };
}

/** Readers for the current version of a secret and for the policies of KMS keys. */
export interface DecryptionReaders {
  currentVersionOf(secret: SecretLocation): Promise<Observed<CurrentVersion | undefined>>;
  keyPolicyOf: KeyPolicyReader;
}

export function decryptionReaders(aws: Aws): DecryptionReaders {
  return {
    currentVersionOf: (secret) => observed(readCurrentVersion(aws, secret)),
    keyPolicyOf: keyPolicyReader(aws),
  };
}

/**
 * Reads the KMS keys of a secret's current version, and their policies. Skips a secret that can only be encrypted with the AWS
 * managed key.
 * @param isWritten true if this run has just written that version, so that it is encrypted with the secret's current KMS key
 */
export async function readDecryption(
  { currentVersionOf, keyPolicyOf }: DecryptionReaders,
  identity: Identity,
  secret: EncryptedSecret,
  isWritten = false,
): Promise<Decryption> {
  const { region, kmsKeyId, unchangedSinceCreation = false } = secret;
  const currentKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const areVersionKeysKnown =
    (unchangedSinceCreation || isWritten) && (kmsKeyId === undefined || currentKey?.kind === 'key');
  const versionKeys: Observed<KmsKeyRef[]> = areVersionKeysKnown
    ? { seen: currentKey ? [currentKey] : [] }
    : keysOfVersion(await currentVersionOf(secret), region, currentKey, identity);
  const keys = seenIn(versionKeys) ?? (currentKey ? [currentKey] : []);
  const keyPolicies = await Promise.all(
    keys.map(async (key) => {
      // Only the key's own account may read its policy.
      const isInCallerAccount = parseArn(key.arn ?? '')?.account === identity.account;
      return { key, policy: isInCallerAccount ? await keyPolicyOf(region, key) : { seen: undefined } };
    }),
  );
  return { versionKeys, keyPolicies };
}

function keysOfVersion(
  version: Observed<CurrentVersion | undefined>,
  region: string,
  currentKey: KmsKeyRef | undefined,
  identity: Identity,
): Observed<KmsKeyRef[]> {
  if ('unseen' in version) return version;
  // Without a current version, there is nothing to decrypt.
  if (!version.seen) return { seen: [] };
  const { kmsKeyIds } = version.seen;
  if (!kmsKeyIds)
    return { unseen: new Failure(awsMessages.noVersionKeys, { code: 'not-shown', exitCode: EXIT.failed }) };
  const customerKeyIds = kmsKeyIds.filter((id) => !AWS_MANAGED_KEY.test(id));
  const keys = customerKeyIds.map((id) => withAlias(kmsKeyRef(id, region, identity), currentKey));
  return { seen: keys.flatMap((key) => key ?? []) };
}

/** Adds the alias that the secret names to the current version's key, because a condition may require that alias. */
function withAlias(key: KmsKeyRef | undefined, currentKey: KmsKeyRef | undefined): KmsKeyRef | undefined {
  return key?.kind === 'key' && currentKey?.kind === 'alias' && currentKey.arn === undefined
    ? { ...currentKey, arn: key.arn }
    : key;
}

/**
 * Context keys that are known for the session of MediaConnect's role but not for the caller. The caller's session ARN omits its
 * role's path.
 */
const UNKNOWN_CALLER_KEYS = ['aws:PrincipalArn', 'aws:PrincipalType'];

/**
 * Returns the statement of a key policy that certainly denies the caller decryption of a secret, no matter what else allows it;
 * undefined if none does. Pure.
 */
export function callerDenial(
  secret: { arn: string; region: string },
  { keyPolicies }: Pick<Decryption, 'keyPolicies'>,
  identity: Identity,
): string | undefined {
  const principal = principalOf(identity);
  for (const { key, policy } of keyPolicies) {
    const resourcePolicy = tryParsePolicy(seenIn(policy) ?? '');
    if (!resourcePolicy) continue;
    const request = decryptRequest(secret, key, identity, principal.principalArn);
    const context = Object.entries(request.context).filter(([name]) => !UNKNOWN_CALLER_KEYS.includes(name));
    const { because, deniedBy } = evaluateAccess({
      identityPolicies: [ALLOW_EVERYTHING],
      resourcePolicy,
      request: withTime({ ...request, principal, context: Object.fromEntries(context) }),
      unknownContext: [...UNKNOWN_SESSION_KEYS, ...UNKNOWN_CALLER_KEYS],
    });
    if (deniedBy === 'statement') return messages.withKey(because, request.resource);
  }
  return undefined;
}

/** Returns the caller as policies name it: a user or a role session. The ARN from STS has the role's name, but not its path. */
function principalOf({ arn, account, partition }: Identity): AccessRequest['principal'] {
  const [kind, role, sessionName] = parseArn(arn)?.resource.split('/') ?? [];
  if (kind !== 'assumed-role' || sessionName === undefined) return { principalArn: arn };
  return { principalArn: `arn:${partition}:iam::${account}:role/${role}`, sessionName };
}
