import { namedSecretMessages } from '../../aws/secrets/messages.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Fix } from '../../failure.ts';
import { plainJson } from '../../text.ts';
import {
  awsCommand,
  commandSequence,
  rotateCommand,
  setupCommand,
  storeCommand,
  type ToRotate,
  type ToSetUp,
  type ToStore,
  toolCommand,
} from '../../ui/commands.ts';

/** A policy of a role. An inline policy has no ARN. */
interface PolicyOfRole {
  name: string;
  arn: string | undefined;
}

/** A secret, and the Region in which it can be changed. */
interface SecretLocation {
  arn: string;
  region: string;
}

/** Fixes for the checks of `verify`. */
export const fixes = {
  store: (secret: ToStore): Fix => ({
    remedy: 'Check the name and the Region, or store the key:',
    command: storeCommand(secret),
  }),
  storeToo: (secret: ToStore): Fix => ({
    remedy: 'Name the Region of the flow, or store the same key there too:',
    command: storeCommand(secret, '--key-file', 'KEY-FILE'),
  }),
  storeHere: (region: string): Fix => ({
    remedy: `Store the same key in a secret of this account in ${region}, and take that one.`,
  }),
  useArn: (arn: string): Fix => ({ remedy: `Take its full ARN: ${arn}` }),
  useName: (name: string, region: string): Fix => ({
    remedy: 'Take the name without that:',
    command: toolCommand('verify', '--secret-name', name, '--region', region),
  }),
  restore: (arn: string, region: string): Fix => ({
    remedy: 'Restore it:',
    command: awsCommand('secretsmanager', 'restore-secret', '--region', region, '--secret-id', arn),
  }),
  cancelRotation: ({ arn, region }: SecretLocation): Fix => ({
    remedy: 'Switch the rotation off:',
    command: awsCommand('secretsmanager', 'cancel-rotate-secret', '--region', region, '--secret-id', arn),
  }),
  rotate: (secret: ToRotate): Fix => ({
    remedy:
      secret.source?.kind === 'generate'
        ? 'Store a new key, the same in all its Regions:'
        : 'Store the right key:',
    command: rotateCommand(secret),
  }),
  /** For a manifest with which `rotate` would only change what is wrong. */
  rotateAll: (manifest: string): Fix => ({
    remedy: 'Store the keys that the manifest names:',
    command: toolCommand('rotate', '--manifest', manifest),
  }),
  orPassword: (rotate: Fix): Fix => ({
    ...rotate,
    remedy: 'If it is an SRT password, verify it with --key-type srt-password. If not, store the right key:',
  }),

  /** @param rotate how to store its value again, because no other key can decrypt it */
  otherKmsKey: (arn: string, region: string, rotate: Fix): Fix => ({
    remedy: 'Give the secret another KMS key. Then store its value again, encrypted with that key:',
    command: commandSequence(
      awsCommand(
        ...['secretsmanager', 'update-secret', '--region', region],
        ...['--secret-id', arn, '--kms-key-id', 'alias/aws/secretsmanager'],
      ),
      rotate.command,
    ),
  }),
  /** The KMS key of a replica can't be changed. */
  replicateAnew: ({ arn, region }: SecretLocation, replica: string): Fix => ({
    remedy: 'Remove the replica and make it again, encrypted with a KMS key of its Region:',
    command: commandSequence(
      awsCommand(
        ...['secretsmanager', 'remove-regions-from-replication', '--region', region],
        ...['--secret-id', arn, '--remove-replica-regions', replica],
      ),
      awsCommand(
        ...['secretsmanager', 'replicate-secret-to-regions', '--region', region],
        ...['--secret-id', arn, '--add-replica-regions', `Region=${replica}`],
      ),
    ),
  }),
  /** For a value that is encrypted with an earlier KMS key. The update encrypts it with the secret's current one. */
  encryptAnew: (arn: string, region: string, kmsKeyId = 'alias/aws/secretsmanager'): Fix => ({
    remedy: 'Encrypt it with the KMS key that the secret uses now:',
    command: awsCommand(
      ...['secretsmanager', 'update-secret', '--region', region],
      ...['--secret-id', arn, '--kms-key-id', kmsKeyId],
    ),
  }),
  keyPolicy: (arn: string, region: string, policy: string): Fix => ({
    remedy: 'Allow the role in the key policy of the KMS key:',
    command: awsCommand(
      ...['kms', 'put-key-policy', '--region', region, '--key-id', arn],
      ...['--policy-name', 'default', '--policy', plainJson(policy)],
    ),
  }),
  keyPolicyDenies: (because: string): Fix => ({
    remedy: `Change the key policy: ${because}. A policy that allows it does not help.`,
  }),
  keepKmsKey: (arn: string, region: string): Fix => ({
    remedy: 'Cancel its deletion, which leaves it disabled, and enable it:',
    command: commandSequence(
      awsCommand('kms', 'cancel-key-deletion', '--region', region, '--key-id', arn),
      awsCommand('kms', 'enable-key', '--region', region, '--key-id', arn),
    ),
  }),
  enableKmsKey: (arn: string, region: string): Fix => ({
    remedy: 'Enable it:',
    command: awsCommand('kms', 'enable-key', '--region', region, '--key-id', arn),
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
  resourcePolicy: (arn: string, region: string): Fix => ({
    remedy: 'Allow the role in the resource policy of the secret. To see the policy:',
    command: awsCommand('secretsmanager', 'get-resource-policy', '--region', region, '--secret-id', arn),
  }),

  setUp: (what: ToSetUp): Fix => ({ remedy: 'Have it set up:', command: setupCommand(what) }),
  setUpFrom: (manifest: string): Fix => fixes.setUp({ secrets: [], regions: [], manifest }),
  nameSource: (manifest: string): Fix => ({
    remedy:
      'Check the name and the Region, or say in the manifest where its key comes from, and have it stored:',
    command: toolCommand('setup', '--manifest', manifest),
  }),
  copyArn: { remedy: namedSecretMessages.copyArn } satisfies Fix,
  updateTrust: (what: ToSetUp): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Have MediaConnect added to its trust policy:'
        : 'Have MediaConnect added to its trust policy, with updateTrust: true in the manifest:',
    command: setupCommand(what, '--update-trust'),
  }),
  otherRole: (what: ToSetUp): Fix => ({
    remedy:
      what.manifest === undefined
        ? 'Set up another role, for example of this name, and use it in its place:'
        : 'Name another role in the manifest (--role-name), and have it set up:',
    command: setupCommand({
      ...what,
      roleName: replacementName(what.roleName ?? DEFAULTS.roleName, DEFAULTS.roleName),
    }),
  }),
  removeTrustDenial: (roleName: string): Fix => ({
    remedy: 'Remove the Deny from its trust policy; adding a statement would not help. To see the policy:',
    command: awsCommand('iam', 'get-role', '--role-name', roleName),
  }),
  /** @param trust the trust policy with the condition; undefined if it can't be added without changing anything else */
  guard: (roleName: string, account: string, trust: string | undefined): Fix => ({
    remedy: `Give its statement for MediaConnect the condition {"StringEquals": {"aws:SourceAccount": "${account}"}}${trust === undefined ? '.' : ':'}`,
    command:
      trust === undefined
        ? undefined
        : awsCommand(
            'iam',
            'update-assume-role-policy',
            '--role-name',
            roleName,
            '--policy-document',
            plainJson(trust),
          ),
  }),
  attach: (what: ToSetUp): Fix => ({
    remedy: 'Have it attached, with this secret in it, and made if there is none of this name:',
    command: setupCommand(what),
  }),
  policyUnreadable: {
    remedy: 'Look at it in the IAM console, which can show any policy that IAM accepted.',
  } satisfies Fix,
  removeDenial: (because: string): Fix => ({
    remedy: /boundary/.test(because)
      ? 'Ask the owner of the permissions boundary to allow it, or set up a role with another one.'
      : 'Take the denial out of the policy, or except this secret from it.',
  }),
  detachPolicy: (what: ToSetUp, roleName: string, { name, arn }: PolicyOfRole): Fix => {
    // If it is given the name of the policy that is too wide, `setup` would keep that policy.
    const policyName = isSameName(name, what.policyName ?? DEFAULTS.policyName)
      ? `${name}-Narrow`
      : what.policyName;
    const detachCommand =
      arn === undefined
        ? awsCommand('iam', 'delete-role-policy', '--role-name', roleName, '--policy-name', name)
        : awsCommand('iam', 'detach-role-policy', '--role-name', roleName, '--policy-arn', arn);
    return {
      remedy:
        what.manifest === undefined
          ? 'Attach a policy that only reads what is needed (name all secrets that the role is for), and then take this one off:'
          : 'See to it that the manifest names another policy for the keys of this role (--policy-name), and none of a wide scope (--policy-scope). Then have it set up, and take this one off:',
      command: commandSequence(setupCommand({ ...what, policyName }), detachCommand),
    };
  },
  passRole: (roleArn: string): Fix => ({
    remedy: 'Whoever makes or changes the flow needs this statement:',
    command: plainJson(
      JSON.stringify({
        Effect: 'Allow',
        Action: 'iam:PassRole',
        Resource: roleArn,
        Condition: { StringEquals: { 'iam:PassedToService': 'mediaconnect.amazonaws.com' } },
      }),
    ),
  }),

  otherPartition: {
    remedy: 'Take the right ARN, or credentials of that partition (--profile).',
  } satisfies Fix,
};

/** IAM names are case-insensitive. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Returns a name for the replacement: the default, unless that is the name of what it replaces. */
function replacementName(name: string, defaultName: string): string {
  return isSameName(name, defaultName) ? `${defaultName}-2` : defaultName;
}
