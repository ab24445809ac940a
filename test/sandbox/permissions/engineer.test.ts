import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListPoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { clientsFor, failureOf, KEY, TRUST } from '../clients.ts';
import { ACCOUNT, accountOfFile, ENGINEER, IAM_DENIED, policy, read, SECRETS, SM_DENIED } from './account.ts';

const account = accountOfFile();

describe('an engineer with one policy', () => {
  it('can always call sts:GetCallerIdentity', async () => {
    const { sts } = account().engineer({ action: 's3:GetObject' });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(ENGINEER);
  });

  it('gets the denial message of Secrets Manager', async () => {
    const { secrets } = account().engineer({ action: 'secretsmanager:DescribeSecret' });
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: 'game' }))).ARN).toBe(account().arn);
    expect(await failureOf(secrets.send(read()))).toEqual({
      ...SM_DENIED,
      message: `User: ${ENGINEER} is not authorized to perform: secretsmanager:GetSecretValue on resource: game because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    });
    expect((await failureOf(secrets.send(new ListSecretsCommand({})))).message).toBe(
      `User: ${ENGINEER} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`,
    );
  });

  it('gets the denial message of IAM', async () => {
    const { iam } = account().engineer({ action: 'iam:GetRole' });
    expect((await iam.send(new GetRoleCommand({ RoleName: 'Reader' }))).Role?.RoleName).toBe('Reader');
    expect(await failureOf(iam.send(new DeleteRoleCommand({ RoleName: 'Reader' })))).toEqual({
      ...IAM_DENIED,
      message: `User: ${ENGINEER} is not authorized to perform: iam:DeleteRole on resource: role Reader because no identity-based policy allows the iam:DeleteRole action`,
    });
  });

  it('gets another message for an explicit deny', async () => {
    const deny = { Effect: 'Deny', Action: 'secretsmanager:Get*', Resource: `${SECRETS}game-??????` };
    const { Version, Statement } = policy({ action: '*' });
    const credentials = account().sandbox.credentialsFor(
      JSON.stringify({ Version, Statement: [...Statement, deny] }),
    );
    const { message } = await failureOf(
      clientsFor(account().sandbox, { credentials }).secrets.send(read(account().arn)),
    );
    expect(message).toBe(
      `User: ${ENGINEER} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${account().arn} with an explicit deny in an identity-based policy`,
    );
  });

  it('does not learn whether a secret exists without permission to read it', async () => {
    const allowed = account().engineer({
      action: 'secretsmanager:*',
      resource: `${SECRETS}absent-??????`,
    }).secrets;
    expect((await failureOf(allowed.send(read('absent')))).name).toBe('ResourceNotFoundException');
    expect(await failureOf(allowed.send(read('other')))).toMatchObject(SM_DENIED);
    expect(await failureOf(allowed.send(read()))).toMatchObject(SM_DENIED);
  });

  it('is denied after the form of the request is checked, and before anything else', async () => {
    const { iam } = account().engineer({ action: 's3:GetObject' });
    const create = (RoleName: string) =>
      failureOf(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: 'no document' })));
    expect(await create('New')).toMatchObject({
      ...IAM_DENIED,
      message: expect.stringContaining(`on resource: arn:aws:iam::${ACCOUNT}:role/New because`),
    });
    expect((await create('bad name!')).name).toBe('ValidationError');
  });

  it('needs permission for tags and replicas beside the one for creating the resource', async () => {
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const { iam, secrets } = account().engineer({ action: ['iam:Create*', 'secretsmanager:CreateSecret'] });
    const role = { RoleName: 'Tagged', AssumeRolePolicyDocument: TRUST, Tags };
    const document = JSON.stringify(policy({ action: 's3:GetObject' }));
    const lacking = [
      [iam.send(new CreateRoleCommand(role)), 'iam:TagRole'],
      [
        iam.send(new CreatePolicyCommand({ PolicyName: 'Tagged', PolicyDocument: document, Tags })),
        'iam:TagPolicy',
      ],
      [
        secrets.send(new CreateSecretCommand({ Name: 'tagged', SecretString: KEY, Tags })),
        'secretsmanager:TagResource',
      ],
      [
        secrets.send(
          new CreateSecretCommand({
            Name: 'copied',
            SecretString: KEY,
            AddReplicaRegions: [{ Region: 'eu-west-1' }],
          }),
        ),
        'secretsmanager:ReplicateSecretToRegions',
      ],
    ] as const;
    for (const [call, action] of lacking) {
      expect((await failureOf(call)).message).toContain(
        `is not authorized to perform: ${action} on resource`,
      );
    }
    expect(await failureOf(account().admin.secrets.send(read('copied')))).toMatchObject({ status: 400 });
  });

  it('can list roles and policies only with permission for all of them', async () => {
    const some = account().engineer({ action: 'iam:List*', resource: `arn:aws:iam::${ACCOUNT}:role/*` }).iam;
    expect((await failureOf(some.send(new ListRolesCommand({})))).message).toContain(
      `iam:ListRoles on resource: arn:aws:iam::${ACCOUNT}:role/ because`,
    );
    expect((await failureOf(some.send(new ListPoliciesCommand({})))).message).toContain(
      'iam:ListPolicies on resource: policy path / because',
    );
    const all = account().engineer({ action: 'iam:List*' }).iam;
    expect((await all.send(new ListRolesCommand({}))).Roles?.map((role) => role.RoleName)).toEqual([
      'Reader',
    ]);
  });
});

it('credentialsFor rejects a document that is not an identity policy', () => {
  expect(() => account().sandbox.credentialsFor({ Statement: [] })).toThrow(
    'No identity policy: Syntax errors',
  );
});
