import type { SecretLocation } from '../../aws/secrets/versions.ts';
import type { Fix } from '../../failure.ts';
import { escapeJson } from '../../text.ts';
import { awsCommand, commandSequence, secretCommand } from '../../ui/commands.ts';
import type { CheckSpec } from './spec.ts';

/** The checks of the KMS key of a secret. */
export const KMS_CHECKS = {
  'secret-kms-key': {
    question: 'whether its KMS key is usable',
    needs: ['secretsmanager:DescribeSecret'],
    asks: "The KMS key exists, is enabled, isn't pending deletion, is for encryption, and is in this Region. Warning: it is in another account, or the current version is still encrypted with an earlier key. `aws/secretsmanager` is always usable",
    fix: '`aws kms enable-key`, `cancel-key-deletion`, `connect-custom-key-store`, the import of the key material, `aws secretsmanager update-secret` and `rotate`, or, for a replica, `replicate-secret-to-regions`',
    inStatus:
      "failed: its KMS key, or the one of the current version, isn't usable (disabled, pending deletion, missing, …). Warning: the current version is still encrypted with an earlier key, or the key is in another account. Cannot-tell: a key couldn't be read",
    isSummary: true,
    isInformational: true,
    words: {},
  },
  'role-decrypts-secret': {
    question: "whether the role can use the secret's KMS key",
    needs: ['secretsmanager:DescribeSecret'],
    asks: 'The role can perform `kms:Decrypt` with every customer managed KMS key of the current version (`ListSecretVersionIds`), by its policies and the key policy. Cannot-tell without `kms:GetKeyPolicy`, or for a key in another account',
    fix: '`setup`, `aws kms put-key-policy`',
    words: {
      canDecrypt: 'the role can use its KMS key',
    },
  },
} as const satisfies Record<string, CheckSpec>;

/** The AWS managed KMS key of Secrets Manager. */
const AWS_MANAGED_KEY = 'alias/aws/secretsmanager';

/** Fixes for the checks of the KMS key. */
export const KMS_FIXES = {
  /** @param rotate how to store its value again, because no other key can decrypt it */
  otherKmsKey: (arn: string, region: string, rotate: Fix): Fix => ({
    remedy: 'Switch the secret to another KMS key, then store its value again:',
    command: commandSequence(
      secretCommand('update-secret', { arn, region }, '--kms-key-id', AWS_MANAGED_KEY),
      rotate.command,
    ),
  }),
  /** The KMS key of a replica can't be changed. */
  replicateAnew: (primary: SecretLocation, replica: string): Fix => ({
    remedy: 'Remove the replica, then create it again with a KMS key in its Region:',
    command: commandSequence(
      secretCommand('remove-regions-from-replication', primary, '--remove-replica-regions', replica),
      secretCommand('replicate-secret-to-regions', primary, '--add-replica-regions', `Region=${replica}`),
    ),
  }),
  /** For a value that is encrypted with an earlier KMS key. The update encrypts it with the secret's current one. */
  encryptAnew: (arn: string, region: string, kmsKeyId: string = AWS_MANAGED_KEY): Fix => ({
    remedy: 'Encrypt it with the current KMS key of the secret:',
    command: secretCommand('update-secret', { arn, region }, '--kms-key-id', kmsKeyId),
  }),
  keyPolicy: (arn: string, region: string, policy: string): Fix => ({
    remedy: 'Allow the role in the KMS key policy:',
    command: awsCommand(
      ...['kms', 'put-key-policy', '--region', region, '--key-id', arn],
      ...['--policy-name', 'default', '--policy', escapeJson(policy)],
    ),
  }),
  keyPolicyDenies: (because: string): Fix => ({
    remedy: `Change the key policy: ${because}. An IAM policy can't override it.`,
  }),
  keepKmsKey: (arn: string, region: string): Fix => ({
    remedy: 'Cancel its deletion, then enable it:',
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
      ? { remedy: 'Connect the custom key store of the KMS key and wait until it is connected.' }
      : {
          remedy: 'Connect its custom key store and wait until it is connected:',
          command: awsCommand(
            ...['kms', 'connect-custom-key-store', '--region', region],
            ...['--custom-key-store-id', keyStoreId],
          ),
        },
  importKeyMaterial: {
    remedy: 'Import the same key material into the KMS key again.',
  } satisfies Fix,
  waitForKmsKey: {
    remedy: 'AWS is still creating the KMS key. Wait a minute, then run verify again.',
  } satisfies Fix,
  kmsKeyPolicy: {
    remedy: 'Make sure the KMS key policy allows this role kms:Decrypt.',
  } satisfies Fix,
};

/** Returns the AWS CLI command for a KMS key. */
function kmsKeyCommand(command: string, arn: string, region: string): string {
  return awsCommand('kms', command, '--region', region, '--key-id', arn);
}
