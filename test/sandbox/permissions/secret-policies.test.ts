import {
  CreateSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf, KEY } from '../clients.ts';
import { ACCOUNT, accountOfFile, read, SM_DENIED } from './account.ts';

const account = accountOfFile();

describe('the resource policy of a secret', () => {
  const put = (Name: string, statement: object) =>
    account().admin.secrets.send(
      new PutResourcePolicyCommand({
        SecretId: Name,
        ResourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Resource: '*' } }),
      }),
    );
  const make = (Name: string) =>
    account().admin.secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));

  it('can deny the administrator too', async () => {
    await make('closed');
    await put('closed', { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue' });
    expect(await failureOf(account().admin.secrets.send(read('closed')))).toEqual({
      ...SM_DENIED,
      message: `User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: secretsmanager:GetSecretValue on resource: closed with an explicit deny in a resource-based policy`,
    });
    await account().admin.secrets.send(new DescribeSecretCommand({ SecretId: 'closed' }));
  });

  it('can allow a principal whose own policies do not', async () => {
    await make('open');
    await put('open', {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/Engineer` },
      Action: 'secretsmanager:GetSecretValue',
    });
    const { secrets } = account().engineer({ action: 's3:GetObject' });
    expect((await secrets.send(read('open'))).SecretString).toBe(KEY);
    expect(await failureOf(secrets.send(read()))).toMatchObject(SM_DENIED);
  });
});
