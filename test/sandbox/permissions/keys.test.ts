import {
  CreateSecretCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf, KEY } from '../clients.ts';
import { accountOfFile, CMK, read, SM_DENIED } from './account.ts';

const account = accountOfFile(async ({ admin }) => {
  const keyed = new CreateSecretCommand({ Name: 'keyed', SecretString: KEY, KmsKeyId: CMK });
  await admin.secrets.send(keyed);
  await admin.secrets.send(new CreateSecretCommand({ Name: 'rekeyed', SecretString: KEY }));
});

describe('a secret with a customer managed KMS key', () => {
  const NO_KMS = { ...SM_DENIED, message: 'Access to KMS is not allowed' };
  const secretActions = { action: 'secretsmanager:*' };

  it.each([
    [
      'created',
      () => new CreateSecretCommand({ Name: 'mine', SecretString: KEY, KmsKeyId: CMK }),
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    ],
    ['read', () => read('keyed'), ['kms:Decrypt']],
    [
      'given a new value',
      () => new PutSecretValueCommand({ SecretId: 'keyed', SecretString: KEY }),
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    ],
    [
      'given another key',
      () => new UpdateSecretCommand({ SecretId: 'rekeyed', KmsKeyId: CMK }),
      ['kms:GenerateDataKey', 'kms:Decrypt'],
    ],
  ] as const)('is %s only with permission to use the key', async (_what, command, actions) => {
    const condition = { StringEquals: { 'kms:ViaService': 'secretsmanager.us-west-2.amazonaws.com' } };
    for (const missing of actions) {
      const rest = actions.filter((action) => action !== missing);
      const clients = account().engineer(secretActions, { action: ['s3:GetObject', ...rest], resource: CMK });
      expect(await failureOf(clients.secrets.send(command() as never))).toEqual(NO_KMS);
    }
    const { secrets } = account().engineer(secretActions, { action: [...actions], resource: CMK, condition });
    await secrets.send(command() as never);
  });
});
