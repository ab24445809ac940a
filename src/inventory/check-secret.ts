import type { Identity } from '../aws/session.ts';
import { checkKmsKeys, type KmsKeyFinding } from '../checks/access/kms-key.ts';
import { whyUnseen } from '../checks/access/read-access.ts';
import { dayOf } from '../text.ts';
import { checksOf } from './check.ts';
import { statusWords as words } from './messages.ts';
import type { SeenSecret } from './secrets.ts';
import type { StatusCheck } from './types.ts';

/**
 * The checks of a secret for which its value need not be read; those of its KMS keys where these were looked at. Pure.
 * @param isNamed whether a policy of a role, or a manifest, names it; what is deleted and not named is what `teardown` leaves behind
 */
export function judgeSecret(secret: SeenSecret, isNamed: boolean, identity: Identity): StatusCheck[] {
  const { arn, deletedAt, rotates, current, access } = secret;
  const check = checksOf(arn);
  // Of a secret that waits for its deletion nothing else matters.
  if (deletedAt && !isNamed)
    return [check('secret-deletion', 'warning', words.deletedUnused(dayOf(deletedAt)))];
  if (deletedAt) return [check('secret-deletion', 'failed', words.deleted(dayOf(deletedAt)))];
  return [
    check('secret-deletion', 'ok', words.notDeleted),
    current
      ? check('secret-version', 'ok', words.hasVersion)
      : check('secret-version', 'failed', words.noVersion),
    rotates ? check('secret-rotation', 'failed', words.rotates) : check('secret-rotation', 'ok', words.keeps),
    ...(access ? checkKmsKeys(secret, access.encryption, identity).map(ofKmsKey) : []),
  ];

  function ofKmsKey(finding: KmsKeyFinding): StatusCheck {
    if (finding.verdict !== 'cannot-tell') return check('secret-kms-key', finding.verdict, finding.detail);
    const because = 'unseen' in finding ? whyUnseen(finding.unseen) : finding.because;
    return check('secret-kms-key', 'cannot-tell', words.kmsKeyUnknown(because));
  }
}
