import { parseArn } from '../../aws/arn.ts';
import { type KmsKeyState, kmsKeyRef, readKmsKey } from '../../aws/kms/index.ts';
import { type Aws, type Identity, type Observed, seenIn } from '../../aws/session.ts';
import type { Failure } from '../../failure.ts';
import {
  type Decryption,
  type DecryptionReaders,
  decryptionReaders,
  type EncryptedSecret,
  type KmsRequester,
  readDecryption,
  sendImmediately,
} from './decryption.ts';
import { readBackMessages as messages } from './messages.ts';

/** The KMS keys of a secret, as far as they could be read. */
export interface Encryption {
  /** The secret's current KMS key. Absent if the secret names none. */
  kmsKey?: Observed<KmsKeyState | undefined>;
  /** What decides who may decrypt the current version. */
  decryption: Decryption;
  /** KMS keys of the current version that differ from the secret's current KMS key. */
  earlierKmsKeys: { arn: string; key: Observed<KmsKeyState | undefined> }[];
}

/** Reads KMS keys by ID, ARN or alias, each once for a run. */
export type KmsKeyReader = (region: string, id: string) => Promise<Observed<KmsKeyState | undefined>>;

export function kmsKeyReader(aws: Aws, request: KmsRequester = sendImmediately): KmsKeyReader {
  const reads = new Map<string, Promise<Observed<KmsKeyState | undefined>>>();
  return (region, id) => {
    const cacheKey = `${region} ${id}`;
    const reading =
      reads.get(cacheKey) ?? request({ region, id }, (limit) => readKmsKey(aws, region, id, limit));
    reads.set(cacheKey, reading);
    return reading;
  };
}

/** Readers for everything about the encryption of secrets. */
export interface EncryptionReaders extends DecryptionReaders {
  kmsKeyOf: KmsKeyReader;
}

export function encryptionReaders(aws: Aws): EncryptionReaders {
  return { ...decryptionReaders(aws), kmsKeyOf: kmsKeyReader(aws) };
}

/** Reads the KMS keys of a secret and of its current version, and the state of these keys. */
export async function readEncryption(
  readers: EncryptionReaders,
  identity: Identity,
  secret: EncryptedSecret,
): Promise<Encryption> {
  const { region, kmsKeyId } = secret;
  const [kmsKey, decryption] = await Promise.all([
    kmsKeyId === undefined ? undefined : readers.kmsKeyOf(region, kmsKeyId),
    readDecryption(readers, identity, secret),
  ]);
  const earlierKmsKeys = await Promise.all(
    earlierKeyArns(secret, kmsKey, decryption, identity).map(async (arn) => ({
      arn,
      key: await readers.kmsKeyOf(region, arn),
    })),
  );
  return { kmsKey, decryption, earlierKmsKeys };
}

/** Returns the keys of the current version that differ from the secret's current KMS key. */
function earlierKeyArns(
  { region, kmsKeyId }: EncryptedSecret,
  kmsKey: Encryption['kmsKey'],
  { versionKeys }: Decryption,
  identity: Identity,
): string[] {
  const currentKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const currentKeyArn = seenIn(kmsKey)?.arn ?? currentKey?.arn;
  // The key of an alias may be unknown.
  if (currentKey && currentKeyArn === undefined) return [];
  const arns = (seenIn(versionKeys) ?? []).flatMap(({ arn }) => arn ?? []);
  return arns.filter((arn) => arn !== currentKeyArn);
}

/** Returns what decides who may decrypt a secret, without the AWS managed key, which requires no permission. Pure. */
export function withoutAwsManagedKey({
  decryption,
  kmsKey,
}: Pick<Encryption, 'decryption' | 'kmsKey'>): Decryption {
  const currentKey = seenIn(kmsKey);
  const isAwsManaged = ({ key }: Decryption['keyPolicies'][number]) =>
    currentKey?.managedByAws === true && (key.arn === undefined || key.arn === currentKey.arn);
  return { ...decryption, keyPolicies: decryption.keyPolicies.filter((each) => !isAwsManaged(each)) };
}

/** What can be done about a problem with a KMS key. */
type KmsKeyFix =
  | 'enable'
  | 'cancel-deletion'
  /** Connect the key's custom key store. */
  | 'connect-key-store'
  /** Import the key material. */
  | 'import-key-material'
  /** Wait until AWS has created the key. */
  | 'wait'
  /** Give the secret another KMS key. */
  | 'other-key'
  /** Encrypt the current version with the secret's current KMS key. */
  | 'encrypt-anew'
  /** Store another value. The key is gone, so the current version can't be decrypted anymore. */
  | 'new-value'
  /** Ask the account that owns the key. */
  | 'foreign-policy';

/** The result of checking a secret's KMS key. */
export type KmsKeyFinding =
  | { verdict: 'ok'; detail: string }
  | { verdict: 'failed' | 'warning'; detail: string; fix: KmsKeyFix; keyArn: string; keyStoreId?: string }
  | { verdict: 'cannot-tell'; unseen: Failure }
  | { verdict: 'cannot-tell'; because: string };

const IN_DELETION = /^Pending(Replica)?Deletion$/;

/** While the primary Region of a multi-Region key is changed, the key is `Updating` and still usable. */
const USABLE = /^(Enabled|Updating)$/;

