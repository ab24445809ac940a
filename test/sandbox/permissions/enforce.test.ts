import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  ListPoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, TRUST } from '../clients.ts';

const ACCOUNT = '111122223333';
const SECRETS = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:`;
const ENGINEER = `arn:aws:sts::${ACCOUNT}:assumed-role/Engineer/test`;
const CMK = `arn:aws:kms:us-west-2:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const SM_DENIED = { name: 'AccessDeniedException', status: 400 };
const IAM_DENIED = { name: 'AccessDenied', status: 403 };

let sandbox: Sandbox;
let admin: ReturnType<typeof clientsFor>;
let arn = '';

beforeAll(async () => {
  sandbox = await startSandbox();
  admin = clientsFor(sandbox);
  const input = { Name: 'game', SecretString: KEY, Tags: [{ Key: 'team', Value: 'blue' }] };
  arn = (await admin.secrets.send(new CreateSecretCommand(input))).ARN ?? '';
  await admin.iam.send(new CreateRoleCommand({ RoleName: 'Reader', AssumeRolePolicyDocument: TRUST }));
  const keyed = new CreateSecretCommand({ Name: 'keyed', SecretString: KEY, KmsKeyId: CMK });
  await admin.secrets.send(keyed);
  await admin.secrets.send(new CreateSecretCommand({ Name: 'rekeyed', SecretString: KEY }));
});
afterAll(() => sandbox.close());

interface Allowed {
  action: string | string[];
  resource?: string | string[];
  condition?: object;
}

const policy = (...grants: Allowed[]) => ({
  Version: '2012-10-17',
  Statement: grants.map(({ action, resource = '*', condition }) => ({
    Effect: 'Allow',
    Action: action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  })),
});

/** Clients of an engineer who may do exactly this. */
const engineer = (...grants: Allowed[]) =>
  clientsFor(sandbox, { credentials: sandbox.credentialsFor(policy(...grants)) });

const read = (SecretId = 'game') => new GetSecretValueCommand({ SecretId });

