import { describe, expect, test } from 'vitest';
import {
  PERMISSION_COMMANDS,
  type PermissionCommand,
} from '../../../src/commands/permissions/needs/index.ts';
import { type PermissionsOptions, readPermissionsValues } from '../../../src/commands/permissions/options.ts';
import { FAR_REGION, REGION } from '../../support/account.ts';
import { actionsIn, permissions, printedPolicy } from '../../support/runs/permissions.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const STUDIO: PermissionsOptions = { secretName: 'studio-a', region: [REGION] };
const optionsOf = (command: PermissionCommand): PermissionsOptions =>
  command === 'status' || command === 'create-flow' ? {} : STUDIO;
const arnOf = (region: string, name = 'studio-a') =>
  `arn:aws:secretsmanager:${region}:111122223333:secret:${name}-??????`;
const problemsOf = (command: PermissionCommand, options: PermissionsOptions) =>
  readPermissionsValues(command, options).problems;

describe('the policy on standard output', () => {
  test.each(PERMISSION_COMMANDS)('is accepted by IAM for %s', async (command) => {
    for (const optional of [false, true]) {
      const policy = await printedPolicy(sandbox(), command, { ...optionsOf(command), optional });
      expect(() => sandbox().credentialsFor(policy)).not.toThrow();
      const sids = policy.Statement.map(({ Sid }) => Sid);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });

  test('is printed without a request to AWS if the account is given', async () => {
    await permissions(sandbox(), 'setup', { ...STUDIO, accountId: '444455556666' });
    expect(sandbox().requests).toEqual([]);
  });

  test('names the partition of the Region', async () => {
    const options = { secretName: 'studio-a', region: ['cn-north-1'], accountId: '444455556666' };
    const { stdout } = await permissions(sandbox(), 'setup', options);
    expect(stdout).toContain('arn:aws-cn:secretsmanager:cn-north-1:444455556666:secret:studio-a-??????');
    expect(stdout).not.toContain('arn:aws:');
  });

  test('names the secret in each given Region, or in all Regions', async () => {
    const two = await printedPolicy(sandbox(), 'rotate', { ...STUDIO, region: [REGION, FAR_REGION] });
    expect(two.Statement[0]?.Resource).toEqual([arnOf(REGION), arnOf(FAR_REGION)]);
    const all = await printedPolicy(sandbox(), 'rotate', { secretName: 'studio-a' });
    expect(all.Statement[0]?.Resource).toEqual([arnOf('*')]);
  });

  test('allows a KMS key only through Secrets Manager, in each Region', async () => {
    const policy = await printedPolicy(sandbox(), 'setup', {
      ...STUDIO,
      kmsKeyId: 'alias/video-keys',
      region: [REGION, FAR_REGION],
    });
    expect(policy.Statement.filter(({ Sid }) => Sid.startsWith('UseTheKmsKey'))).toEqual(
      [REGION, FAR_REGION].map((region, at) => ({
        Sid: at === 0 ? 'UseTheKmsKey' : 'UseTheKmsKey2',
        Effect: 'Allow',
        Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
        Resource: [`arn:aws:kms:${region}:111122223333:key/*`],
        Condition: {
          StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
          'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/video-keys'] },
        },
      })),
    );
  });

  test.each([
    ['its ID', '1234abcd-12ab-34cd-56ef-1234567890ab', '*', 'StringLike'],
    [
      'its ARN',
      `arn:aws:kms:${REGION}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      REGION,
      'StringEquals',
    ],
  ])('names the Regions of a KMS key given by %s', async (_how, kmsKeyId, region, operator) => {
    const policy = await printedPolicy(sandbox(), 'rotate', { secretName: 'studio-a', kmsKeyId });
    expect(policy.Statement.at(-1)).toMatchObject({
      Resource: [`arn:aws:kms:${region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`],
      Condition: { [operator]: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
    });
  });

  test('allows passing the role only to MediaConnect for create-flow', async () => {
    const policy = await printedPolicy(sandbox(), 'create-flow', { roleName: 'MediaConnect-Studio' });
    expect(policy.Statement).toEqual([
      {
        Sid: 'PassTheRole',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111122223333:role/MediaConnect-Studio'],
        Condition: { StringEquals: { 'iam:PassedToService': 'mediaconnect.amazonaws.com' } },
      },
    ]);
  });

  test.each<PermissionCommand>(['verify', 'create-flow'])(
    'names a role with a path by its ARN for %s',
    async (command) => {
      const roleArn = 'arn:aws:iam::111122223333:role/video/MediaConnect-Studio';
      const { Statement } = await printedPolicy(sandbox(), command, { ...optionsOf(command), roleArn });
      const ofRole = Statement.find(({ Sid }) => /TheRole$/.test(Sid));
      expect(ofRole?.Resource).toEqual([roleArn]);
      expect(problemsOf(command, { ...optionsOf(command), roleArn, roleName: 'Other' })).toHaveLength(1);
    },
  );

  test.each<[PermissionCommand, PermissionsOptions, string]>([
    ['setup', { existingKey: 'replace' }, 'secretsmanager:PutSecretValue'],
    ['setup', { restore: true }, 'secretsmanager:RestoreSecret'],
    ['setup', { updateTrust: true }, 'iam:UpdateAssumeRolePolicy'],
    ['rotate', { rollback: true }, 'secretsmanager:UpdateSecretVersionStage'],
    [
      'verify',
      { flowArn: `arn:aws:mediaconnect:${REGION}:111122223333:flow:1-a:b` },
      'mediaconnect:DescribeFlow',
    ],
    [
      'verify',
      { flowArn: `arn:aws:mediaconnect:${REGION}:111122223333:routerInput:abcdefghijkl` },
      'mediaconnect:GetRouterInput',
    ],
    [
      'verify',
      { flowArn: `arn:aws:mediaconnect:${REGION}:111122223333:flow:1-a:b`, optional: true },
      'mediaconnect:GetRouterOutput',
    ],
    ['setup', { existingKey: 'replace', optional: true }, 'mediaconnect:ListRouterInputs'],
  ])('has an action of %s only with the options that need it: %o', async (command, options, action) => {
    const actions = async (more: PermissionsOptions) =>
      actionsIn(await printedPolicy(sandbox(), command, { ...STUDIO, ...more }));
    expect(await actions({})).not.toContain(action);
    expect(await actions(options)).toContain(action);
  });

  test.each(['rotate', 'teardown'] as const)(
    'has all actions that find the users of the secret for %s --optional',
    async (command) => {
      const actions = actionsIn(await printedPolicy(sandbox(), command, { ...STUDIO, optional: true }));
      const kinds = ['RouterInput', 'RouterOutput'];
      const routers = kinds.flatMap((kind) => [`mediaconnect:List${kind}s`, `mediaconnect:Get${kind}`]);
      const expected = ['mediaconnect:ListFlows', 'mediaconnect:DescribeFlow', ...routers];
      expect(actions).toEqual(expect.arrayContaining(expected));
    },
  );

  test.each(['setup', 'rotate', 'teardown'] as const)(
    'has only reading actions for %s --dry-run',
    async (command) => {
      const policy = await printedPolicy(sandbox(), command, { ...STUDIO, dryRun: true });
      for (const action of actionsIn(policy)) expect(action).toMatch(/:(Get|List|Describe|Decrypt)/);
    },
  );

  test('allows teardown to delete only tagged resources, unless --include-untagged is given', async () => {
    const deletions = async (options: PermissionsOptions) => {
      const { Statement } = await printedPolicy(sandbox(), 'teardown', { ...STUDIO, ...options });
      return Statement.filter(({ Sid }) => Sid.startsWith('Delete')).map(({ Condition }) => Condition);
    };
    const tagged = { Null: { 'aws:ResourceTag/mc-static-key': 'false' } };
    expect(await deletions({})).toEqual([tagged, tagged, tagged]);
    expect(await deletions({ includeUntagged: true })).toEqual([undefined, undefined, undefined]);
  });
});

describe('standard error of permissions', () => {
  test('explains each statement, what setup can do without, and who needs iam:PassRole', async () => {
    const { log } = await permissions(sandbox(), 'setup', { ...STUDIO, roleName: 'MediaConnect-Studio' });
    expect(log).toContain('AttachThePolicy: attach the policy to the role; no other policy can be attached');
    expect(log).toContain("iam:GetAccountSummary: read the account's quotas for policies per role");
    expect(log).toContain('mc-static-key permissions create-flow --role-name MediaConnect-Studio');
    expect(log).toContain('can grant that role any permission');
  });

  test('says that a policy is too long for a managed policy', async () => {
    const region = Array.from({ length: 40 }, (_, index) => `us-west-${index + 1}`);
    const { log, code } = await permissions(sandbox(), 'setup', { ...STUDIO, region });
    expect(log).toMatch(/The policy has [\d,]+ characters\. A managed policy can have 6,144\./);
    expect(code).toBe(0);
  });
});

test('prints the policy, the optional statements and the iam:PassRole statement with --json', async () => {
  const { stdout } = await permissions(sandbox(), 'setup', STUDIO, { json: true });
  expect(JSON.parse(stdout)).toEqual({
    version: 1,
    command: 'setup',
    account: '111122223333',
    partition: 'aws',
    policy: await printedPolicy(sandbox(), 'setup', STUDIO),
    optional: expect.arrayContaining([
      {
        sid: 'OptionalFindPolicies',
        purpose: expect.any(String),
        statement: {
          Sid: 'OptionalFindPolicies',
          Effect: 'Allow',
          Action: ['iam:ListPolicies'],
          Resource: ['*'],
        },
      },
    ]),
    passRole: expect.objectContaining({ Action: ['iam:PassRole'] }),
  });
});

describe('wrong or missing options of permissions', () => {
  test('are named together, with exit code 2, if they are missing', async () => {
    const { code, log } = await permissions(sandbox(), 'rotate', {});
    expect(code).toBe(2);
    expect(log).toContain('--secret-name NAME (or --secret-arn ARN)');
    expect(sandbox().requests).toEqual([]);
  });

  test.each<[PermissionCommand, PermissionsOptions, string]>([
    ['setup', { accountId: '1234' }, '--account-id must be a 12-digit account ID'],
    ['verify', { flowArn: 'arn:aws:s3:::flow' }, '--flow-arn must be the ARN of a flow'],
    ['setup', { region: [REGION, 'cn-north-1'] }, 'different AWS partitions'],
    ['setup', { existingKey: 'burn' }, '--existing-key must be one of: keep, replace.'],
    [
      'setup',
      {
        region: [REGION],
        kmsKeyId: `arn:aws:kms:${FAR_REGION}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`,
      },
      '--kms-key-id is a single-Region key',
    ],
    [
      'setup',
      { region: [REGION], kmsKeyId: 'arn:aws-cn:kms:cn-north-1:111122223333:alias/video' },
      '--kms-key-id is in a different AWS partition',
    ],
  ])('are reported if they are wrong: %s %o', (command, options, sentence) => {
    expect(problemsOf(command, options).join('\n')).toContain(sentence);
  });
});
