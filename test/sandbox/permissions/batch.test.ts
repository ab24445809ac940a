import { SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { failureOf, KEY } from '../clients.ts';
import { ACCOUNT, accountOfFile, CMK, ENGINEER, SECRETS, SM_DENIED } from './account.ts';

const account = accountOfFile(async ({ admin }) => {
  await admin.secrets.send(new CreateSecretCommand({ Name: 'other', SecretString: KEY }));
  await admin.secrets.send(new CreateSecretCommand({ Name: 'keyed', SecretString: KEY, KmsKeyId: CMK }));
  await admin.secrets.send(new CreateSecretCommand({ Name: 'closed', SecretString: KEY }));
  const deny = { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue', Resource: '*' };
  const ResourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: deny });
  await admin.secrets.send(new PutResourcePolicyCommand({ SecretId: 'closed', ResourcePolicy }));
});

const BATCH = { action: 'secretsmanager:BatchGetSecretValue' };
const VALUES = { action: 'secretsmanager:GetSecretValue' };
const GAME = { ...VALUES, resource: `${SECRETS}game-??????` };
const Filters = [{ Key: 'name' as const, Values: ['game'] }];
const lacking = (permission: string, on = '') =>
  `User: ${ENGINEER} is not authorized to perform: ${permission}${on} because no identity-based policy allows the ${permission} action`;

describe('BatchGetSecretValue', () => {
  it('requires its own permission', async () => {
    const { secrets } = account().engineer(VALUES);
    expect(await failureOf(secrets.send(new BatchGetSecretValueCommand({ SecretIdList: ['game'] })))).toEqual(
      {
        ...SM_DENIED,
        message: lacking('secretsmanager:BatchGetSecretValue'),
      },
    );
  });

  it('returns the secrets that the policies allow, and an error for each of the others', async () => {
    const allowed = ['game', 'keyed', 'closed'].map((name) => `${SECRETS}${name}-??????`);
    const { secrets } = account().engineer(BATCH, { ...VALUES, resource: allowed });
    const SecretIdList = ['game', 'other', 'keyed', 'closed'];
    const { SecretValues, Errors } = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList }));
    expect(SecretValues?.map(({ Name }) => Name)).toEqual(['game']);
    const ErrorCode = 'AccessDeniedException';
    const action = 'secretsmanager:GetSecretValue';
    expect(Errors).toEqual([
      { SecretId: 'other', ErrorCode, Message: lacking(action, ' on resource: other') },
      { SecretId: 'keyed', ErrorCode, Message: 'Access to KMS is not allowed' },
      {
        SecretId: 'closed',
        ErrorCode,
        Message: `User: ${ENGINEER} is not authorized to perform: ${action} on resource: closed with an explicit deny in a resource-based policy`,
      },
    ]);
  });

  it('requires secretsmanager:ListSecrets for filters, but not for a list of names', async () => {
    const { secrets } = account().engineer(BATCH, GAME);
    const failure = await failureOf(secrets.send(new BatchGetSecretValueCommand({ Filters })));
    expect(failure).toEqual({ ...SM_DENIED, message: lacking('secretsmanager:ListSecrets') });
    const named = await secrets.send(new BatchGetSecretValueCommand({ SecretIdList: ['game'] }));
    expect(named.SecretValues).toHaveLength(1);

    const both = account().engineer(BATCH, GAME, { action: 'secretsmanager:ListSecrets' });
    const filtered = await both.secrets.send(new BatchGetSecretValueCommand({ Filters }));
    expect(filtered.SecretValues?.map(({ ARN }) => ARN)).toEqual([account().arn]);
  });

  it('can be simulated', async () => {
    const { EvaluationResults } = await account().admin.iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/Reader`,
        ActionNames: ['secretsmanager:BatchGetSecretValue'],
        PolicyInputList: [
          JSON.stringify({ Statement: { Effect: 'Allow', Action: BATCH.action, Resource: '*' } }),
        ],
      }),
    );
    expect(EvaluationResults?.map(({ EvalDecision }) => EvalDecision)).toEqual(['allowed']);
  });
});
