import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  PutSecretValueCommand,
  RotateSecretCommand,
  TagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, test } from 'vitest';
import { performStatus } from '../../../src/commands/status/run.ts';
import type { Status } from '../../../src/inventory/types.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { passOn } from '../../aws/http/proxy.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
  roleArn,
  writesTo,
} from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { runInProcess } from '../../support/runs/command.ts';
import { setUp } from '../../support/runs/setup.ts';
import { livedInAccount, statusOf, troubles } from './account.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

async function openSandbox(options = {}): Promise<Sandbox> {
  const sandbox = await startSandbox(options);
  closing(() => sandbox.close());
  return sandbox;
}

describe('status of an account after some years', () => {
  let sandbox: Sandbox;
  let status: Status & { version: number };
  const secret = (name: string, region = REGION) =>
    status.secrets.find((each) => each.name === name && each.region === region);
  beforeAll(async () => {
    sandbox = await livedInAccount();
    closing(() => sandbox.close());
    sandbox.clearRequests();
    status = (await statusOf(sandbox)).json;
  });

  test('shows the roles that MediaConnect may assume, whoever created them, and no other roles', () => {
    expect(status).toMatchObject({ version: 1, account: ACCOUNT, partition: 'aws' });
    expect(status.roles.map(({ name, own }) => [name, own])).toEqual([
      ['HandMade', false],
      ['MediaConnect-ASM', true],
    ]);
  });

  test('shows under each policy the secrets that it names', () => {
    const [byHand, own] = status.roles.map(({ policies }) => policies);
    expect(byHand?.map(({ name, arn }) => [name, arn === null])).toEqual([
      ['ByHand', false],
      ['SecretsManagerReadWrite', false],
      ['Inline', true],
    ]);
    expect(byHand?.[0]?.secrets).toEqual([secret('by-hand')?.arn]);
    expect(byHand?.[0]?.missing).toEqual([expect.stringContaining(':secret:gone-')]);
    expect(byHand?.[1]).toMatchObject({ scopes: ['*'], missing: [] });
    expect(own?.map(({ secrets }) => secrets)).toEqual([
      [secret('studio-a')?.arn, secret('studio-a', FAR_REGION)?.arn],
    ]);
  });

  test('shows the secrets of these roles, and unused secrets of this program, but not those of others', () => {
    expect(status.secrets.map(({ name, region, own }) => [name, region, own])).toEqual([
      ['by-hand', REGION, false],
      ['old', REGION, true],
      ['studio-a', REGION, true],
      ['by-hand', FAR_REGION, false],
      ['studio-a', FAR_REGION, true],
    ]);
    expect(secret('by-hand')).toMatchObject({ replicas: [FAR_REGION], lastRead: null });
    expect(secret('by-hand', FAR_REGION)).toMatchObject({ replicaOf: REGION, roles: [] });
    expect(secret('studio-a')?.roles).toContain(roleArn('MediaConnect-ASM'));
    expect(secret('studio-a')).toMatchObject({ keyAgeDays: 0, keySinceFrom: 'version' });
    expect(secret('old')).toMatchObject({ keyAgeDays: null, deletedAt: expect.stringMatching(/^\d{4}-/) });
  });

  test('shows policies of this program that no role has', () => {
    expect(status.policies.map(({ name }) => name)).toEqual(['MediaConnect-left']);
  });

  test('reports all problems, and nothing else', () => {
    expect(troubles(status)).toEqual([
      'warning role-guard HandMade',
      'failed policy-names-secret gone',
      'warning policy-reads-only SecretsManagerReadWrite',
      'failed secret-deletion old',
    ]);
    expect(status.notes).toEqual([]);
  });

  test('changes nothing and reads no key, so that the dates of the last access stay the same', () => {
    const actions = sandbox.requests.map(({ action }) => action);
    expect(actions).toContain('ListSecretVersionIds');
    expect(actions).not.toContain('GetSecretValue');
    expect(writesTo(sandbox)).toEqual([]);
  });
});

