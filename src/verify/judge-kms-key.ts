import { parseArn } from '../aws/arn.ts';
import { kmsKeyRef } from '../aws/kms.ts';
import type { FoundKmsKey } from '../aws/kms-keys.ts';
import type { Identity } from '../aws/session.ts';
import type { KmsKeyRef } from '../policy/index.ts';
import type { VerifyCheck } from '../report/verify-types.ts';
import { verifyWords as words } from '../report/words/verify.ts';
import { remedies } from '../report/words/verify-remedies.ts';
import { seenIn } from './look.ts';
import { checksOf } from './make.ts';
import type { SecretTarget, ThereSecret } from './secret-sight.ts';

type Sight = ThereSecret & { target: SecretTarget };

/**
 * Whether the KMS key of a secret can be used. Pure.
 * Source: KMS Developer Guide, "Key states of AWS KMS keys"; Secrets Manager User Guide, "Secret encryption and decryption".
 */
export function judgeKmsKey(
  { described, kmsKey, target }: Sight,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { ok, failed, unseen } = checksOf(subject);
  if ('unseen' in described) return [unseen('secret-kms-key', described.unseen)];
  const { kmsKeyId, deletedAt } = described.seen;
  if (deletedAt) return [];
  if (kmsKeyId === undefined || !kmsKey) return [ok('secret-kms-key', words.awsKey)];
  if (seenIn(kmsKey)?.managedByAws) return [ok('secret-kms-key', words.awsKey)];
  if ('unseen' in kmsKey) return [unseen('secret-kms-key', kmsKey.unseen)];
  if (!kmsKey.seen)
    return [failed('secret-kms-key', words.noKmsKey(kmsKeyId), remedies.otherKmsKey(subject, target.region))];
  return [judgeFound(kmsKey.seen, target.region, subject, identity)];
}

function judgeFound(
  { arn, state, usage }: FoundKmsKey,
  region: string,
  subject: string,
  identity: Identity,
): VerifyCheck {
  const { ok, failed, warning } = checksOf(subject);
  const place = parseArn(arn);
  const other = remedies.otherKmsKey(subject, region);
  if (state === 'PendingDeletion' || state === 'PendingReplicaDeletion') {
    return failed('secret-kms-key', words.kmsKeyDeleted(arn), remedies.keepKmsKey(arn, region));
  }
  if (state === 'Disabled')
    return failed('secret-kms-key', words.kmsKeyDisabled(arn), remedies.enableKmsKey(arn, region));
  if (state !== 'Enabled') return failed('secret-kms-key', words.kmsKeyState(arn, state), other);
  if (usage !== 'ENCRYPT_DECRYPT') return failed('secret-kms-key', words.kmsKeyUsage(arn, usage), other);
  if (place?.region !== region) return failed('secret-kms-key', words.kmsKeyRegion(arn), other);
  return place.account === identity.account
    ? ok('secret-kms-key', words.kmsKeyReady)
    : warning('secret-kms-key', words.kmsKeyForeign(arn), remedies.kmsKeyPolicy);
}

/** The KMS key of a secret as policies are evaluated with it; nothing when it takes no permission. */
export function kmsKeyOf({ described, kmsKey, target }: Sight, identity: Identity): KmsKeyRef | undefined {
  const id = seenIn(described)?.kmsKeyId;
  const named = id === undefined ? undefined : kmsKeyRef(id, target.region, identity);
  const found = seenIn(kmsKey);
  if (found?.managedByAws) return undefined;
  return named && found ? { ...named, arn: found.arn } : named;
}
