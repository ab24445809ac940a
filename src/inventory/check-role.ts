import { kmsKeyRef } from '../aws/kms/index.ts';
import type { Identity } from '../aws/session.ts';
import { checkKmsKeys, decryptionByCustomerKeys, type KmsKeyFinding } from '../checks/access/encryption.ts';
import {
  type DecidingDocuments,
  documentsOf,
  refusalsOf,
  type SecretDocuments,
  type Unreadable,
  whyUnseen,
} from '../checks/access/read-access.ts';
import { checkGuard } from '../checks/access/source-guard.ts';
import { checkRoleNaming, checkTrust } from '../checks/access/trust.ts';
import { cannotTell, type Detail, detailOf, type StatusId } from '../checks/catalog/index.ts';
import type { Verdict } from '../plan-types.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretAccess, SecretSnapshot } from './secrets.ts';
import type { StatusCheck } from './types.ts';

/** The checks of the name of a role and its path. Pure. */
export function checkNaming(role: RoleSnapshot): StatusCheck[] {
  const check = checksOf(role.arn);
  const { isReserved, path } = checkRoleNaming(role);
  return [
    isReserved
      ? check('role-name', 'failed', (say) => say.reservedName)
      : check('role-name', 'ok', (say) => say.freeName),
    path === undefined
      ? check('role-path', 'ok', (say) => say.noPath)
      : check('role-path', 'warning', (say) => say.path(path)),
  ];
}

/**
 * Whether the role lets MediaConnect in, and keeps flows of other accounts out. Pure.
 * @param wanted Regions in all of which flows need it; for one of several such lists the role may be
 */
export function checkTrustOf(
  { arn, trust }: RoleSnapshot,
  wanted: string[][],
  identity: Identity,
): StatusCheck[] {
  const check = checksOf(arn);
  const all = wanted.map((regions) => checkTrust(trust, { sourceArns: [], regions }, identity));
  const judged = all.find(({ verdict }) => verdict === 'allowed') ?? all[0];
  if (!judged) return [];
  if (judged.verdict === 'unreadable') return [check('role-trust', 'failed', (say) => say.trustUnreadable)];
  if (judged.verdict === 'not-allowed') {
    return [
      judged.uncertain
        ? check('role-trust', 'cannot-tell', cannotTell('role-trust', judged.because))
        : check('role-trust', 'failed', (say) => say.notTrusted(judged.because)),
    ];
  }
  return [
    check('role-trust', 'ok', (say) => (judged.scope === 'narrower' ? say.trustedForSome : say.trusted)),
    guardCheck(arn, trust, identity),
  ];
}

function guardCheck(arn: string, trust: string, identity: Identity): StatusCheck {
  const check = checksOf(arn);
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return check('role-guard', 'ok', (say) => say.guarded);
  if (guard.verdict === 'cannot-tell')
    return check('role-guard', 'cannot-tell', cannotTell('role-guard', guard.because));
  const { accounts } = guard;
  return check('role-guard', 'warning', (say) => (accounts.length > 0 ? say.letsIn(accounts) : say.noGuard));
}

/** The documents that decide what a role may do, parsed, with the names of its policies; nothing when they could not be looked at. */
export function namedDocumentsOf({ found }: RoleSnapshot): DecidingDocuments | Unreadable | undefined {
  return found && documentsOf(found);
}

/**
 * Whether the role may read the secret: by its own policies and its permissions boundary and, where these were looked at, by the
 * secret's resource policy and the policies of the KMS keys of its current version. Pure.
 */
export function checkReading(
  { arn: roleArn }: RoleSnapshot,
  documents: DecidingDocuments,
  { region, arn, kmsKeyId, access }: SecretSnapshot,
  identity: Identity,
): StatusCheck {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const secret = { arn, region, ...(kmsKey ? { kmsKey } : {}) };
  const [refusal] = refusalsOf(secret, documents, roleArn, identity, access && documentsAbout(access));
  const check = checksOf(arn);
  if (!refusal) return check('role-reads-secret', 'ok', (say) => say.readable);
  const { action, verdict, because } = refusal;
  return verdict === 'denied'
    ? check('role-reads-secret', 'failed', (say) => say.mayNot([action], because))
    : check('role-reads-secret', verdict, (say) => say.unclear(action, because));
}

function documentsAbout({ resourcePolicy, encryption }: SecretAccess): SecretDocuments {
  return { resourcePolicy, decryption: decryptionByCustomerKeys(encryption) };
}

/**
 * The checks of a secret for which its value need not be read; those of its KMS keys where these were looked at. Pure.
 * @param isNamed whether a policy of a role, or a manifest, names it; what is deleted and not named is what `teardown` leaves behind
 */
export function checkSecret(secret: SecretSnapshot, isNamed: boolean, identity: Identity): StatusCheck[] {
  const { arn, deletedAt, rotates, current, access } = secret;
  const check = checksOf(arn);
  // Of a secret that waits for its deletion nothing else matters.
  if (deletedAt && !isNamed)
    return [check('secret-deletion', 'warning', (say) => say.deletedUnused(deletedAt))];
  if (deletedAt) return [check('secret-deletion', 'failed', (say) => say.deleted(deletedAt))];
  return [
    check('secret-deletion', 'ok', (say) => say.notDeleted),
    current
      ? check('secret-version', 'ok', (say) => say.hasVersion)
      : check('secret-version', 'failed', (say) => say.noVersion),
    rotates
      ? check('secret-rotation', 'failed', (say) => say.rotates)
      : check('secret-rotation', 'ok', (say) => say.noRotation),
    ...(access ? checkKmsKeys(secret, access.encryption, identity).map(ofKmsKey) : []),
  ];

  function ofKmsKey(finding: KmsKeyFinding): StatusCheck {
    if (finding.verdict !== 'cannot-tell') return check('secret-kms-key', finding.verdict, finding.detail);
    const because = 'unseen' in finding ? whyUnseen(finding.unseen) : finding.because;
    return check('secret-kms-key', 'cannot-tell', cannotTell('secret-kms-key', because));
  }
}

/** Makes checks of one thing, by its ARN. */
export function checksOf(subject: string) {
  return <Id extends StatusId>(id: Id, verdict: Verdict, detail: Detail<Id>): StatusCheck => ({
    id,
    verdict,
    subject,
    detail: detailOf(id, detail),
  });
}
