import { parseArn } from '../../aws/arn.ts';
import { kmsKeyRef, readKeyPolicy, type TimeLimit } from '../../aws/kms/index.ts';
import { awsMessages } from '../../aws/messages.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { type CurrentVersion, readCurrentVersion, type SecretPlace } from '../../aws/secrets/versions.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { type Observed, observed, seenIn } from '../../aws/session.ts';
import { EXIT, Failure } from '../../failure.ts';
import {
  DECRYPT_ACTION,
  evaluateAccess,
  type KmsKeyRef,
  parsePolicy,
  tryParsePolicy,
} from '../../policy/index.ts';
import { proofMessages as messages } from './messages.ts';
import { readRequests, UNKNOWN_OF_SESSIONS, withTime } from './read-requests.ts';

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

/** The part of a secret's description that concerns its encryption. */
export type EncryptedSecret = Pick<SecretState, 'region' | 'arn' | 'kmsKeyId' | 'pristine'>;

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
export const requestAtOnce: KmsRequester = (_key, send) => observed(send());

/** Creates a reader for a run. */
export function keyPolicyReader(aws: Aws, request = requestAtOnce): KeyPolicyReader {
  const reads = new Map<string, Promise<Observed<string | undefined>>>();
  return (region, key) => {
    // `GetKeyPolicy` doesn't accept an alias.
    const arn = key.arn;
    if (arn === undefined) return Promise.resolve({ seen: undefined });
    const reading =
      reads.get(arn) ?? request({ region, id: arn }, (limit) => readKeyPolicy(aws, region, arn, limit));
    reads.set(arn, reading);
    return reading;
  };
}

/** Readers for the current version of a secret and for the policies of KMS keys. */
export interface DecryptionReaders {
  currentVersionOf(secret: SecretPlace): Promise<Observed<CurrentVersion | undefined>>;
  keyPolicyOf: KeyPolicyReader;
}

/** Creates the readers for a run. */
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
  const { region, kmsKeyId, pristine = false } = secret;
  const named = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const isKnown = (pristine || isWritten) && (kmsKeyId === undefined || named?.kind === 'key');
  const versionKeys: Observed<KmsKeyRef[]> = isKnown
    ? { seen: named ? [named] : [] }
    : keysOfVersion(await currentVersionOf(secret), region, named, identity);
  const keys = seenIn(versionKeys) ?? (named ? [named] : []);
  const keyPolicies = await Promise.all(
    keys.map(async (key) => {
      // Only the key's own account may read its policy.
      const isOurs = parseArn(key.arn ?? '')?.account === identity.account;
      return { key, policy: isOurs ? await keyPolicyOf(region, key) : { seen: undefined } };
    }),
  );
  return { versionKeys, keyPolicies };
}

function keysOfVersion(
  version: Observed<CurrentVersion | undefined>,
  region: string,
  named: KmsKeyRef | undefined,
  identity: Identity,
): Observed<KmsKeyRef[]> {
  if ('unseen' in version) return version;
  // Without a current version, there is nothing to decrypt.
  if (!version.seen) return { seen: [] };
  const { kmsKeyIds } = version.seen;
  if (!kmsKeyIds)
    return { unseen: new Failure(awsMessages.noVersionKeys, { code: 'not-shown', exitCode: EXIT.failed }) };
  const customers = kmsKeyIds.filter((id) => !AWS_MANAGED_KEY.test(id));
  return { seen: customers.flatMap((id) => withAlias(kmsKeyRef(id, region, identity), named) ?? []) };
}

/** Adds the secret's alias to its only key, because a condition may require that alias. */
function withAlias(key: KmsKeyRef | undefined, named: KmsKeyRef | undefined): KmsKeyRef | undefined {
  return key?.kind === 'key' && named?.kind === 'alias' && named.arn === undefined
    ? { ...named, arn: key.arn }
    : key;
}

/**
 * Context keys that are known for the session of MediaConnect's role but not for the caller. The caller's session ARN omits its
 * role's path.
 */
const UNKNOWN_OF_CALLERS = ['aws:PrincipalArn', 'aws:PrincipalType'];

const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

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
    const request = readRequests({ ...secret, kmsKey: key }, identity, principal.roleArn).find(
      ({ action }) => action === DECRYPT_ACTION,
    );
    if (!resourcePolicy || !request) continue;
    const context = Object.entries(request.context).filter(([name]) => !UNKNOWN_OF_CALLERS.includes(name));
    const { because, deniedBy } = evaluateAccess({
      identityPolicies: [EVERYTHING],
      resourcePolicy,
      request: withTime({ ...request, principal, context: Object.fromEntries(context) }),
      unknownContext: [...UNKNOWN_OF_SESSIONS, ...UNKNOWN_OF_CALLERS],
    });
    if (deniedBy === 'statement') return messages.ofKey(because, request.resource);
  }
  return undefined;
}

/** Returns the caller as policies name it. The session ARN from STS has the name of the role, but not its path. */
function principalOf({ arn, account, partition }: Identity): { roleArn: string; sessionName?: string } {
  const [kind, role, sessionName] = parseArn(arn)?.resource.split('/') ?? [];
  if (kind !== 'assumed-role' || role === undefined || sessionName === undefined) return { roleArn: arn };
  return { roleArn: `arn:${partition}:iam::${account}:role/${role}`, sessionName };
}
