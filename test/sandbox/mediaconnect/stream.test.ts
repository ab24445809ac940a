import { GetRoleCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  DescribeFlowCommand,
  StartFlowCommand,
  StopFlowCommand,
  UpdateFlowOutputCommand,
} from '@aws-sdk/client-mediaconnect';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../../support/sandbox.ts';
import { clientsFor, KEY, readPolicy } from '../clients.ts';
import { makeFlow, makeRole, ROLE_ARN, trustFor } from './set-up.ts';

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const sandbox = freshSandbox({ now: () => Date.parse('2026-03-01T12:00:00Z') });
let clients: ReturnType<typeof clientsFor>;
let secretArn = '';
let flowArn = '';

/** Creates a secret, a role that can read it, and a flow in standby whose output is encrypted with it. */
async function setUp(options: { kmsKeyId?: string; policy?: object[] } = {}): Promise<void> {
  const made = await clients.secrets.send(
    new CreateSecretCommand({ Name: 'game', SecretString: KEY, KmsKeyId: options.kmsKeyId }),
  );
  secretArn = made.ARN ?? '';
  await makeRole(clients, secretArn, options.policy);
  flowArn = await makeFlow(clients, secretArn);
}

const start = () => clients.mediaConnect.send(new StartFlowCommand({ FlowArn: flowArn }));
const errors = async () => {
  const { Messages } = await clients.mediaConnect.send(new DescribeFlowCommand({ FlowArn: flowArn }));
  return Messages?.Errors;
};
const lastRead = async () =>
  (await clients.secrets.send(new DescribeSecretCommand({ SecretId: secretArn }))).LastAccessedDate;
const putPolicy = (PolicyDocument: string, PolicyName = 'Read') =>
  clients.iam.send(new PutRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyName, PolicyDocument }));
const putTrust = (condition: object) =>
  clients.iam.send(
    new UpdateAssumeRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyDocument: trustFor(condition) }),
  );
const TODAY = new Date('2026-03-01T00:00:00Z');
const CANNOT_ASSUME = `MediaConnect cannot assume the role ${ROLE_ARN}.`;

beforeEach(() => {
  clients = clientsFor(sandbox());
});

describe('a flow that starts', () => {
  it('reads its secret with its role', async () => {
    await setUp();
    expect(await lastRead()).toBeUndefined();
    await start();
    expect(await errors()).toBeUndefined();
    expect(await lastRead()).toEqual(TODAY);
    const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName: 'MediaConnect-ASM' }));
    expect(Role?.RoleLastUsed).toMatchObject({ Region: 'us-west-2' });
  });

  it('meets a trust policy for this account and this flow', async () => {
    await setUp();
    await putTrust({
      ArnLike: { 'aws:SourceArn': flowArn },
      StringEquals: { 'aws:SourceAccount': '111122223333' },
    });
    await start();
    expect(await errors()).toBeUndefined();
  });

  it.each<[string, (arn: string) => Promise<unknown>, RegExp | string]>([
    [
      'when its role trusts another account only',
      () => putTrust({ StringEquals: { 'aws:SourceAccount': '444455556666' } }),
      CANNOT_ASSUME,
    ],
    [
      'when its role trusts another flow only',
      () => putTrust({ ArnLike: { 'aws:SourceArn': 'arn:aws:mediaconnect:*:*:flow:*:other' } }),
      CANNOT_ASSUME,
    ],
    [
      'when its role can read another secret only',
      (arn) => putPolicy(readPolicy(arn.replace('game', 'other')), 'Given'),
      /is not authorized to perform: secretsmanager:GetSecretValue .* no identity-based policy allows/,
    ],
    [
      'when the resource policy of the secret denies it',
      (SecretId) =>
        clients.secrets.send(
          new PutResourcePolicyCommand({
            SecretId,
            ResourcePolicy: JSON.stringify({
              Version: '2012-10-17',
              Statement: {
                Effect: 'Deny',
                Principal: { AWS: ROLE_ARN },
                Action: 'secretsmanager:GetSecretValue',
                Resource: '*',
              },
            }),
          }),
        ),
      /with an explicit deny in a resource-based policy/,
    ],
    [
      'when its secret is scheduled for deletion',
      (SecretId) => clients.secrets.send(new DeleteSecretCommand({ SecretId })),
      /marked for deletion/,
    ],
  ])('shows an error and reads nothing %s', async (_what, spoil, message) => {
    await setUp();
    await spoil(secretArn);
    await start();
    expect(await errors()).toEqual([typeof message === 'string' ? message : expect.stringMatching(message)]);
    expect(await lastRead()).toBeUndefined();
  });

  it('reads its key as soon as it is allowed, and clears its errors when it stops', async () => {
    await setUp({ policy: [] });
    await start();
    expect(await errors()).toHaveLength(1);
    await putPolicy(readPolicy(secretArn));
    expect(await errors()).toBeUndefined();
    expect(await lastRead()).toEqual(TODAY);
    await putTrust({ StringEquals: { 'aws:SourceAccount': '444455556666' } });
    await clients.mediaConnect.send(new StopFlowCommand({ FlowArn: flowArn }));
    await start();
    expect(await errors()).toEqual([CANNOT_ASSUME]);
    await clients.mediaConnect.send(new StopFlowCommand({ FlowArn: flowArn }));
    expect(await errors()).toBeUndefined();
  });

  it('needs no key for a disabled output', async () => {
    await setUp({ policy: [] });
    const { Flow } = await clients.mediaConnect.send(new DescribeFlowCommand({ FlowArn: flowArn }));
    const off = {
      FlowArn: flowArn,
      OutputArn: Flow?.Outputs?.[0]?.OutputArn,
      OutputStatus: 'DISABLED',
    } as const;
    await clients.mediaConnect.send(new UpdateFlowOutputCommand(off));
    await start();
    expect(await errors()).toBeUndefined();
  });

  it('shows an error for a missing role when a test adds it running', async () => {
    const region = 'us-west-2';
    const encryption = {
      RoleArn: ROLE_ARN,
      SecretArn: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:x',
    };
    const outputs = [{ Encryption: encryption, Transport: { Protocol: 'zixi-push' as const } }];
    flowArn = sandbox().addFlow({ region, name: 'old', status: 'ACTIVE', outputs });
    expect(await errors()).toEqual([CANNOT_ASSUME]);
  });
});

