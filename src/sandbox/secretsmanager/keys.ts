import { AwsError } from '../errors.ts';
import { keyArn, keyFacts, keyPolicyOf } from '../kms/needs.ts';
import { keyState } from '../kms/views.ts';
import type { Need } from '../permissions/need.ts';
import type { Call } from '../service.ts';
import { decryptionFailure, encryptionFailure } from './members.ts';

const AWS_MANAGED = /(^|:)alias\/aws\/secretsmanager$/;

/**
 * The permissions on a secret's own KMS key; none for the key that AWS manages, which everyone with access to the secret may use
 * through Secrets Manager. The service does not pass on which of them is lacking.
 * Source: "Secret encryption and decryption in AWS Secrets Manager" in its user guide.
 * @param region the Region of the secret, or of its replica.
 * @param keyId a key's ID or ARN, or an alias; undefined or empty for the AWS managed key.
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
  // Who may use a key is asked of a key: one that is named for the first time is there from now on.
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
 * Encrypts with a KMS key, as far as the sandbox goes: it looks at the key's state.
 * @param keyId as in `KmsKeyId`; undefined or empty is the AWS managed key, which is always there.
 * @throws AwsError EncryptionFailure for a key that is disabled, pending deletion, deleted, or none of this Region.
 */
export function encryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw encryptionFailure();
  }
}

/** As `encryptWith`. @throws AwsError DecryptionFailure. */
export function decryptWith(call: Call, keyId: string | undefined): void {
  if (!isUsable(call, keyId)) {
    throw decryptionFailure();
  }
}

/**
 * Whether Secrets Manager can use a KMS key in a Region. One of another account is taken to be usable: that is allowed, and the
 * sandbox, which has one account, cannot tell its state.
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
