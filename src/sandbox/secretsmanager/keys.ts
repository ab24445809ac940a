import { AwsError } from '../errors.ts';
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
  if (!keyId || AWS_MANAGED.test(keyId)) {
    return [];
  }
  const service = `secretsmanager.${region}.amazonaws.com`;
  const facts = {
    'kms:ViaService': service,
    'kms:CallerAccount': call.world.account,
    'kms:EncryptionContext:SecretARN': secretArn,
    'kms:EncryptionContextKeys': ['SecretARN', 'SecretVersionId'],
    'aws:ViaAWSService': 'true',
    'aws:CalledVia': ['secretsmanager.amazonaws.com'],
    'aws:CalledViaFirst': 'secretsmanager.amazonaws.com',
    'aws:CalledViaLast': 'secretsmanager.amazonaws.com',
  };
  const refusal = new AwsError('AccessDeniedException', 'Access to KMS is not allowed');
  return actions.map((action) => ({ action, resource: keyArn(call, keyId, region), facts, refusal }));
}

/** The ARN of a key. An alias, whose key only KMS knows, stays an alias. */
export function keyArn({ world }: Call, keyId: string, region: string): string {
  if (keyId.startsWith('arn:')) {
    return keyId;
  }
  const kind = keyId.startsWith('alias/') ? '' : 'key/';
  return `arn:${world.partition}:kms:${region}:${world.account}:${kind}${keyId}`;
}
