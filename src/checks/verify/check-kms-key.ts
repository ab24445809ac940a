import { seenIn } from '../../aws/look.ts';
import type { Identity } from '../../aws/session.ts';
import type { Remedy } from '../../failure.ts';
import { checkKmsKeys, type KmsKeyFinding } from '../access/kms-key.ts';
import { primaryOf, rotateRemedy } from './check-value.ts';
import { remedies } from './fixes.ts';
import type { SecretTarget, ThereSecret } from './observe/secret.ts';
import { checksOf } from './result.ts';
import type { VerifyCheck } from './types.ts';

type Sight = ThereSecret & { target: SecretTarget };

/** Whether the KMS key of a secret can be used. Pure. */
export function judgeKmsKey(sight: Sight, subject: string, identity: Identity): VerifyCheck[] {
  const { described } = sight;
  const make = checksOf(subject);
  if ('unseen' in described) return [make.unseen('secret-kms-key', described.unseen)];
  if (described.seen.deletedAt) return [];
  return checkKmsKeys(described.seen, sight, identity).map((finding) => {
    if (finding.verdict === 'ok') return make.ok('secret-kms-key', finding.detail);
    if (finding.verdict === 'cannot-tell')
      return 'unseen' in finding
        ? make.unseen('secret-kms-key', finding.unseen)
        : make.open('secret-kms-key', finding.because);
    return make[finding.verdict]('secret-kms-key', finding.detail, remedyFor(finding, sight, subject));
  });
}

function remedyFor(
  { fix, keyArn, keyStoreId }: Extract<KmsKeyFinding, { fix: unknown }>,
  { described, target }: Sight,
  subject: string,
): Remedy {
  const { region } = target;
  const rotate = rotateRemedy({ described, target }, [region]);
  const { kmsKeyId, replicaOf } = seenIn(described) ?? {};
  switch (fix) {
    case 'enable':
      return remedies.enableKmsKey(keyArn, region);
    case 'cancel-deletion':
      return remedies.keepKmsKey(keyArn, region);
    case 'connect-key-store':
      return remedies.connectKeyStore(region, keyStoreId);
    case 'import-key-material':
      return remedies.importKeyMaterial;
    case 'wait':
      return remedies.waitForKmsKey;
    case 'other-key':
      return replicaOf === undefined
        ? remedies.otherKmsKey(subject, region, rotate)
        : remedies.replicateAnew(primaryOf({ region, replicaOf }, subject), region);
    case 'encrypt-anew':
      return remedies.encryptAnew(subject, region, kmsKeyId);
    case 'new-value':
      return rotate;
    case 'foreign-policy':
      return remedies.kmsKeyPolicy;
  }
}
