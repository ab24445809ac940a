import { CreateKeyCommand, DisableKeyCommand, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { ACCOUNT, clientsOf, FAR_REGION, KEYS, makeSecret, REGION } from '../../support/account.ts';

/** A secret with a fault. */
export interface BrokenSecret {
  what: string;
  /** Creates the secret under that name, and returns the ARN for `verify`. */
  make(sandbox: Sandbox, Name: string): Promise<string>;
  /** The checks that do not pass. */
  troubles: string[];
  /** Words in the text of the first of them, which includes its fix. */
  says: string[];
}

const holding = (SecretString: string) => (sandbox: Sandbox, Name: string) =>
  makeSecret(sandbox, { Name, SecretString });
const rotate = (name: string) =>
  `mc-static-key rotate --secret-name ${name} --region us-west-2 --key-file KEY-FILE`;
const asMade =
  (after: (sandbox: Sandbox, SecretId: string) => Promise<unknown>) =>
  async (sandbox: Sandbox, Name: string) => {
    const arn = await makeSecret(sandbox, { Name });
    await after(sandbox, arn);
    return arn;
  };

/** Creates a secret under a new KMS key, then changes the key. */
const encrypted =
  (after: (sandbox: Sandbox, KeyId: string) => Promise<unknown>) =>
  async (sandbox: Sandbox, Name: string) => {
    const { KeyMetadata } = await clientsOf(sandbox).kms.send(new CreateKeyCommand({}));
    const KmsKeyId = KeyMetadata?.KeyId ?? '';
    const arn = await makeSecret(sandbox, { Name, KmsKeyId });
    await after(sandbox, KmsKeyId);
    return arn;
  };

const unreadable = ['version', 'plaintext', 'form', 'characters', 'length'].map(
  (id) => `cannot-tell secret-${id}`,
);
const undecrypted = 'failed role-decrypts-secret';

export const VALUES: BrokenSecret[] = [
  {
    what: 'holds JSON, as the console stores key/value pairs',
    make: holding(JSON.stringify({ key: KEYS.aes256 })),
    troubles: ['failed secret-plaintext'],
    says: ['is JSON, but MediaConnect needs the bare key', rotate('value-0')],
  },
  {
    what: 'ends in a line break, as an editor leaves it',
    make: holding(`${KEYS.aes256}\n`),
    troubles: ['failed secret-form'],
    says: ['ends with a line break', rotate('value-1')],
  },
  {
    what: 'begins with 0x',
    make: holding(`0x${KEYS.aes256}`),
    troubles: ['failed secret-form'],
    says: ['starts with 0x'],
  },
  {
    what: 'is in quotation marks',
    make: holding(`"${KEYS.aes256}"`),
    troubles: ['failed secret-form'],
    says: ['quotation marks'],
  },
  {
    what: 'holds a letter that is not a hexadecimal digit',
    make: holding(`g${KEYS.aes256.slice(1)}`),
    troubles: ['failed secret-characters'],
    says: ['other than 0–9 and a–f'],
  },
  {
    what: 'is one digit short',
    make: holding(KEYS.aes256.slice(1)),
    troubles: ['failed secret-length'],
    says: ['has the wrong length. A static key has 32, 48 or 64 hexadecimal digits'],
  },
  {
    what: 'holds bytes',
    make: (sandbox, Name) => makeSecret(sandbox, { Name, SecretBinary: Buffer.from(KEYS.aes256, 'hex') }),
    troubles: ['failed secret-plaintext'],
    says: ['is binary (SecretBinary)', rotate('value-6')],
  },
  {
    what: 'holds no value',
    make: async (sandbox, Name) =>
      (await clientsOf(sandbox).secrets.send(new CreateSecretCommand({ Name }))).ARN ?? '',
    troubles: ['failed secret-version'],
    says: ['no current value', rotate('value-7')],
  },
];

export const STATES: BrokenSecret[] = [
  {
    what: 'is scheduled for deletion',
    make: asMade((sandbox, SecretId) =>
      clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 })),
    ),
    troubles: ['failed secret-deletion'],
    says: [
      'scheduled for deletion on ',
      'aws secretsmanager restore-secret --region us-west-2 --secret-id arn:',
    ],
  },
  {
    what: 'rotates automatically',
    make: asMade((sandbox, SecretId) => {
      const RotationLambdaARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:rotate`;
      sandbox.addRotationFunction(RotationLambdaARN);
      return clientsOf(sandbox).secrets.send(
        new RotateSecretCommand({
          SecretId,
          RotationLambdaARN,
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediately: false,
        }),
      );
    }),
    troubles: ['failed secret-rotation'],
    says: [
      'automatic rotation is on',
      'aws secretsmanager cancel-rotate-secret --region us-west-2 --secret-id arn:',
    ],
  },
  {
    what: 'has a resource policy that denies the role',
    make: asMade((sandbox, SecretId) =>
      clientsOf(sandbox).secrets.send(
        new PutResourcePolicyCommand({
          SecretId,
          ResourcePolicy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/MediaConnect-ASM` },
                Action: 'secretsmanager:GetSecretValue',
                Resource: '*',
              },
            ],
          }),
        }),
      ),
    ),
    troubles: ['failed secret-resource-policy'],
    says: [
      "can't perform secretsmanager:GetSecretValue: statement 1 of the resource policy denies it",
      'get-resource-policy',
    ],
  },
  {
    what: 'has a KMS key that the role may not use',
    make: encrypted(async () => undefined),
    troubles: [undecrypted],
    says: [
      "can't perform kms:Decrypt: no statement allows it",
      'mc-static-key setup --secret-arn arn:',
      '--role-name MediaConnect-ASM',
    ],
  },
  {
    what: 'has a disabled KMS key',
    make: encrypted((sandbox, KeyId) => clientsOf(sandbox).kms.send(new DisableKeyCommand({ KeyId }))),
    troubles: ['failed secret-kms-key', undecrypted, ...unreadable],
    says: ['is disabled', 'aws kms enable-key --region us-west-2 --key-id arn:'],
  },
  {
    what: 'has a KMS key pending deletion',
    make: encrypted((sandbox, KeyId) =>
      clientsOf(sandbox).kms.send(new ScheduleKeyDeletionCommand({ KeyId })),
    ),
    troubles: ['failed secret-kms-key', undecrypted, ...unreadable],
    says: ['pending deletion', 'aws kms cancel-key-deletion'],
  },
  {
    what: 'is in another account',
    make: async (_sandbox, name) => `arn:aws:secretsmanager:${REGION}:444455556666:secret:${name}-AbCdEf`,
    troubles: ['failed secret-account'],
    says: ['is in account 444455556666', 'Store the same key in a secret in this account'],
  },
  {
    what: 'is in another partition',
    make: async (_sandbox, name) =>
      `arn:aws-us-gov:secretsmanager:us-gov-west-1:${ACCOUNT}:secret:${name}-AbCdEf`,
    troubles: ['failed secret-account'],
    says: ['is in partition aws-us-gov, but your credentials are for aws', '--profile'],
  },
  {
    what: 'has a different ARN than the given one',
    make: async (sandbox, Name) => (await makeSecret(sandbox, { Name })).replace(/-\w{6}$/, '-AbCdEf'),
    troubles: ['failed secret-exists'],
    says: ['a different secret has this name', 'Use the full ARN: arn:'],
  },
  {
    what: 'is only in another Region',
    make: async (sandbox, Name) =>
      (await makeSecret(sandbox, { Name, region: FAR_REGION })).replace(FAR_REGION, REGION),
    troubles: ['failed secret-exists'],
    says: [`not in ${REGION} (found in ${FAR_REGION})`, `--region ${REGION} --key-file KEY-FILE`],
  },
];
