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
import { dayOf } from '../text.ts';
import { statusMessages as messages } from './messages.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretAccess, SecretSnapshot } from './secrets.ts';
import type { StatusCheck } from './types.ts';

/** The checks of the name of a role and its path. Pure. */
export function checkNaming(role: RoleSnapshot): StatusCheck[] {
  const check = checksOf(role.arn);
  const { isReserved, path } = checkRoleNaming(role);
  return [
    isReserved
      ? check('role-name', 'failed', messages.reservedName)
      : check('role-name', 'ok', messages.freeName),
    path === undefined
      ? check('role-path', 'ok', messages.noPath)
      : check('role-path', 'warning', messages.path(path)),
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
  if (judged.verdict === 'unreadable') return [check('role-trust', 'failed', messages.trustUnreadable)];
  if (judged.verdict === 'not-allowed') {
    return [
      judged.uncertain
        ? check('role-trust', 'cannot-tell', messages.mayBeTrusted(judged.because))
        : check('role-trust', 'failed', messages.notTrusted(judged.because)),
    ];
  }
  const trusted = judged.scope === 'narrower' ? messages.trustedForSome : messages.trusted;
  return [check('role-trust', 'ok', trusted), guardCheck(arn, trust, identity)];
}

function guardCheck(arn: string, trust: string, identity: Identity): StatusCheck {
  const check = checksOf(arn);
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return check('role-guard', 'ok', messages.guarded);
  if (guard.verdict === 'cannot-tell')
    return check('role-guard', 'cannot-tell', messages.maybeGuarded(guard.because));
  return check(
    'role-guard',
    'warning',
    guard.accounts.length > 0 ? messages.letsIn(guard.accounts) : messages.noGuard,
  );
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
  const check = { id: 'role-reads-secret', subject: arn } as const;
  if (!refusal) return { ...check, verdict: 'ok', detail: messages.readable };
  const { action, verdict, because } = refusal;
  return verdict === 'denied'
    ? { ...check, verdict: 'failed', detail: messages.notReadable(action, because) }
    : { ...check, verdict, detail: messages.mayRead(because) };
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
    return [check('secret-deletion', 'warning', messages.deletedUnused(dayOf(deletedAt)))];
  if (deletedAt) return [check('secret-deletion', 'failed', messages.deleted(dayOf(deletedAt)))];
  return [
    check('secret-deletion', 'ok', messages.notDeleted),
    current
      ? check('secret-version', 'ok', messages.hasVersion)
      : check('secret-version', 'failed', messages.noVersion),
    rotates
      ? check('secret-rotation', 'failed', messages.rotates)
      : check('secret-rotation', 'ok', messages.keeps),
    ...(access ? checkKmsKeys(secret, access.encryption, identity).map(ofKmsKey) : []),
  ];

  function ofKmsKey(finding: KmsKeyFinding): StatusCheck {
    if (finding.verdict !== 'cannot-tell') return check('secret-kms-key', finding.verdict, finding.detail);
    const because = 'unseen' in finding ? whyUnseen(finding.unseen) : finding.because;
    return check('secret-kms-key', 'cannot-tell', messages.kmsKeyUnknown(because));
  }
}

/** Makes checks of one thing, by its ARN. */
export function checksOf(subject: string) {
  return (id: StatusCheck['id'], verdict: StatusCheck['verdict'], detail: string): StatusCheck => ({
    id,
    verdict,
    subject,
    detail,
  });
}
