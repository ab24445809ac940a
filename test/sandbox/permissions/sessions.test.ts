import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeSecretCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, type AssumeRoleCommandInput } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { clientsFor, failureOf, KEY } from '../clients.ts';
import { ACCOUNT, accountOfFile, ENGINEER, IAM_DENIED, policy, read, SM_DENIED } from './account.ts';

const account = accountOfFile();

describe('a role session', () => {
  const trustAccount = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
  });
  const readSecrets = JSON.stringify(policy({ action: 'secretsmanager:*' }));

  async function makeRole(RoleName: string, boundary?: string): Promise<string> {
    const { Role } = await account().admin.iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trustAccount,
        ...(boundary && { PermissionsBoundary: `arn:aws:iam::aws:policy/${boundary}` }),
      }),
    );
    const inline = { RoleName, PolicyName: 'read', PolicyDocument: readSecrets };
    await account().admin.iam.send(new PutRolePolicyCommand(inline));
    return Role?.Arn ?? '';
  }

  type Extra = Pick<AssumeRoleCommandInput, 'Policy' | 'PolicyArns' | 'Tags' | 'TransitiveTagKeys'>;
  type Caller = Pick<ReturnType<typeof clientsFor>, 'sts'>;
  async function sessionOf(RoleArn: string, extra: Extra = {}, caller: Caller = account().admin) {
    const { Credentials: given } = await caller.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me', ...extra }),
    );
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    return clientsFor(account().sandbox, { credentials });
  }

  it('has the permissions that the role has at that time', async () => {
    const session = await sessionOf(await makeRole('Live'));
    expect((await session.secrets.send(read())).SecretString).toBe(KEY);
    const get = () => session.iam.send(new GetRoleCommand({ RoleName: 'Live' }));
    expect(await failureOf(get())).toMatchObject(IAM_DENIED);
    const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await account().admin.iam.send(new AttachRolePolicyCommand({ RoleName: 'Live', PolicyArn }));
    expect((await get()).Role?.RoleName).toBe('Live');
  });

  it('is limited by the permissions boundary of the role', async () => {
    const { secrets } = await sessionOf(await makeRole('Bounded', 'ReadOnlyAccess'));
    await secrets.send(new ListSecretsCommand({}));
    expect((await failureOf(secrets.send(read()))).message).toMatch(
      /because no permissions boundary allows the secretsmanager:GetSecretValue action$/,
    );
  });

  it('is limited by its session policies', async () => {
    const role = await makeRole('Narrowed');
    const Policy = JSON.stringify(policy({ action: 'secretsmanager:Describe*' }));
    const narrow = await sessionOf(role, { Policy });
    await narrow.secrets.send(new DescribeSecretCommand({ SecretId: 'game' }));
    expect((await failureOf(narrow.secrets.send(read()))).message).toMatch(
      /because no session policy allows the secretsmanager:GetSecretValue action$/,
    );
    const managed = await sessionOf(role, {
      PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }],
    });
    expect(await failureOf(managed.secrets.send(read()))).toMatchObject(SM_DENIED);
    expect((await failureOf(sessionOf(role, { Policy: '{}' }))).name).toBe(
      'MalformedPolicyDocumentException',
    );
  });

  it('has session tags if the trust policy of the role allows them', async () => {
    const RoleName = 'Teams';
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const role = await makeRole(RoleName);
    expect((await failureOf(sessionOf(role, { Tags }))).message).toContain('perform: sts:TagSession on');
    const statement = {
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    };
    const trust = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    await account().admin.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust }));
    const condition = { StringEquals: { 'aws:ResourceTag/team': `\${aws:PrincipalTag/team}` } };
    const PolicyDocument = JSON.stringify(policy({ action: 'secretsmanager:GetSecretValue', condition }));
    await account().admin.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'read', PolicyDocument }),
    );
    expect(await failureOf((await sessionOf(role)).secrets.send(read()))).toMatchObject(SM_DENIED);
    expect((await (await sessionOf(role, { Tags })).secrets.send(read())).SecretString).toBe(KEY);
  });

  it('passes its transitive tags on to the sessions that it starts', async () => {
    const trusted = {
      Effect: 'Allow',
      Principal: { AWS: ACCOUNT },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: trusted });
    const condition = { StringEquals: { 'aws:ResourceTag/team': `\${aws:PrincipalTag/team}` } };
    const own = policy({ action: 'secretsmanager:GetSecretValue', condition }, { action: 'sts:*' });
    const make = async (RoleName: string) => {
      const { iam } = account().admin;
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      const inline = { RoleName, PolicyName: 'own', PolicyDocument: JSON.stringify(own) };
      await iam.send(new PutRolePolicyCommand(inline));
      return Role?.Arn ?? '';
    };
    const [first, second, third] = [await make('ChainA'), await make('ChainB'), await make('ChainC')];
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const chained = await sessionOf(
      second,
      {},
      await sessionOf(first, { Tags, TransitiveTagKeys: ['TEAM'] }),
    );
    const last = await sessionOf(third, {}, chained);
    expect((await last.secrets.send(read())).SecretString).toBe(KEY);
    const dropped = await sessionOf(second, {}, await sessionOf(first, { Tags }));
    expect(await failureOf(dropped.secrets.send(read()))).toMatchObject(SM_DENIED);
    for (const Key of ['team', 'Team']) {
      expect(await failureOf(sessionOf(third, { Tags: [{ Key, Value: 'red' }] }, chained))).toMatchObject({
        name: 'InvalidParameterValue',
        message:
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
        status: 400,
      });
    }
    expect(await failureOf(sessionOf(first, { Tags, TransitiveTagKeys: ['other'] }))).toMatchObject({
      name: 'InvalidParameterValue',
      message: 'The specified transitive tag key must be included in the requested tags.',
    });
    const twice = [...Tags, { Key: 'Team', Value: 'red' }];
    expect(await failureOf(sessionOf(first, { Tags: twice }))).toMatchObject({
      name: 'InvalidParameterValue',
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    });
  });

  it('can assume another role only if both that role and its own policies allow it', async () => {
    const RoleArn = await makeRole('Next');
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' });
    const without = account().engineer({ action: 's3:GetObject' }).sts;
    expect((await failureOf(without.send(command))).message).toBe(
      `User: ${ENGINEER} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
    const allowed = account().engineer({ action: 'sts:AssumeRole', resource: RoleArn }).sts;
    expect((await allowed.send(command)).Credentials).toBeDefined();
  });
});
