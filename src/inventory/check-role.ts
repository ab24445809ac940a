import { kmsKeyRef } from '../aws/kms/index.ts';
import type { Identity } from '../aws/session.ts';
import { checkKmsKeys, decryptionByCustomerKeys, type KmsKeyFinding } from '../checks/access/encryption.ts';
import {
  type DecidingDocuments,
  documentsOf,
  refusalsOf,
  type SecretDocuments,
  type UnreadableDocument,
  whyUnseen,
} from '../checks/access/read-access.ts';
import { checkGuard } from '../checks/access/source-guard.ts';
import { checkRoleNaming, checkTrust } from '../checks/access/trust.ts';
import { cannotTell, type Detail, detailOf, type StatusId } from '../checks/catalog/index.ts';
import type { Verdict } from '../plan-types.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretAccess, SecretSnapshot } from './secrets.ts';
import type { StatusCheck } from './types.ts';

/** Checks the name and path of a role. Pure. */
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
 * Checks whether the role lets MediaConnect in, and keeps flows of other accounts out. Pure.
 * @param regionLists lists of Regions; the role passes if flows in all Regions of at least one list may use it
 */
export function checkTrustOf(
  { arn, trust }: RoleSnapshot,
  regionLists: string[][],
  identity: Identity,
): StatusCheck[] {
  const check = checksOf(arn);
  const results = regionLists.map((regions) => checkTrust(trust, { sourceArns: [], regions }, identity));
  const result = results.find(({ verdict }) => verdict === 'allowed') ?? results[0];
  if (!result) return [];
  if (result.verdict === 'unreadable') return [check('role-trust', 'failed', (say) => say.trustUnreadable)];
  if (result.verdict === 'not-allowed') {
    return [
      result.uncertain
        ? check('role-trust', 'cannot-tell', cannotTell('role-trust', result.because))
        : check('role-trust', 'failed', (say) => say.notTrusted(result.because)),
    ];
  }
  return [
    check('role-trust', 'ok', (say) => (result.scope === 'narrower' ? say.trustedForSome : say.trusted)),
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

/**
 * Returns the parsed documents that determine a role's permissions, with the names of its policies; undefined if they could not
 * be read.
 */
export function namedDocumentsOf({
  found,
}: RoleSnapshot): DecidingDocuments | UnreadableDocument | undefined {
  return found && documentsOf(found);
}

/**
 * Checks whether the role may read the secret, by its own policies and its permissions boundary. If they were read, the secret's
 * resource policy and the KMS key policies of its current version are included. Pure.
 */
export function checkReadAccess(
  { arn: roleArn }: RoleSnapshot,
  documents: DecidingDocuments,
  { region, arn, kmsKeyId, access }: SecretSnapshot,
  identity: Identity,
): StatusCheck {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const secret = { arn, region, kmsKey };
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
 * Checks a secret without reading its value. Includes its KMS keys if they were read. Pure.
 * @param isNamed true if a role's policy or a manifest names it; deleted secrets that nothing names are left over from `teardown`
 */
export function checkSecret(secret: SecretSnapshot, isNamed: boolean, identity: Identity): StatusCheck[] {
  const { arn, deletedAt, rotationEnabled, hasCurrentVersion, access } = secret;
  const check = checksOf(arn);
  // While a secret is scheduled for deletion, nothing else matters.
  if (deletedAt && !isNamed)
    return [check('secret-deletion', 'warning', (say) => say.deletedUnused(deletedAt))];
  if (deletedAt) return [check('secret-deletion', 'failed', (say) => say.deleted(deletedAt))];
  return [
    check('secret-deletion', 'ok', (say) => say.notDeleted),
    hasCurrentVersion
      ? check('secret-version', 'ok', (say) => say.hasVersion)
      : check('secret-version', 'failed', (say) => say.noVersion),
    rotationEnabled
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

/** Returns a function that creates the checks of a subject, by ARN. */
export function checksOf(subject: string) {
  return <Id extends StatusId>(id: Id, verdict: Verdict, detail: Detail<Id>): StatusCheck => ({
    id,
    verdict,
    subject,
    detail: detailOf(id, detail),
  });
}
