import { parseArn } from '../../aws/arn.ts';
import { kmsKeyRef, readKeyPolicy, type TimeLimit } from '../../aws/kms/index.ts';
import { awsMessages } from '../../aws/messages.ts';
import { type Observed, observed, seenIn } from '../../aws/observed.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { type CurrentVersion, readCurrentVersion, type SecretPlace } from '../../aws/secrets/versions.ts';
import type { Aws, Identity } from '../../aws/session.ts';
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
   * The customer-managed KMS keys that the current version is encrypted with: none for the AWS managed key. They may differ from the
   * key that the secret names, which new versions are encrypted with (Secrets Manager API reference, `UpdateSecret`, `KmsKeyId`).
   */
  versionKeys: Observed<KmsKeyRef[]>;
  /** The policy of each of these keys; of the key that the secret names, where they could not be read. */
  keyPolicies: { key: KmsKeyRef; policy: Observed<string | undefined> }[];
}

/** What a secret's description says about its encryption. */
export type EncryptedSecret = Pick<SecretState, 'region' | 'arn' | 'kmsKeyId' | 'pristine'>;

/** What `ListSecretVersionIds` calls the AWS managed key. */
const AWS_MANAGED_KEY = /^DefaultEncryptionKey$|(^|:)alias\/aws\/secretsmanager$/;

/** Reads the policies of KMS keys, each once in a run. */
export type KeyPolicyReader = (region: string, key: KmsKeyRef) => Promise<Observed<string | undefined>>;

/** Sends a request about a KMS key (its ID, its ARN or its alias); a failure is part of what it returns. */
export type KmsRequester = <T>(
  key: { region: string; id: string },
  send: (limit?: TimeLimit) => Promise<T>,
) => Promise<Observed<T>>;

/** Sends each request at once, with the usual time limit. */
export const requestAtOnce: KmsRequester = (_key, send) => observed(send());

/** Makes a reader for a run. */
export function keyPolicyReader(aws: Aws, request = requestAtOnce): KeyPolicyReader {
  const reads = new Map<string, Promise<Observed<string | undefined>>>();
  return (region, key) => {
    // KMS takes no alias here.
    const arn = key.arn;
    if (arn === undefined) return Promise.resolve({ seen: undefined });
    const reading =
      reads.get(arn) ?? request({ region, id: arn }, (limit) => readKeyPolicy(aws, region, arn, limit));
    reads.set(arn, reading);
    return reading;
  };
}

/** What reads the current version of a secret, and the policies of KMS keys. */
export interface DecryptionReaders {
  currentVersionOf(secret: SecretPlace): Promise<Observed<CurrentVersion | undefined>>;
  keyPolicyOf: KeyPolicyReader;
}

/** Makes the readers for a run. */
export function decryptionReaders(aws: Aws): DecryptionReaders {
  return {
    currentVersionOf: (secret) => observed(readCurrentVersion(aws, secret)),
    keyPolicyOf: keyPolicyReader(aws),
  };
}

/**
 * Reads with which KMS keys the current version of a secret is encrypted, and the policies of these keys. Reads nothing of a secret
 * that can only be encrypted with the AWS managed key.
 * @param isWritten whether this run has just written that version, so that it is encrypted with the key that the secret names
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
      // The policy of a key of another account is for that account alone to read.
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
  // What has no current version is encrypted with no key.
  if (!version.seen) return { seen: [] };
  const { kmsKeyIds } = version.seen;
  if (!kmsKeyIds)
    return { unseen: new Failure(awsMessages.noVersionKeys, { code: 'not-shown', exitCode: EXIT.failed }) };
  const customers = kmsKeyIds.filter((id) => !AWS_MANAGED_KEY.test(id));
  return { seen: customers.flatMap((id) => withAlias(kmsKeyRef(id, region, identity), named) ?? []) };
}

/** A condition may ask for the alias by which the secret names its only key. */
function withAlias(key: KmsKeyRef | undefined, named: KmsKeyRef | undefined): KmsKeyRef | undefined {
  return key?.kind === 'key' && named?.kind === 'alias' && named.arn === undefined
    ? { ...named, arn: key.arn }
    : key;
}

/** Context keys that are known for the session of MediaConnect's role, but not for the caller, whose role path its session ARN omits. */
const UNKNOWN_OF_CALLERS = ['aws:PrincipalArn', 'aws:PrincipalType'];

const EVERYTHING = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

/**
 * Returns which statement of a key policy denies the caller the decryption of a secret, whatever else allows it; undefined where
 * none does for sure. Pure.
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

/** The caller as policies name it. A session's ARN is that of STS, which has the name of the role, and not its path. */
function principalOf({ arn, account, partition }: Identity): { roleArn: string; sessionName?: string } {
  const [kind, role, sessionName] = parseArn(arn)?.resource.split('/') ?? [];
  if (kind !== 'assumed-role' || role === undefined || sessionName === undefined) return { roleArn: arn };
  return { roleArn: `arn:${partition}:iam::${account}:role/${role}`, sessionName };
}
