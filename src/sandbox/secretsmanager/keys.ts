import { AwsError } from '../errors.ts';
import { keyArn, keyFacts, keyPolicyOf } from '../kms/needs.ts';
import type { Need } from '../permissions/need.ts';
import type { Call } from '../service.ts';

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
