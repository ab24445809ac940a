import { AwsError } from '../errors.ts';
import { keyArn, keyFacts, keyPolicyOf } from '../kms/needs.ts';
import { keyState } from '../kms/views.ts';
import type { Need } from '../permissions/need.ts';
import type { Call } from '../service.ts';
import { decryptionFailure, encryptionFailure } from './members.ts';

const AWS_MANAGED = /(^|:)alias\/aws\/secretsmanager$/;

/**
 * Returns the permissions that a secret requires on its own KMS key. The AWS managed key requires none: everyone with access to
 * the secret may use it through Secrets Manager. The service does not report which permission is missing.
 * Source: "Secret encryption and decryption in AWS Secrets Manager" in its user guide.
 * @param region the Region of the secret, or of its replica.
 * @param keyId a key ID, key ARN or alias; undefined or empty for the AWS managed key.
 */
export function keyNeeds(
  call: Call,
  actions: readonly string[],
  keyId: string | undefined,
  secretArn: string,
  region = call.region,
): Need[] {
  if (!keyId) {
    return [];
  }
  // Permissions are checked on a key, so a key that is named for the first time is created here.
  call.world.keysIn(region).adopt(keyId, call.now);
  if (AWS_MANAGED.test(keyId)) {
    return [];
  }
  const facts = {
    ...keyFacts(call, keyId, region),
    'kms:ViaService': `secretsmanager.${region}.amazonaws.com`,
    'kms:EncryptionContext:SecretARN': secretArn,
    'kms:EncryptionContextKeys': ['SecretARN', 'SecretVersionId'],
    'aws:ViaAWSService': 'true',
    'aws:CalledVia': ['secretsmanager.amazonaws.com'],
    'aws:CalledViaFirst': 'secretsmanager.amazonaws.com',
    'aws:CalledViaLast': 'secretsmanager.amazonaws.com',
  };
  const refusal = kmsDenied();
  return actions.map((action) => ({
    action,
    resource: keyArn(call, keyId, region),
    facts,
    refusal,
    ...keyPolicyOf(call, keyId, region),
  }));
}

export function kmsDenied(more = ''): AwsError {
  return new AwsError('AccessDeniedException', `Access to KMS is not allowed${more && `.${more}`}`);
}

/**
 * Simulates encryption with a KMS key: checks only the state of the key.
 * @param keyId as in `KmsKeyId`; undefined or empty for the AWS managed key, which always exists.
 * @throws AwsError EncryptionFailure for a key that is disabled, pending deletion, deleted, or not in this Region.
 */
export function encryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw encryptionFailure();
  }
}

/**
 * Like `encryptWith`, for decryption.
 * @throws AwsError DecryptionFailure.
 */
export function decryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw decryptionFailure();
  }
}

/**
 * True if Secrets Manager can use a KMS key in a Region. A key of another account counts as usable: AWS allows it, and the
 * sandbox, which has only one account, cannot know the state of the key.
 */
export function isUsable(call: Call, keyId: string | undefined, region = call.region): boolean {
  if (!keyId || isOfAnotherAccount(call, region, keyId)) {
    return true;
  }
  const key = call.world.keysIn(region).find(keyId, call.now);
  return key !== undefined && /^(Enabled|Updating)$/.test(keyState(key));
}

function isOfAnotherAccount({ world }: Call, region: string, keyId: string): boolean {
  const [, partition, service, place, account] = keyId.split(':');
  const isHere = partition === world.partition && service === 'kms' && place === region;
  return isHere && account !== world.account;
}
