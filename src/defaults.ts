/**
 * All defaults of the program. Names and descriptions come from the AWS guide "Setting up static key encryption using AWS
 * Elemental MediaConnect".
 */
export const DEFAULTS = {
  policyName: 'SecretsManagerForMediaConnect',
  policyScope: 'secrets',
  roleName: 'MediaConnect-ASM',
  roleDescription: 'Allows MediaConnect to view secrets stored in AWS Secrets Manager.',
  keyType: 'static-key',
  secretDescription: 'Encryption key for AWS Elemental MediaConnect.',
  /** Recovery window of a deleted secret, in days: the longest that Secrets Manager allows. */
  recoveryDays: 30,
  policyDescription: 'Allows MediaConnect to read encryption keys stored in AWS Secrets Manager.',
  /** Answers that the sandbox uses when it can't prompt. */
  example: {
    secretName: '2018-12-01_baseball-game-source',
    region: 'us-west-2',
    algorithm: 'aes256',
  },
  /** The Region to use for the global services IAM and STS when no Region is set. */
  globalRegion: 'us-east-1',
} as const;

/** The tag on everything that this program creates. Its value is the step that created it. */
export const TOOL_TAG = 'mc-static-key';

/** The tag on a secret with its key type: `static-key` or `srt-password`. */
export const KEY_TYPE_TAG = 'mc-static-key:key-type';

/** The value of the tool tag on a numbered policy, which takes what doesn't fit into the policies before it in the chain. */
export const OVERFLOW_TAG_VALUE = 'read-policy-overflow';