describe('a flow whose secret has a customer managed KMS key', () => {
  const decrypt = (resource: string, condition: object) => [
    {
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: `arn:aws:kms:us-west-2:111122223333:key/${resource}`,
      Condition: condition,
    },
  ];
  const through = (region: string) => ({ 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` });
  const alias = (name: string) => ({
    'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [`alias/${name}`] },
  });

  it.each<[string, string, object[]]>([
    ['by its ID', KEY_ID, decrypt(KEY_ID, { StringEquals: through('us-west-2') })],
    ['by its alias', 'alias/feeds', decrypt('*', { StringEquals: through('us-west-2'), ...alias('feeds') })],
  ])('reads it with kms:Decrypt on the key, named %s', async (_how, kmsKeyId, policy) => {
    await setUp({ kmsKeyId, policy });
    await putPolicy(readPolicy(secretArn));
    await start();
    expect(await errors()).toBeUndefined();
    expect(await lastRead()).toEqual(TODAY);
  });

  it.each<[string, string, object[]]>([
    ['without kms:Decrypt', KEY_ID, []],
    ['with kms:Decrypt on another key', KEY_ID, decrypt('other', {})],
    [
      'with kms:Decrypt through another service',
      KEY_ID,
      decrypt('*', { StringEquals: through('eu-west-1') }),
    ],
    ['with kms:Decrypt on another alias', 'alias/feeds', decrypt('*', alias('others'))],
  ])('does not read it %s', async (_how, kmsKeyId, policy) => {
    await setUp({ kmsKeyId, policy });
    await putPolicy(readPolicy(secretArn));
    await start();
    expect(await errors()).toEqual([expect.stringMatching(/Access to KMS is not allowed$/)]);
    expect(await lastRead()).toBeUndefined();
  });

  it('does not read it while the key is disabled', async () => {
    await setUp({ kmsKeyId: KEY_ID, policy: decrypt('*', {}) });
    await putPolicy(readPolicy(secretArn));
    await clients.kms.send(new DisableKeyCommand({ KeyId: KEY_ID }));
    await start();
    expect(await errors()).toEqual([expect.stringMatching(/can't decrypt the protected secret text/)]);
  });
});
