/** Messages about reading back the result, and about its checks. */
export const readBackMessages = {
  reading: 'Reading back what AWS holds now',
  readBack: 'Read back: no check failed, but some were inconclusive.',
  readableNotUsable: 'Read back: the role may read the key, but what uses it must be updated.',
  waiting: 'IAM to make the changes known everywhere',

  keyReadable: 'plaintext, as MediaConnect needs it',
  secretAbsent: 'the secret is not there',
  secretDeleted: 'the secret is scheduled for deletion',
  secretBinary: 'the secret holds bytes, not text',
  otherKey:
    'the secret holds a different key than this run stored; another process must have changed it in the meantime',
  secretEmpty: 'the secret has no current version',
  roleAbsent: 'the role is not there',
  policyUnseen: (why: string) => `the resource policy of the secret could not be read (${why})`,
  policyNotReadable: 'the resource policy of the secret cannot be parsed as an IAM policy',

  keyPolicyUnseen: (key: string, why: string | undefined) =>
    `the policy of the KMS key ${key} could not be read${why === undefined ? '' : ` (${why})`}`,
  /** Adds the key to a reason that mentions "the key policy". */
  withKey: (because: string, key: string) =>
    because.replace('the key policy', () => `the key policy of ${key}`),
  keyPolicyUnreadable: (key: string) => `the policy of the KMS key ${key} cannot be parsed`,
  versionKeyUnseen: (why: string) => `the KMS key of the current version could not be determined (${why})`,
  needs: (action: string) => `no permission for ${action}`,

  awsKey: 'encrypted with aws/secretsmanager',
  earlierKmsKey: (arn: string) =>
    `its current version is still encrypted with ${arn}, not with the KMS key that the secret uses now`,
  earlierKmsKeyUnusable: (arn: string, state: string) =>
    `its current version is still encrypted with an earlier KMS key, ${arn}, which cannot be used (${state})`,
  kmsKeyReady: 'its KMS key is enabled',
  noKmsKey: (id: string) => `its KMS key ${id} does not exist`,
  kmsKeyDeleted: (arn: string) => `its KMS key ${arn} is pending deletion`,
  kmsKeyDisabled: (arn: string) => `its KMS key ${arn} is disabled`,
  kmsKeyStateMissing: (arn: string) => `AWS did not return the state or the key usage of the KMS key ${arn}`,
  kmsKeyStateUnknown: (arn: string, state: string) =>
    `mc-static-key does not know the state ${state} of the KMS key ${arn}`,
  kmsKeyState: (arn: string, state: string) => `its KMS key ${arn} cannot be used (${state})`,
  kmsKeyUsage: (arn: string, usage: string) => `its KMS key ${arn} is not for encryption (${usage})`,
  kmsKeyRegion: (arn: string) => `its KMS key ${arn} is in another Region`,
  kmsKeyForeign: (arn: string) =>
    `its KMS key ${arn} belongs to another account; its key policy has to allow the role to decrypt`,

  failed: (subject: string, detail: string) =>
    `The setup is in place, but a check failed: ${subject}: ${detail}.`,
  failedHint: (seconds: number) =>
    `IAM may need more than ${seconds} seconds to show a change. If nobody changed anything meanwhile, run the same command again.`,
  failedAtOnceHint: 'Another process must have changed it in the meantime. Run the same command again.',
  failedUnchangedHint: 'This run changed nothing. Correct the resource named above.',
};
