import type { SecretLocation } from '../../aws/secrets/versions.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, commandSequence, secretCommand } from '../../ui/commands.ts';
import type { CheckSpec } from './spec.ts';

/** The checks of the KMS key of a secret. */
export const KMS_CHECKS = {
  'secret-kms-key': {
    question: 'whether its KMS key can be used',
    needs: ['secretsmanager:DescribeSecret'],
    asks: "is its KMS key there, enabled, not about to be deleted, for encryption, in this Region? Warning: it is another account's, or the current version is still encrypted with an earlier key. `aws/secretsmanager` needs nothing",
    fix: '`aws kms enable-key`, `cancel-key-deletion`, `connect-custom-key-store`, the import of the key material, `aws secretsmanager update-secret` and `rotate`, or, for a replica, `replicate-secret-to-regions`',
    inStatus:
      "failed: its KMS key, or the one that the current version is encrypted with, can't be used (disabled, about to be deleted, missing, …); warning: the current version is still encrypted with an earlier key, or the key is another account's; cannot-tell: a key could not be looked at",
    isInformational: true,
    words: {},
  },
  'role-decrypts-secret': {
    question: "whether it may use the secret's KMS key",
    needs: ['secretsmanager:DescribeSecret'],
    asks: "can it perform `kms:Decrypt` with the secret's customer-managed key, by its own policies and the key policy? With the keys that the current version is encrypted with (`ListSecretVersionIds`). Without `kms:GetKeyPolicy`, or for a key of another account, it can't tell",
    fix: '`setup`, `aws kms put-key-policy`',
    words: {
      mayDecrypt: (name: string, region: string) => `may use the KMS key of ${name} (${region})`,
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** The AWS managed KMS key of Secrets Manager. */
const AWS_MANAGED_KEY = 'alias/aws/secretsmanager';

/** Fixes for the checks of the KMS key. */
export const KMS_FIXES = {
  /** @param rotate how to store its value again, because no other key can decrypt it */
  otherKmsKey: (arn: string, region: string, rotate: Fix): Fix => ({
    remedy: 'Give the secret another KMS key. Then store its value again, encrypted with that key:',
    command: commandSequence(
      secretCommand('update-secret', { arn, region }, '--kms-key-id', AWS_MANAGED_KEY),
      rotate.command,
    ),
  }),
  /** The KMS key of a replica can't be changed. */
  replicateAnew: (primary: SecretLocation, replica: string): Fix => ({
    remedy: 'Remove the replica and make it again, encrypted with a KMS key of its Region:',
    command: commandSequence(
      secretCommand('remove-regions-from-replication', primary, '--remove-replica-regions', replica),
      secretCommand('replicate-secret-to-regions', primary, '--add-replica-regions', `Region=${replica}`),
    ),
  }),
  /** For a value that is encrypted with an earlier KMS key. The update encrypts it with the secret's current one. */
  encryptAnew: (arn: string, region: string, kmsKeyId: string = AWS_MANAGED_KEY): Fix => ({
    remedy: 'Encrypt it with the KMS key that the secret uses now:',
    command: secretCommand('update-secret', { arn, region }, '--kms-key-id', kmsKeyId),
  }),
  keyPolicy: (arn: string, region: string, policy: string): Fix => ({
    remedy: 'Allow the role in the key policy of the KMS key:',
    command: awsCommand(
      ...['kms', 'put-key-policy', '--region', region, '--key-id', arn],
      ...['--policy-name', 'default', '--policy', escapeJson(policy)],
    ),
  }),
  keyPolicyDenies: (because: string): Fix => ({
    remedy: `Change the key policy: ${because}. A policy that allows it does not help.`,
  }),
  keepKmsKey: (arn: string, region: string): Fix => ({
    remedy: 'Cancel its deletion, which leaves it disabled, and enable it:',
    command: commandSequence(
      kmsKeyCommand('cancel-key-deletion', arn, region),
      kmsKeyCommand('enable-key', arn, region),
    ),
  }),
  enableKmsKey: (arn: string, region: string): Fix => ({
    remedy: 'Enable it:',
    command: kmsKeyCommand('enable-key', arn, region),
  }),
  /** @param keyStoreId absent if AWS doesn't return it */
  connectKeyStore: (region: string, keyStoreId: string | undefined): Fix =>
    keyStoreId === undefined
      ? { remedy: 'Connect the custom key store of the KMS key, and wait until it is connected.' }
      : {
          remedy: 'Connect its custom key store, and wait until that is connected:',
          command: awsCommand(
            ...['kms', 'connect-custom-key-store', '--region', region],
            ...['--custom-key-store-id', keyStoreId],
          ),
        },
  importKeyMaterial: {
    remedy: 'Import the key material into the KMS key again. It has to be the same material as before.',
  } satisfies Fix,
  waitForKmsKey: {
    remedy: 'AWS is still creating the KMS key. Wait a minute, and verify again.',
  } satisfies Fix,
  kmsKeyPolicy: {
    remedy: 'Make sure that the policy of the KMS key allows the role kms:Decrypt.',
  } satisfies Fix,
};

/** Returns the AWS CLI command for a KMS key. */
function kmsKeyCommand(command: string, arn: string, region: string): string {
  return awsCommand('kms', command, '--region', region, '--key-id', arn);
}
