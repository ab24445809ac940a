import { algorithmName } from '../../key/index.ts';
import { dayOf } from '../../text.ts';

/** Messages of the plan: reasons, conflicts, resolutions, warnings. */
export const secretMessages = {
  otherKeyType: (name: string, region: string, held: string, desired: string) =>
    `Secret ${name} in ${region} is tagged for the key type ${held}, not ${desired}.`,
  otherKeyTypeHint: 'Store this key in another secret.',
  staticKey: (algorithm: string) => `${algorithmName(algorithm)} key`,
  password: 'SRT password',
  copy: 'copy of the existing key',
  /** Without a KMS key of the user's, Secrets Manager uses its own. */
  create: (key: string, kmsKey = 'aws/secretsmanager') => `${key}, encrypted with ${kmsKey}`,
  keepSame: 'already holds this key',
  keepHeld: 'existing key is kept',
  keepGiven: 'used as is',
  replace: 'new version with your key; the previous version is kept as AWSPREVIOUS',
  restoreGiven: 'scheduled for deletion: will be restored and used as is',
  restoreAndCompare: 'scheduled for deletion: will be restored; setup stops if it holds a different key',
  restoreAndKeep: 'scheduled for deletion: will be restored; its key is kept',
  restoreAndReplace: 'scheduled for deletion: will be restored, then your key is stored as a new version',

  otherValue: (name: string, region: string) =>
    `Secret ${name} already exists in ${region} and holds a different key.`,
  binary: (name: string, region: string) =>
    `Secret ${name} in ${region} stores binary data (SecretBinary). MediaConnect needs plaintext (SecretString).`,
  noValue: (name: string, region: string) =>
    `Secret ${name} in ${region} has no current value (no version is labeled AWSCURRENT).`,
  unusable: (name: string, region: string) =>
    `Secret ${name} in ${region} doesn't contain a key that MediaConnect can use.`,
  notStaticKey: (name: string, region: string) =>
    `Secret ${name} in ${region} doesn't contain a valid static key. It may hold an SRT password.`,
  choiceKeyType: 'Use it as an SRT password',
  differ: (name: string, regions: string[]) =>
    `Secret ${name} holds different keys in ${regions.join(' and ')}. Provide the key to use.`,
  deleted: (name: string, region: string, at: Date) =>
    `Secret ${name} in ${region} is scheduled for deletion on ${dayOf(at)}. Until then its name can't be reused.`,
  replica: (name: string, region: string, primary: string) =>
    `Secret ${name} in ${region} is a replica. Its value can be changed only in the primary Region, ${primary}.`,
  replicaHint:
    'Use it as is with --secret-arn, or promote it to a standalone secret in Secrets Manager first.',
  primaryFirst: (primary: string) =>
    `Run this command for ${primary} alone first (--region ${primary}). The replica receives the key from the primary; then you can use it as is.`,
  owned: (name: string, region: string, owner: string) =>
    `Secret ${name} in ${region} is managed by ${owner}. Only that service can change it.`,
  absentNamed: (name: string, region: string) =>
    `Secret ${name} not found in ${region} (the manifest has existing: true).`,
  absentArn: (arn: string) => `Secret not found: ${arn}`,
  foreignArn: (arn: string, account: string) =>
    `${arn} is not in your account (${account}). MediaConnect can't read secrets in other accounts.`,
  gone: (name: string, region: string) => `Secret ${name} in ${region} no longer exists.`,
  restoredInVain: (found: string) => `${found} It was restored and not changed further.`,
  changedMeanwhile: (found: string) =>
    `${found} Another process created or changed it during this run, so it was left alone.`,
  keepsChanging: 'Another process keeps changing this secret. Try again later.',
  tokenSpent: (name: string, region: string) =>
    `The value of secret ${name} in ${region} was replaced earlier, or another run is replacing it now.`,
  versionsUnseen:
    'To find out which, allow secretsmanager:ListSecretVersionIds and run the same command again.',
  /** After "Waiting for". */
  reconciling: 'recent changes to the secret to appear',
  kmsWrongRegion: (region: string) =>
    `The KMS key of --kms-key-id is not in ${region}. Use a multi-Region key or an alias, or run setup once per Region.`,

  choiceKeep: 'Keep the existing key',
  choiceReplace: 'Replace it with your key; streams that use the old key stop',
  choiceRestore: 'Restore the secret',
  choiceName: 'Choose another secret name',

  nameLooksLikeArn: (name: string) =>
    `${name} ends in a hyphen and six characters, like the suffix of a secret ARN. Always refer to it by its full ARN, or choose another name.`,
  rotates: (name: string, region: string) =>
    `Secret ${name} in ${region} rotates automatically. Turn rotation off: the next rotation replaces the key, and the stream stops decrypting.`,
  replaceInStack: (name: string, region: string, stack: string) =>
    `Secret ${name} in ${region} belongs to the CloudFormation stack ${stack}. The next stack update may overwrite this change.`,
  replaceReplicas: (name: string, region: string, replicas: string[]) =>
    `Secret ${name} in ${region} has replicas in ${replicas.join(' and ')}. They receive the new key too.`,
  otherKmsKey: (name: string, region: string) =>
    `Secret ${name} in ${region} uses a different KMS key from --kms-key-id. It won't be changed.`,
};
