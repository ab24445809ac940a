import { parseArn } from '../aws/arn.ts';
import type { FoundKmsKey } from '../aws/kms-keys.ts';
import { type Look, seenIn } from '../aws/look.ts';
import type { Identity } from '../aws/session.ts';
import type { Failure } from '../failure.ts';
import { proofWords as words } from '../report/words/proof.ts';
import type { Decryption } from './decryption.ts';
import type { Encryption } from './encryption.ts';

/** What can be done about a KMS key that is not right. */
export type KmsKeyFix =
  | 'enable'
  | 'cancel-deletion'
  /** Give the secret another KMS key. */
  | 'other-key'
  /** Encrypt the current version with the KMS key that the secret names. */
  | 'encrypt-anew'
  /** Store another value: the current version cannot be decrypted any more. */
  | 'new-value'
  /** Ask the account that has the key. */
  | 'foreign-policy';

/** What was found out about the KMS key of a secret. */
export type KmsKeyFinding =
  | { verdict: 'ok'; detail: string }
  | { verdict: 'failed' | 'warning'; detail: string; fix: KmsKeyFix; keyArn: string }
  | { verdict: 'cannot-tell'; unseen: Failure }
  | { verdict: 'cannot-tell'; because: string };

const IN_DELETION = /^Pending(Replica)?Deletion$/;

/**
 * Checks whether the KMS keys of a secret, and of its current version, can be used. Pure.
 * Source: KMS Developer Guide, "Key states of AWS KMS keys"; Secrets Manager User Guide, "Secret encryption and decryption".
 */
export function checkKmsKeys(
  secret: { region: string; kmsKeyId?: string },
  { kmsKey, decryption, earlierKmsKeys = [] }: Partial<Encryption>,
  identity: Identity,
): KmsKeyFinding[] {
  const named = checkNamed(secret, kmsKey, identity);
  const ofVersion = [
    ...unseenKeys(decryption),
    ...earlierKmsKeys.flatMap(({ arn, key }) => checkEarlier(arn, key)),
  ];
  return ofVersion.length === 0 ? [named] : [...(named.verdict === 'ok' ? [] : [named]), ...ofVersion];
}

/** The key that the secret names says nothing about the current version. */
function unseenKeys(decryption: Decryption | undefined): KmsKeyFinding[] {
  const versionKeys = decryption?.versionKeys;
  return versionKeys && 'unseen' in versionKeys
    ? [{ verdict: 'cannot-tell', unseen: versionKeys.unseen }]
    : [];
}

/** What is to be said of the current version being encrypted with another key than the one that the secret names. */
function checkEarlier(arn: string, key: Look<FoundKmsKey | undefined>): KmsKeyFinding[] {
  const unusable = (state: string, fix: KmsKeyFix): KmsKeyFinding[] => [
    { verdict: 'failed', detail: words.earlierKmsKeyUnusable(arn, state), fix, keyArn: arn },
  ];
  const other: KmsKeyFinding = {
    verdict: 'warning',
    detail: words.earlierKmsKey(arn),
    fix: 'encrypt-anew',
    keyArn: arn,
  };
  if ('unseen' in key) return [other, { verdict: 'cannot-tell', unseen: key.unseen }];
  if (!key.seen) return unusable('absent', 'new-value');
  const { state } = key.seen;
  if (state === '') return [other, { verdict: 'cannot-tell', because: words.kmsKeyUntold(arn) }];
  return state === 'Enabled' ? [other] : unusable(state, fixForState(state) ?? 'new-value');
}

/** How a KMS key in that state can be used again, if it can. */
function fixForState(state: string): KmsKeyFix | undefined {
  if (state === 'Disabled') return 'enable';
  return IN_DELETION.test(state) ? 'cancel-deletion' : undefined;
}

function checkNamed(
  { region, kmsKeyId }: { region: string; kmsKeyId?: string },
  kmsKey: Encryption['kmsKey'],
  identity: Identity,
): KmsKeyFinding {
  if (kmsKeyId === undefined || !kmsKey || seenIn(kmsKey)?.managedByAws)
    return { verdict: 'ok', detail: words.awsKey };
  if ('unseen' in kmsKey) return { verdict: 'cannot-tell', unseen: kmsKey.unseen };
  return kmsKey.seen
    ? checkFound(kmsKey.seen, region, identity)
    : { verdict: 'failed', detail: words.noKmsKey(kmsKeyId), fix: 'other-key', keyArn: kmsKeyId };
}

function checkFound({ arn, state, usage }: FoundKmsKey, region: string, identity: Identity): KmsKeyFinding {
  const place = parseArn(arn);
  const failed = (detail: string, fix: KmsKeyFix = 'other-key'): KmsKeyFinding => ({
    verdict: 'failed',
    detail,
    fix,
    keyArn: arn,
  });
  const fix = fixForState(state);
  if (IN_DELETION.test(state)) return failed(words.kmsKeyDeleted(arn), fix);
  if (state === 'Disabled') return failed(words.kmsKeyDisabled(arn), fix);
  // What imitates AWS may leave them out.
  if (state === '' || usage === '') return { verdict: 'cannot-tell', because: words.kmsKeyUntold(arn) };
  if (state !== 'Enabled') return failed(words.kmsKeyState(arn, state));
  if (usage !== 'ENCRYPT_DECRYPT') return failed(words.kmsKeyUsage(arn, usage));
  if (place?.region !== region) return failed(words.kmsKeyRegion(arn));
  return place.account === identity.account
    ? { verdict: 'ok', detail: words.kmsKeyReady }
    : { verdict: 'warning', detail: words.kmsKeyForeign(arn), fix: 'foreign-policy', keyArn: arn };
}
