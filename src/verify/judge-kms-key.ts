import { parseArn } from '../aws/arn.ts';
import type { FoundKmsKey } from '../aws/kms-keys.ts';
import { seenIn } from '../aws/look.ts';
import type { Identity } from '../aws/session.ts';
import type { Decryption } from '../proof/decryption.ts';
import type { VerifyCheck } from '../report/verify-types.ts';
import { verifyWords as words } from '../report/words/verify.ts';
import { remedies } from '../report/words/verify-remedies.ts';
import type { Remedy } from '../told.ts';
import { primaryOf, rotateRemedy } from './judge-value.ts';
import { checksOf } from './make.ts';
import type { SecretTarget, ThereSecret } from './secret-sight.ts';

type Sight = ThereSecret & { target: SecretTarget };

/**
 * Whether the KMS key of a secret can be used. Pure.
 * Source: KMS Developer Guide, "Key states of AWS KMS keys"; Secrets Manager User Guide, "Secret encryption and decryption".
 */
export function judgeKmsKey(sight: Sight, subject: string, identity: Identity): VerifyCheck[] {
  const checks = judgeNamedKey(sight, subject, identity);
  const ofVersion = judgeVersionKey(sight, subject);
  return ofVersion.length > 0 ? [...checks.filter(({ verdict }) => verdict !== 'ok'), ...ofVersion] : checks;
}

/** What is to be said of the current version being encrypted with another key than the one that the secret names. */
function judgeVersionKey({ described, earlierKmsKeys = [], target }: Sight, subject: string): VerifyCheck[] {
  const { failed, warning } = checksOf(subject);
  const rotate = rotateRemedy({ described, target }, [target.region]);
  const remedy = remedies.encryptAnew(subject, target.region, seenIn(described)?.kmsKeyId);
  return earlierKmsKeys.map(({ arn, key }) => {
    const state = seenIn(key)?.state ?? ('seen' in key ? 'absent' : 'Enabled');
    return state === 'Enabled'
      ? warning('secret-kms-key', words.earlierKmsKey(arn), remedy)
      : failed(
          'secret-kms-key',
          words.earlierKmsKeyUnusable(arn, state),
          remedyForState(state, arn, target.region) ?? rotate,
        );
  });
}

/** How a KMS key in that state can be used again, if it can. */
function remedyForState(state: string, arn: string, region: string): Remedy | undefined {
  if (state === 'Disabled') return remedies.enableKmsKey(arn, region);
  return /^Pending(Replica)?Deletion$/.test(state) ? remedies.keepKmsKey(arn, region) : undefined;
}

function judgeNamedKey(
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
  const rotate = rotateRemedy({ described, target }, [target.region]);
  const other =
    described.seen.replicaOf === undefined
      ? remedies.otherKmsKey(subject, target.region, rotate)
      : remedies.replicateAnew(primaryOf(described.seen, subject), target.region);
  if (!kmsKey.seen) return [failed('secret-kms-key', words.noKmsKey(kmsKeyId), other)];
  return [judgeFound(kmsKey.seen, target.region, { subject, other }, identity)];
}

function judgeFound(
  { arn, state, usage }: FoundKmsKey,
  region: string,
  { subject, other }: { subject: string; other: Remedy },
  identity: Identity,
): VerifyCheck {
  const { ok, failed, warning, open } = checksOf(subject);
  const place = parseArn(arn);
  const remedy = remedyForState(state, arn, region) ?? other;
  if (/^Pending(Replica)?Deletion$/.test(state))
    return failed('secret-kms-key', words.kmsKeyDeleted(arn), remedy);
  if (state === 'Disabled') return failed('secret-kms-key', words.kmsKeyDisabled(arn), remedy);
  // What imitates AWS may leave them out.
  if (state === '' || usage === '') return open('secret-kms-key', words.kmsKeyUntold(arn));
  if (state !== 'Enabled') return failed('secret-kms-key', words.kmsKeyState(arn, state), remedy);
  if (usage !== 'ENCRYPT_DECRYPT') return failed('secret-kms-key', words.kmsKeyUsage(arn, usage), other);
  if (place?.region !== region) return failed('secret-kms-key', words.kmsKeyRegion(arn), other);
  return place.account === identity.account
    ? ok('secret-kms-key', words.kmsKeyReady)
    : warning('secret-kms-key', words.kmsKeyForeign(arn), remedies.kmsKeyPolicy);
}

/** The KMS keys of a secret's current version, with their policies; none when it takes no permission. Pure. */
export function keysInUse({ decryption, kmsKey }: ThereSecret): Decryption['keyPolicies'] {
  const named = seenIn(kmsKey);
  const isAws = ({ key }: Decryption['keyPolicies'][number]) =>
    named?.managedByAws === true && (key.arn === undefined || key.arn === named.arn);
  return (decryption?.keyPolicies ?? []).filter((each) => !isAws(each));
}
