/** Messages about reading back the result, and about its checks. */
export const readBackMessages = {
  reading: 'Verifying the result',
  readBack: 'No check failed, but some were inconclusive.',
  readableNotUsable: 'The role can read the key, but the flows or routers that use it must be updated.',
  /** After "Waiting for". */
  waiting: 'IAM to propagate the changes',

  keyReadable: 'plaintext, as MediaConnect needs it',
  secretAbsent: 'the secret was not found',
  secretDeleted: 'the secret is scheduled for deletion',
  secretBinary: 'the secret stores binary data (SecretBinary), not text',
  otherKey:
    'the secret holds a different key than this run stored; another process must have changed it in the meantime',
  secretEmpty: 'the secret has no current value',
  roleAbsent: 'the role was not found',
  policyUnseen: (why: string) => `the resource policy of the secret couldn't be read (${why})`,
  policyNotReadable: "the resource policy of the secret isn't a valid IAM policy document",

  keyPolicyUnseen: (key: string, why: string | undefined) =>
    `the policy of the KMS key ${key} couldn't be read${why === undefined ? '' : ` (${why})`}`,
  /** Adds the key to a reason that mentions "the key policy". */
  withKey: (because: string, key: string) =>
    because.replace('the key policy', () => `the key policy of ${key}`),
  keyPolicyUnreadable: (key: string) => `the policy of the KMS key ${key} isn't a valid policy document`,
  versionKeyUnseen: (why: string) => `the KMS key of the current version couldn't be determined (${why})`,
  needs: (action: string) => `no permission for ${action}`,

  awsKey: 'encrypted with aws/secretsmanager',
  earlierKmsKey: (arn: string) =>
    `its current version is still encrypted with ${arn}, not with the KMS key that the secret uses now`,
  earlierKmsKeyUnusable: (arn: string, state: string) =>
    `its current version is still encrypted with an earlier KMS key, ${arn}, which can't be used (${state})`,
  kmsKeyReady: 'its KMS key is enabled',
  noKmsKey: (id: string) => `its KMS key ${id} doesn't exist`,
  kmsKeyDeleted: (arn: string) => `its KMS key ${arn} is pending deletion`,
  kmsKeyDisabled: (arn: string) => `its KMS key ${arn} is disabled`,
  kmsKeyStateMissing: (arn: string) => `AWS didn't return the state or the key usage of the KMS key ${arn}`,
  kmsKeyStateUnknown: (arn: string, state: string) =>
    `the KMS key ${arn} has the state ${state}, which this version of mc-static-key doesn't know`,
  kmsKeyState: (arn: string, state: string) => `its KMS key ${arn} can't be used (${state})`,
  kmsKeyUsage: (arn: string, usage: string) => `its KMS key ${arn} is not for encryption (${usage})`,
  kmsKeyRegion: (arn: string) => `its KMS key ${arn} is in another Region`,
  kmsKeyForeign: (arn: string) =>
    `its KMS key ${arn} belongs to another account; its key policy must allow the role to decrypt`,

  failed: (subject: string, detail: string) =>
    `Setup is complete, but a check failed: ${subject}: ${detail}.`,
  failedHint: (seconds: number) =>
    `IAM can need more than ${seconds} s to show a change. Run the same command again.`,
  failedAtOnceHint: 'Another process must have changed it in the meantime. Run the same command again.',
  failedUnchangedHint:
    'This run changed nothing. Correct the resource named above, then run the same command again.',
};
