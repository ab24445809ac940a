import { AwsError } from '../errors.ts';
import { keyArn, keyConditionValues, keyPolicyOf } from '../kms/needs.ts';
import { keyState } from '../kms/views.ts';
import type { RequiredPermission } from '../permissions/need.ts';
import type { Call } from '../service.ts';
import { decryptionFailure, encryptionFailure } from './members.ts';

const AWS_MANAGED_ALIAS = /(^|:)alias\/aws\/secretsmanager$/;

/**
 * Returns the permissions that an operation needs on the KMS key of a secret. The AWS managed key requires none: everyone with
 * access to the secret may use that key through Secrets Manager. The access denied error does not name the missing permission.
 * Source: "Secret encryption and decryption in AWS Secrets Manager" in its user guide.
 * @param region the Region of the secret, or of its replica.
 * @param keyId a key ID, key ARN or alias; undefined or empty for the AWS managed key.
 */
export function keyPermissions(
  call: Call,
  actions: readonly string[],
  keyId: string | undefined,
  secretArn: string,
  region = call.region,
): RequiredPermission[] {
  if (!keyId) return [];
  // Permissions can be checked only on a key that exists, so a key that a request names for the first time is created here.
  call.account.keysIn(region).findOrCreate(keyId, call.now);
  if (AWS_MANAGED_ALIAS.test(keyId)) return [];
  const conditionValues = {
    ...keyConditionValues(call, keyId, region),
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
    'kms:EncryptionContext:SecretARN': secretArn,
    'kms:EncryptionContextKeys': ['SecretARN', 'SecretVersionId'],
    'aws:ViaAWSService': 'true',
    'aws:CalledVia': ['secretsmanager.amazonaws.com'],
    'aws:CalledViaFirst': 'secretsmanager.amazonaws.com',
    'aws:CalledViaLast': 'secretsmanager.amazonaws.com',
  };
  const deniedError = kmsAccessDenied();
  return actions.map((action) => ({
    action,
    resource: keyArn(call, keyId, region),
    conditionValues,
    deniedError,
    ...keyPolicyOf(call, keyId, region),
  }));
}

/** @param detail a sentence for the message, with its leading space. */
export function kmsAccessDenied(detail = ''): AwsError {
  return new AwsError('AccessDeniedException', `Access to KMS is not allowed${detail && `.${detail}`}`);
}

/**
 * Simulates encryption with a KMS key: checks only the state of the key.
 * @param keyId as in `KmsKeyId`; undefined or empty for the AWS managed key, which always exists.
 * @throws AwsError EncryptionFailure for a key that is disabled, pending deletion, deleted, or not in this Region.
 */
export function checkCanEncrypt(call: Call, keyId: string | undefined): void {
  if (!isKeyUsable(call, keyId)) throw encryptionFailure();
}

/** @throws AwsError DecryptionFailure in the cases in which `checkCanEncrypt` throws EncryptionFailure. */
export function checkCanDecrypt(call: Call, keyId: string | undefined): void {
  if (!isKeyUsable(call, keyId)) throw decryptionFailure();
}

/**
 * True if Secrets Manager can use a KMS key in a Region. A key of another account counts as usable: AWS allows it, and the
 * sandbox, which has only one account, cannot know the state of the key.
 */
export function isKeyUsable(call: Call, keyId: string | undefined, region = call.region): boolean {
  if (!keyId || isOfAnotherAccount(call, region, keyId)) return true;
  const key = call.account.keysIn(region).find(keyId, call.now);
  return key !== undefined && /^(Enabled|Updating)$/.test(keyState(key));
}

function isOfAnotherAccount({ account }: Call, region: string, keyId: string): boolean {
  const [, partition, service, keyRegion, accountId] = keyId.split(':');
  const isKeyArnInRegion = partition === account.partition && service === 'kms' && keyRegion === region;
  return isKeyArnInRegion && accountId !== account.accountId;
}