test('counts the age of a key from when it was stored, whatever changed about the secret since', async () => {
  const clock = { now: Date.now() - 12.5 * DAY_MS };
  const sandbox = await openSandbox({ now: () => clock.now });
  const arn = await makeSecret(sandbox, { Tags: [{ Key: 'mc-static-key', Value: 'store-secret' }] });
  clock.now = Date.now() - 3.5 * DAY_MS;
  await clientsOf(sandbox).secrets.send(
    new TagResourceCommand({ SecretId: arn, Tags: [{ Key: 'team', Value: 'sport' }] }),
  );
  const age = async () => (await statusOf(sandbox)).json.secrets.map(({ keyAgeDays }) => keyAgeDays);
  expect(await age()).toEqual([12]);
  await clientsOf(sandbox).secrets.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: KEYS.other }),
  );
  expect(await age()).toEqual([3]);
});

test('finds a new secret that is not listed yet by its ARN in the policy', async () => {
  const sandbox = await openSandbox({ allowHost: () => true });
  await setUp(sandbox);
  const behind = createServer((request, response) => {
    const lists = request.headers['x-amz-target'] === 'secretsmanager.ListSecrets';
    if (!lists) return passOn(sandbox.url, request, response);
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"SecretList":[]}');
  });
  await once(behind.listen(0, '127.0.0.1'), 'listening');
  closing(() => void behind.close().closeAllConnections());
  const { port } = behind.address() as AddressInfo;
  const { json } = await statusOf({ ...sandbox, url: `http://127.0.0.1:${port}` });
  expect(troubles(json)).toEqual([]);
  expect(json.secrets).toMatchObject([{ name: 'studio-a', own: true, keyAgeDays: 0 }]);
});

test('finds a role of this program that no longer trusts MediaConnect, and reports that it fails', async () => {
  const sandbox = await openSandbox();
  await setUp(sandbox);
  const PolicyDocument = JSON.stringify(guideTrust('ec2.amazonaws.com'));
  await clientsOf(sandbox).iam.send(
    new UpdateAssumeRolePolicyCommand({ RoleName: 'MediaConnect-ASM', PolicyDocument }),
  );
  const { code, json } = await statusOf(sandbox);
  expect([code, troubles(json)]).toEqual([0, ['failed role-trust MediaConnect-ASM']]);
});

test('reports a secret that rotates, one without a value, and one with only some permissions', async () => {
  const sandbox = await openSandbox();
  const rotating = await makeSecret(sandbox, { Name: 'rotating' });
  const RotationLambdaARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:rotate`;
  sandbox.addRotationFunction(RotationLambdaARN);
  await clientsOf(sandbox).secrets.send(
    new RotateSecretCommand({
      SecretId: rotating,
      RotationLambdaARN,
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: false,
    }),
  );
  const empty = await makeSecret(sandbox, { Name: 'empty', SecretString: undefined });
  const partly = await makeSecret(sandbox, { Name: 'partly' });
  const some = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: partly };
  const policy = guidePolicy(rotating, empty);
  const attached = [await makePolicy(sandbox, 'Read', { ...policy, Statement: [...policy.Statement, some] })];
  await makeRole(sandbox, { attached });
  expect(troubles((await statusOf(sandbox)).json)).toEqual([
    'warning role-guard MediaConnect-ASM',
    'failed role-reads-secret partly',
    'failed secret-version empty',
    'failed secret-rotation rotating',
  ]);
});

test('says what to do in an empty account', async () => {
  const sandbox = await openSandbox();
  const result = await runInProcess(sandbox, (run) => performStatus(run, { regions: [REGION] }), {
    common: { json: false },
  });
  expect(result.code).toBe(0);
  expect(result.stdout.replace(/\s+/g, ' ')).toContain(
    `No static key setup found in account ${ACCOUNT}. Searched us-west-2. To create one: mc-static-key setup`,
  );
  const { json } = await statusOf(sandbox);
  expect(json).toMatchObject({ roles: [], secrets: [], policies: [], notes: [] });
});
