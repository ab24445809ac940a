import { kmsKeyRef } from '../aws/kms/index.ts';
import type { Identity } from '../aws/session.ts';
import { checkGuard } from '../checks/access/confused-deputy.ts';
import { checkKmsKeys, type KmsKeyFinding, withoutAwsManagedKey } from '../checks/access/encryption.ts';
import { type RoleDocuments, refusalsOf, whyUnseen } from '../checks/access/read-access.ts';
import { checkRoleNaming, checkTrust } from '../checks/access/trust.ts';
import { cannotTell, type Detail, detailOf, type StatusId } from '../checks/catalog/index.ts';
import type { Verdict } from '../plan-types.ts';
import type { RoleSnapshot } from './roles.ts';
import type { SecretSnapshot } from './secrets.ts';
import type { StatusCheck } from './types.ts';

/** Checks the name and path of a role. Pure. */
export function checkNaming(role: RoleSnapshot): StatusCheck[] {
  const check = checksOf(role.arn);
  const { isReserved, path } = checkRoleNaming(role);
  return [
    isReserved
      ? check('role-name', 'failed', (words) => words.reservedName)
      : check('role-name', 'ok', (words) => words.freeName),
    path === undefined
      ? check('role-path', 'ok', (words) => words.noPath)
      : check('role-path', 'warning', (words) => words.path(path)),
  ];
}

/**
 * Checks whether MediaConnect may assume the role, and whether flows of other accounts are kept out. Pure.
 * @param regionLists lists of Regions; the role passes if flows in all Regions of at least one list may use it
 */
export function checkTrustPolicy(
  { arn, trust }: RoleSnapshot,
  regionLists: string[][],
  identity: Identity,
): StatusCheck[] {
  const check = checksOf(arn);
  const results = regionLists.map((regions) => checkTrust(trust, { sourceArns: [], regions }, identity));
  const result = results.find(({ verdict }) => verdict === 'allowed') ?? results[0];
  if (!result) return [];
  if (result.verdict === 'unreadable')
    return [check('role-trust', 'failed', (words) => words.trustUnreadable)];
  if (result.verdict === 'not-allowed') {
    return result.uncertain
      ? [check('role-trust', 'cannot-tell', cannotTell('role-trust', result.because))]
      : [check('role-trust', 'failed', (words) => words.notTrusted(result.because))];
  }
  return [
    check('role-trust', 'ok', (words) =>
      result.scope === 'narrower' ? words.trustedForSome : words.trusted,
    ),
    guardCheck(arn, trust, identity),
  ];
}

function guardCheck(arn: string, trust: string, identity: Identity): StatusCheck {
  const check = checksOf(arn);
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return check('role-guard', 'ok', (words) => words.guarded);
  if (guard.verdict === 'cannot-tell')
    return check('role-guard', 'cannot-tell', cannotTell('role-guard', guard.because));
  const { accounts } = guard;
  return check('role-guard', 'warning', (words) =>
    accounts.length > 0 ? words.letsIn(accounts) : words.noGuard,
  );
}

/**
 * Checks whether the role may read the secret, by its own policies and its permissions boundary. If they were read, the secret's
 * resource policy and the KMS key policies of its current version are included. Pure.
 */
export function checkReadAccess(
  { arn: roleArn }: RoleSnapshot,
  documents: RoleDocuments,
  { region, arn, kmsKeyId, access }: SecretSnapshot,
  identity: Identity,
): StatusCheck {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const secretDocuments = access && {
    resourcePolicy: access.resourcePolicy,
    decryption: withoutAwsManagedKey(access.encryption),
  };
  const [refusal] = refusalsOf({ arn, region, kmsKey }, documents, roleArn, identity, secretDocuments);
  const check = checksOf(arn);
  if (!refusal) return check('role-reads-secret', 'ok', (words) => words.readable);
  const { action, verdict, because } = refusal;
  return verdict === 'denied'
    ? check('role-reads-secret', 'failed', (words) => words.cannotPerform([action], because))
    : check('role-reads-secret', verdict, (words) => words.unclear(action, because));
}

/**
 * Checks a secret without reading its value. Includes its KMS keys if they were read. Pure.
 * @param isNamed true if a role's policy or a manifest names it; deleted secrets that nothing names are left over from `teardown`
 */
export function checkSecret(secret: SecretSnapshot, isNamed: boolean, identity: Identity): StatusCheck[] {
  const { arn, deletedAt, rotationEnabled, hasCurrentVersion, access } = secret;
  const check = checksOf(arn);
  // While a secret is scheduled for deletion, nothing else matters.
  if (deletedAt)
    return isNamed
      ? [check('secret-deletion', 'failed', (words) => words.deleted(deletedAt))]
      : [check('secret-deletion', 'warning', (words) => words.deletedUnused(deletedAt))];
  return [
    check('secret-deletion', 'ok', (words) => words.notDeleted),
    hasCurrentVersion
      ? check('secret-version', 'ok', (words) => words.hasVersion)
      : check('secret-version', 'failed', (words) => words.noVersion),
    rotationEnabled
      ? check('secret-rotation', 'failed', (words) => words.rotates)
      : check('secret-rotation', 'ok', (words) => words.noRotation),
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