describe('an engineer with one policy', () => {
  it('can always ask who that is', async () => {
    const { sts } = engineer({ action: 's3:GetObject' });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(ENGINEER);
  });

  it('is told in the words of Secrets Manager what is missing', async () => {
    const { secrets } = engineer({ action: 'secretsmanager:DescribeSecret' });
    expect((await secrets.send(new DescribeSecretCommand({ SecretId: 'game' }))).ARN).toBe(arn);
    expect(await failureOf(secrets.send(read()))).toEqual({
      ...SM_DENIED,
      message: `User: ${ENGINEER} is not authorized to perform: secretsmanager:GetSecretValue on resource: game because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    });
    expect((await failureOf(secrets.send(new ListSecretsCommand({})))).message).toBe(
      `User: ${ENGINEER} is not authorized to perform: secretsmanager:ListSecrets because no identity-based policy allows the secretsmanager:ListSecrets action`,
    );
  });

  it('is told in the words of IAM what is missing', async () => {
    const { iam } = engineer({ action: 'iam:GetRole' });
    expect((await iam.send(new GetRoleCommand({ RoleName: 'Reader' }))).Role?.RoleName).toBe('Reader');
    expect(await failureOf(iam.send(new DeleteRoleCommand({ RoleName: 'Reader' })))).toEqual({
      ...IAM_DENIED,
      message: `User: ${ENGINEER} is not authorized to perform: iam:DeleteRole on resource: role Reader because no identity-based policy allows the iam:DeleteRole action`,
    });
  });

  it('is denied explicitly in other words', async () => {
    const deny = { Effect: 'Deny', Action: 'secretsmanager:Get*', Resource: `${SECRETS}game-??????` };
    const { Version, Statement } = policy({ action: '*' });
    const credentials = sandbox.credentialsFor(JSON.stringify({ Version, Statement: [...Statement, deny] }));
    const { message } = await failureOf(clientsFor(sandbox, { credentials }).secrets.send(read(arn)));
    expect(message).toBe(
      `User: ${ENGINEER} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${arn} with an explicit deny in an identity-based policy`,
    );
  });

  it('does not learn whether a secret exists without leave to read it', async () => {
    const allowed = engineer({ action: 'secretsmanager:*', resource: `${SECRETS}absent-??????` }).secrets;
    expect((await failureOf(allowed.send(read('absent')))).name).toBe('ResourceNotFoundException');
    expect(await failureOf(allowed.send(read('other')))).toMatchObject(SM_DENIED);
    expect(await failureOf(allowed.send(read()))).toMatchObject(SM_DENIED);
  });

  it('is refused before anything else of the request is looked at but its form', async () => {
    const { iam } = engineer({ action: 's3:GetObject' });
    const create = (RoleName: string) =>
      failureOf(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: 'no document' })));
    expect(await create('New')).toMatchObject({
      ...IAM_DENIED,
      message: expect.stringContaining(`on resource: arn:aws:iam::${ACCOUNT}:role/New because`),
    });
    expect((await create('bad name!')).name).toBe('ValidationError');
  });

  it('needs the permission for tags beside the one for what they are on', async () => {
    const Tags = [{ Key: 'team', Value: 'blue' }];
    const { iam, secrets } = engineer({ action: ['iam:Create*', 'secretsmanager:CreateSecret'] });
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
    expect(await failureOf(admin.secrets.send(read('copied')))).toMatchObject({ status: 400 });
  });

  it('lists roles and policies only where all of them are allowed', async () => {
    const some = engineer({ action: 'iam:List*', resource: `arn:aws:iam::${ACCOUNT}:role/*` }).iam;
    expect((await failureOf(some.send(new ListRolesCommand({})))).message).toContain(
      `iam:ListRoles on resource: arn:aws:iam::${ACCOUNT}:role/ because`,
    );
    expect((await failureOf(some.send(new ListPoliciesCommand({})))).message).toContain(
      'iam:ListPolicies on resource: policy path / because',
    );
    const all = engineer({ action: 'iam:List*' }).iam;
    expect((await all.send(new ListRolesCommand({}))).Roles?.map((role) => role.RoleName)).toEqual([
      'Reader',
    ]);
  });
});

describe('a secret with a key of the customer’s own', () => {
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
  ] as const)('is %s with the key only', async (_what, command, actions) => {
    const condition = { StringEquals: { 'kms:ViaService': 'secretsmanager.us-west-2.amazonaws.com' } };
    for (const missing of actions) {
      const rest = actions.filter((action) => action !== missing);
      const clients = engineer(secretActions, { action: ['s3:GetObject', ...rest], resource: CMK });
      expect(await failureOf(clients.secrets.send(command() as never))).toEqual(NO_KMS);
    }
    const { secrets } = engineer(secretActions, { action: [...actions], resource: CMK, condition });
    await secrets.send(command() as never);
  });
});

describe('a condition', () => {
  const tag = (value: string) => ({ StringEquals: { 'aws:ResourceTag/team': value } });

  it('on a tag of the secret counts', async () => {
    const action = 'secretsmanager:GetSecretValue';
    await engineer({ action, condition: tag('blue') }).secrets.send(read());
    const other = engineer({ action, condition: tag('red') }).secrets;
    expect(await failureOf(other.send(read()))).toMatchObject(SM_DENIED);
  });

  it('on the tags of the request counts', async () => {
    const condition = {
      StringEquals: { 'aws:RequestTag/team': 'blue' },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
    };
    const { iam } = engineer({ action: ['iam:CreateRole', 'iam:TagRole'], condition });
    const create = (RoleName: string, ...Tags: { Key: string; Value: string }[]) =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags }));
    await create('Blue', { Key: 'team', Value: 'blue' });
    const refused = [create('Bare'), create('Red', { Key: 'team', Value: 'red' })];
    const tooMany = create('Extra', { Key: 'team', Value: 'blue' }, { Key: 'x', Value: '' });
    for (const call of [...refused, tooMany]) {
      expect(await failureOf(call)).toMatchObject(IAM_DENIED);
    }
  });

  it('on the Region, the policy, the boundary and the deletion counts', async () => {
    const attach = (PolicyArn: string) => new AttachRolePolicyCommand({ RoleName: 'Reader', PolicyArn });
    const onPolicy = { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/Read*' } };
    const { iam } = engineer({ action: 'iam:AttachRolePolicy', condition: onPolicy });
    await iam.send(attach('arn:aws:iam::aws:policy/ReadOnlyAccess'));
    const refused = iam.send(attach('arn:aws:iam::aws:policy/AdministratorAccess'));
    expect(await failureOf(refused)).toMatchObject(IAM_DENIED);

    const elsewhere = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
    const { secrets } = engineer({ action: 'secretsmanager:*', condition: elsewhere });
    expect(await failureOf(secrets.send(read()))).toMatchObject(SM_DENIED);

    const bounded = { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } };
    const careful = engineer({ action: 'iam:CreateRole', condition: bounded }).iam;
    const create = (RoleName: string, boundary?: string) =>
      careful.send(
        new CreateRoleCommand({
          RoleName,
          AssumeRolePolicyDocument: TRUST,
          ...(boundary && { PermissionsBoundary: boundary }),
        }),
      );
    expect(await failureOf(create('Unbound'))).toMatchObject(IAM_DENIED);
    await create('Bound', 'arn:aws:iam::aws:policy/ReadOnlyAccess');

    const slow = { NumericGreaterThanEquals: { 'secretsmanager:RecoveryWindowInDays': '14' } };
    const remover = engineer({ action: 'secretsmanager:DeleteSecret', condition: slow }).secrets;
    const remove = (days: number) =>
      remover.send(new DeleteSecretCommand({ SecretId: 'absent', RecoveryWindowInDays: days }));
    expect(await failureOf(remove(7))).toMatchObject(SM_DENIED);
    expect((await failureOf(remove(14))).name).toBe('ResourceNotFoundException');
  });
});

describe('the session of a role', () => {
  const trustAccount = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
  });
  const readSecrets = JSON.stringify(policy({ action: 'secretsmanager:*' }));

  async function makeRole(RoleName: string, boundary?: string): Promise<string> {
    const { Role } = await admin.iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: trustAccount,
        ...(boundary && { PermissionsBoundary: `arn:aws:iam::aws:policy/${boundary}` }),
      }),
    );
    const inline = { RoleName, PolicyName: 'read', PolicyDocument: readSecrets };
    await admin.iam.send(new PutRolePolicyCommand(inline));
    return Role?.Arn ?? '';
  }

  async function sessionOf(RoleArn: string, extra: { Policy?: string; PolicyArns?: { arn: string }[] } = {}) {
    const { Credentials: given } = await admin.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me', ...extra }),
    );
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    return clientsFor(sandbox, { credentials });
  }

  it('may do what the role’s policies say at that time', async () => {
    const session = await sessionOf(await makeRole('Live'));
    expect((await session.secrets.send(read())).SecretString).toBe(KEY);
    const get = () => session.iam.send(new GetRoleCommand({ RoleName: 'Live' }));
    expect(await failureOf(get())).toMatchObject(IAM_DENIED);
    const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await admin.iam.send(new AttachRolePolicyCommand({ RoleName: 'Live', PolicyArn }));
    expect((await get()).Role?.RoleName).toBe('Live');
  });

  it('may do no more than its permissions boundary allows', async () => {
    const { secrets } = await sessionOf(await makeRole('Bounded', 'ReadOnlyAccess'));
    await secrets.send(new ListSecretsCommand({}));
    expect((await failureOf(secrets.send(read()))).message).toMatch(
      /because no permissions boundary allows the secretsmanager:GetSecretValue action$/,
    );
  });

  it('may do no more than the policies of the session allow', async () => {
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

  it('assumes another role only if both that role and its own policies let it', async () => {
    const RoleArn = await makeRole('Next');
    const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' });
    const without = engineer({ action: 's3:GetObject' }).sts;
    expect((await failureOf(without.send(command))).message).toBe(
      `User: ${ENGINEER} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    );
    const allowed = engineer({ action: 'sts:AssumeRole', resource: RoleArn }).sts;
    expect((await allowed.send(command)).Credentials).toBeDefined();
  });
});

describe('the policy of a secret', () => {
  const put = (Name: string, statement: object) =>
    admin.secrets.send(
      new PutResourcePolicyCommand({
        SecretId: Name,
        ResourcePolicy: JSON.stringify({ Version: '2012-10-17', Statement: { ...statement, Resource: '*' } }),
      }),
    );
  const make = (Name: string) => admin.secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));

  it('denies the administrator too', async () => {
    await make('closed');
    await put('closed', { Effect: 'Deny', Principal: '*', Action: 'secretsmanager:GetSecretValue' });
    expect(await failureOf(admin.secrets.send(read('closed')))).toEqual({
      ...SM_DENIED,
      message: `User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: secretsmanager:GetSecretValue on resource: closed with an explicit deny in a resource-based policy`,
    });
    await admin.secrets.send(new DescribeSecretCommand({ SecretId: 'closed' }));
  });

  it('can let in someone whose own policies do not', async () => {
    await make('open');
    await put('open', {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/Engineer` },
      Action: 'secretsmanager:GetSecretValue',
    });
    const { secrets } = engineer({ action: 's3:GetObject' });
    expect((await secrets.send(read('open'))).SecretString).toBe(KEY);
    expect(await failureOf(secrets.send(read()))).toMatchObject(SM_DENIED);
  });
});

it('a document that is no identity policy is refused as such', () => {
  expect(() => sandbox.credentialsFor({ Statement: [] })).toThrow('No identity policy: Syntax errors');
});
