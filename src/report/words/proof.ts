/** Words of the proof, and of the checks that it is made of. */

export const proofWords = {
  reading: 'Reading back what AWS holds now',
  readBack: 'Read back: no check failed, but some were inconclusive.',
  waiting: 'IAM to make the changes known everywhere',

  keyReadable: 'plaintext, as MediaConnect needs it',
  secretAbsent: 'the secret is not there',
  secretDeleted: 'the secret is scheduled for deletion',
  secretBinary: 'the secret holds bytes, not text',
  otherKey: 'the secret holds another key than this run stored; someone else must have changed it meanwhile',
  secretEmpty: 'the secret has no current version',
  trusted: 'MediaConnect may assume the role',
  notTrusted: (because: string) => `MediaConnect may not assume the role: ${because}`,
  maybeTrusted: (because: string) => `can't tell whether MediaConnect can assume the role: ${because}`,
  trustUnreadable: 'the trust policy cannot be read as an IAM policy',
  roleAbsent: 'the role is not there',
  policyHidden: 'the resource policy of the secret was not seen',
  readable: 'the role may read the secret',
  notReadable: (action: string, because: string) => `the role may not do ${action}: ${because}`,
  maybeReadable: (action: string, because: string) =>
    `can't tell whether the role can perform ${action}: ${because}`,
  policyUnreadable: (name: string) => `the policy ${name} cannot be read as an IAM policy`,

  keyPolicyUnseen: (key: string, why: string | undefined) =>
    `the policy of the KMS key ${key} was not seen${why === undefined ? '' : ` (${why})`}`,
  keyPolicyUnreadable: (key: string) => `the policy of the KMS key ${key} cannot be read`,
  versionKeyUnseen: (why: string) => `the KMS key of the current version was not seen (${why})`,
  needs: (action: string) => `it takes ${action}`,

  failed: (subject: string, detail: string) =>
    `The set-up is there but does not hold: ${subject}: ${detail}.`,
  failedHint: (seconds: number) =>
    `IAM may need more than ${seconds} seconds to show a change. If nobody changed anything meanwhile, run the same command again.`,
  failedAtOnceHint: 'Somebody must have changed it in the meantime; run the same command again.',
  failedUnchangedHint: 'Nothing was changed by this run; the resource named has to be put right.',
};
