import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { clientsFor, KEY, readPolicy, TRUST } from './clients.ts';

describe('the sandbox, with the JavaScript SDK', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  it('supports the three steps of the guide and shows their results', async () => {
    const { iam, secrets, sts } = clientsFor(sandbox);
    const me = await sts.send(new GetCallerIdentityCommand({}));
    expect(me).toMatchObject({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/sandbox' });

    const secret = await secrets.send(new CreateSecretCommand({ Name: 'game', SecretString: KEY }));
    expect(secret.ARN).toMatch(/^arn:aws:secretsmanager:us-west-2:111122223333:secret:game-[A-Za-z0-9]{6}$/);
    const policyText = readPolicy(secret.ARN ?? '');
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'ReadGame', PolicyDocument: policyText }),
    );
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'MediaConnect-ASM', AssumeRolePolicyDocument: TRUST }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: Role?.RoleName, PolicyArn: Policy?.Arn }));

    const value = await secrets.send(new GetSecretValueCommand({ SecretId: 'game' }));
    expect(value).toMatchObject({ SecretString: KEY, VersionStages: ['AWSCURRENT'], ARN: secret.ARN });
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: secret.ARN }));
    expect(described.VersionIdsToStages).toEqual({ [secret.VersionId ?? '']: ['AWSCURRENT'] });
    expect(described.CreatedDate).toBeInstanceOf(Date);

    const version = await iam.send(
      new GetPolicyVersionCommand({ PolicyArn: Policy?.Arn, VersionId: Policy?.DefaultVersionId }),
    );
    expect(decodeURIComponent(version.PolicyVersion?.Document ?? '')).toBe(policyText);
    const role = await iam.send(new GetRoleCommand({ RoleName: 'MediaConnect-ASM' }));
    expect(role.Role?.Arn).toBe('arn:aws:iam::111122223333:role/MediaConnect-ASM');
    expect(role.Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22/);
    const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'MediaConnect-ASM' }));
    expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'ReadGame', PolicyArn: Policy?.Arn }]);
    expect(attached.IsTruncated).toBe(false);
  });

  it('records the requests in order, without the key', async () => {
    expect(sandbox.requests.map(({ service, action, status }) => `${service}:${action} ${status}`)).toEqual([
      'sts:GetCallerIdentity 200',
      'secretsmanager:CreateSecret 200',
      'iam:CreatePolicy 200',
      'iam:CreateRole 200',
      'iam:AttachRolePolicy 200',
      'secretsmanager:GetSecretValue 200',
      'secretsmanager:DescribeSecret 200',
      'iam:GetPolicyVersion 200',
      'iam:GetRole 200',
      'iam:ListAttachedRolePolicies 200',
    ]);
    expect(JSON.stringify(sandbox.requests)).not.toContain(KEY);
    expect(sandbox.requests[1]?.params).toMatchObject({ Name: 'game', SecretString: '[redacted]' });
    expect(sandbox.requests.every(({ startedAt, endedAt }) => endedAt >= startedAt)).toBe(true);
  });
});