/** How to make a KMS key usable again, for each state that prevents its use. None of these states loses data. */
const FIX_FOR_STATE: ReadonlyMap<string, KmsKeyFix> = new Map([
  ['Disabled', 'enable'],
  ['PendingDeletion', 'cancel-deletion'],
  ['PendingReplicaDeletion', 'cancel-deletion'],
  ['Unavailable', 'connect-key-store'],
  ['PendingImport', 'import-key-material'],
  ['Creating', 'wait'],
]);

/**
 * Checks whether the KMS keys of a secret and of its current version are usable. Pure. Source: KMS Developer Guide, "Key states
 * of AWS KMS keys"; Secrets Manager User Guide, "Secret encryption and decryption".
 */
export function checkKmsKeys(
  secret: { region: string; kmsKeyId?: string },
  { kmsKey, decryption, earlierKmsKeys = [] }: Partial<Encryption>,
  identity: Identity,
): KmsKeyFinding[] {
  const currentKeyFinding = checkCurrentKey(secret, kmsKey, identity);
  const versionFindings = [
    ...unreadVersionKeys(decryption),
    ...earlierKmsKeys.flatMap(({ arn, key }) => checkEarlierKey(arn, key)),
  ];
  return versionFindings.length === 0
    ? [currentKeyFinding]
    : [...(currentKeyFinding.verdict === 'ok' ? [] : [currentKeyFinding]), ...versionFindings];
}

/** Returns the finding if the KMS keys of the current version could not be read. They may differ from the secret's KMS key. */
function unreadVersionKeys(decryption: Decryption | undefined): KmsKeyFinding[] {
  const versionKeys = decryption?.versionKeys;
  return versionKeys && 'unseen' in versionKeys
    ? [{ verdict: 'cannot-tell', unseen: versionKeys.unseen }]
    : [];
}

/** Checks a KMS key that encrypts the current version but is not the secret's current KMS key. */
function checkEarlierKey(arn: string, key: Observed<KmsKeyState | undefined>): KmsKeyFinding[] {
  const unusable = (state: string, fix: KmsKeyFix, keyStoreId?: string) =>
    failedFinding(arn, messages.earlierKmsKeyUnusable(arn, state), fix, keyStoreId);
  const earlierKeyWarning: KmsKeyFinding = {
    verdict: 'warning',
    detail: messages.earlierKmsKey(arn),
    fix: 'encrypt-anew',
    keyArn: arn,
  };
  if ('unseen' in key) return [earlierKeyWarning, { verdict: 'cannot-tell', unseen: key.unseen }];
  if (!key.seen) return [unusable('not found', 'new-value')];
  const { state, keyStoreId } = key.seen;
  if (USABLE.test(state)) return [earlierKeyWarning];
  const fix = FIX_FOR_STATE.get(state);
  return fix ? [unusable(state, fix, keyStoreId)] : [earlierKeyWarning, unknownState(arn, state)];
}

function failedFinding(keyArn: string, detail: string, fix: KmsKeyFix, keyStoreId?: string): KmsKeyFinding {
  return { verdict: 'failed', detail, fix, keyArn, keyStoreId };
}

/** AWS may add states, and imitations of AWS may omit the state. */
function unknownState(arn: string, state: string): KmsKeyFinding {
  const because = state === '' ? messages.kmsKeyStateMissing(arn) : messages.kmsKeyStateUnknown(arn, state);
  return { verdict: 'cannot-tell', because };
}

function checkCurrentKey(
  { region, kmsKeyId }: { region: string; kmsKeyId?: string },
  kmsKey: Encryption['kmsKey'],
  identity: Identity,
): KmsKeyFinding {
  if (kmsKeyId === undefined || !kmsKey || seenIn(kmsKey)?.managedByAws)
    return { verdict: 'ok', detail: messages.awsKey };
  if ('unseen' in kmsKey) return { verdict: 'cannot-tell', unseen: kmsKey.unseen };
  return kmsKey.seen
    ? checkKeyState(kmsKey.seen, region, identity)
    : failedFinding(kmsKeyId, messages.noKmsKey(kmsKeyId), 'other-key');
}

function checkKeyState(key: KmsKeyState, region: string, identity: Identity): KmsKeyFinding {
  const { arn, state, usage, keyStoreId } = key;
  const arnParts = parseArn(arn);
  const failed = (detail: string, fix: KmsKeyFix = 'other-key') =>
    failedFinding(arn, detail, fix, keyStoreId);
  const fix = FIX_FOR_STATE.get(state);
  if (IN_DELETION.test(state)) return failed(messages.kmsKeyDeleted(arn), fix);
  if (state === 'Disabled') return failed(messages.kmsKeyDisabled(arn), fix);
  if (fix) return failed(messages.kmsKeyState(arn, state), fix);
  if (!USABLE.test(state)) return unknownState(arn, state);
  // Imitations of AWS may omit the key usage.
  if (usage === '') return { verdict: 'cannot-tell', because: messages.kmsKeyStateMissing(arn) };
  if (usage !== 'ENCRYPT_DECRYPT') return failed(messages.kmsKeyUsage(arn, usage));
  if (arnParts?.region !== region) return failed(messages.kmsKeyRegion(arn));
  return arnParts.account === identity.account
    ? { verdict: 'ok', detail: messages.kmsKeyReady }
    : { verdict: 'warning', detail: messages.kmsKeyForeign(arn), fix: 'foreign-policy', keyArn: arn };
}
