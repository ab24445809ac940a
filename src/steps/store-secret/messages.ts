import { dayOf } from '../../text.ts';

/** Messages of the plan: reasons, conflicts, resolutions, warnings. */
export const secretMessages = {
  otherKeyType: (name: string, region: string, held: string, wanted: string) =>
    `The secret ${name} in ${region} is for the key type ${held}, as its tag says, and not for ${wanted}.`,
  otherKeyTypeHint: 'Store this key in another secret.',
  create: 'stores the key',
  createCopy: 'stores the key that the secret of this name holds elsewhere',
  keepSame: 'holds this key already',
  keepHeld: 'keeps the key it holds',
  keepGiven: 'is used as it is',
  replace: 'gets this key as a new version; the one before stays as AWSPREVIOUS',
  restoreGiven: 'is scheduled for deletion; it is restored and used as it is',
  restoreAndCompare: 'is scheduled for deletion; it is restored, and must turn out to hold this key',
  restoreAndKeep: 'is scheduled for deletion; it is restored with the key it holds',
  restoreAndReplace: 'is scheduled for deletion; it is restored and gets this key as a new version',

  otherValue: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and holds another value than this key.`,
  binary: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and holds bytes, not text; MediaConnect reads text.`,
  noValue: (name: string, region: string) =>
    `The secret ${name} in ${region} exists and has no current version.`,
  unusable: (name: string, region: string) =>
    `The secret ${name} in ${region} does not hold a key that MediaConnect can use.`,
  notStaticKey: (name: string, region: string) =>
    `The secret ${name} in ${region} does not hold a static key. It may hold an SRT password.`,
  choiceKeyType: 'use it as an SRT password',
  differ: (name: string, regions: string[]) =>
    `The secret ${name} holds different keys in ${regions.join(' and ')}, so there is no one key to keep.`,
  deleted: (name: string, region: string, at: Date) =>
    `The secret ${name} in ${region} is scheduled for deletion (${dayOf(at)}), and its name is taken until then.`,
  replica: (name: string, region: string, primary: string) =>
    `The secret ${name} in ${region} is a replica of the one in ${primary} and cannot be written by itself.`,
  replicaHint:
    'Use it as it is with --secret-arn, or promote it to a standalone secret in Secrets Manager first.',
  primaryFirst: (primary: string) =>
    `Run this command for ${primary} alone first (--region ${primary}). The replica gets the key from there, and then it can be used as it is.`,
  owned: (name: string, region: string, owner: string) =>
    `The secret ${name} in ${region} belongs to the service ${owner}, which alone may change it.`,
  absentNamed: (name: string, region: string) =>
    `There is no secret ${name} in ${region}, although it is said to exist.`,
  absentArn: (arn: string) => `There is no secret ${arn}.`,
  foreignArn: (arn: string, account: string) =>
    `The secret ${arn} belongs to another account than yours (${account}); MediaConnect cannot read secrets across accounts.`,
  gone: (name: string, region: string) => `The secret ${name} in ${region} no longer exists.`,
  restoredInVain: (found: string) => `${found} It was restored and not changed further.`,
  madeMeanwhile: (found: string) => `${found} Someone made or changed it meanwhile; it was not touched.`,
  keepsChanging:
    'Others keep changing the secret at the same time. Run the same command again when they are done.',
  tokenSpent: (name: string, region: string) =>
    `The value of the secret ${name} in ${region} was replaced before, or another run is replacing it now.`,
  versionsUnseen:
    'To find out which, allow secretsmanager:ListSecretVersionIds and run the same command again.',
  reconciling: 'the secret to show what others have just done with it',
  kmsWrongRegion: (region: string) =>
    `The KMS key of --kms-key-id is not in ${region}. Give a multi-Region key or an alias, or set up each Region by itself.`,

  choiceKeep: 'use the key that is there',
  choiceReplace: 'store this key as a new version; streams break until both ends have it',
  choiceRestore: 'restore the secret',
  choiceName: 'take another name for the secret',

  nameLooksLikeArn: (name: string) =>
    `The name ${name} ends in a hyphen and six characters, as the end of a secret's ARN does. Always give this secret to other tools by its full ARN.`,
  rotates: (name: string, region: string) =>
    `The secret ${name} in ${region} rotates automatically. Turn rotation off: the next rotation puts another value in the place of the key, and that does not fit the other end of the stream.`,
  replaceInStack: (name: string, region: string, stack: string) =>
    `The secret ${name} in ${region} belongs to the CloudFormation stack ${stack}, whose next update may undo the change of its value.`,
  replaceReplicas: (name: string, region: string, replicas: string[]) =>
    `The secret ${name} in ${region} has replicas in ${replicas.join(' and ')}, which get the new value too.`,
  otherKmsKey: (name: string, region: string) =>
    `The secret ${name} in ${region} is encrypted with another KMS key than --kms-key-id says. It stays as it is.`,
};
