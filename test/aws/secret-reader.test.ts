import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { readSecret, type SecretState } from '../../src/aws/secrets/index.ts';
import { listSecrets } from '../../src/aws/secrets/listing.ts';
import { secretReader } from '../../src/aws/secrets/value-reader.ts';
import { type Aws, openAws } from '../../src/aws/session.ts';
import { TOOL_TAG } from '../../src/defaults.ts';
import type { SandboxCredentials } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import { KEYS, REGION } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const DENIAL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'secretsmanager:DeleteSecret', Resource: '*' }],
});
const names = (length: number) => Array.from({ length }, (_, index) => `studio-${index}`);

/** Creates secrets, and opens AWS with the given credentials. */
async function scene(made: string[], credentials: SandboxCredentials = sandbox().credentials) {
  const { secrets } = clientsFor(sandbox());
  for (const Name of made) await secrets.send(new CreateSecretCommand({ Name, SecretString: KEYS.aes256 }));
  const aws = openAws(
    { endpointUrl: sandbox().url, credentials, homeRegion: REGION },
    new AbortController().signal,
  );
  closing(() => aws.clients.close());
  return { aws, secrets, reader: secretReader(aws) };
}

/** Returns how often each operation was requested. */
function asked(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of sandbox().requests) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

/** Returns the state with its key as plain text, so that states can be compared. */
const plain = (found: SecretState | undefined) =>
  found?.content.kind === 'text' ? { ...found, content: found.content.key.reveal() } : found;

async function readAlone(aws: Aws, ids: string[]) {
  return (await Promise.all(ids.map((id) => readSecret(aws, REGION, id)))).map(plain);
}

describe('secrets read together', () => {
  test('give the same result as when each is read alone', async () => {
    const { aws, secrets, reader } = await scene(names(24));
    await secrets.send(new CreateSecretCommand({ Name: 'bytes', SecretBinary: Uint8Array.of(1, 255) }));
    await secrets.send(new CreateSecretCommand({ Name: 'empty' }));
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: 'arn', SecretString: 'key' }));
    await secrets.send(new DeleteSecretCommand({ SecretId: 'studio-3' }));
    await secrets.send(new PutResourcePolicyCommand({ SecretId: 'studio-4', ResourcePolicy: DENIAL }));
    const ids = [...names(24), 'bytes', 'empty', ARN, 'absent', 'studio-1'];
    const alone = await readAlone(aws, ids);
    const together = await Promise.all(ids.map((id) => reader.read(REGION, id)));
    expect(together.map(plain)).toEqual(alone);
    expect(alone[4]?.resourcePolicy).toContain('Deny');
  });

  test('take one request for twenty values, and none for an absent secret', async () => {
    const { reader } = await scene(names(30));
    sandbox().clearRequests();
    await Promise.all(
      [...names(30), ...names(10).map((name) => `no-${name}`)].map((id) => reader.read(REGION, id)),
    );
    expect(asked()).toMatchObject({ BatchGetSecretValue: 2, DescribeSecret: 30 });
    expect(asked()).not.toHaveProperty('GetSecretValue');
  });

  test('take a request for a resource policy only if they may have one', async () => {
    const { secrets, reader } = await scene([]);
    const Tags = [{ Key: TOOL_TAG, Value: 'store-secret' }];
    for (const Name of [...names(6), 'theirs'])
      await secrets.send(
        new CreateSecretCommand({ Name, SecretString: 'key', ...(Name === 'theirs' ? {} : { Tags }) }),
      );
    await sleep(120);
    await secrets.send(new PutResourcePolicyCommand({ SecretId: 'studio-2', ResourcePolicy: DENIAL }));
    sandbox().clearRequests();
    const all = await Promise.all([...names(6), 'theirs'].map((id) => reader.read(REGION, id)));
    expect(all[2]?.resourcePolicy).toContain('Deny');
    expect(asked()).toEqual({ BatchGetSecretValue: 1, DescribeSecret: 7, GetResourcePolicy: 2 });
    sandbox().clearRequests();
    await Promise.all(['studio-0', 'studio-2', 'theirs'].map((id) => reader.read(REGION, id)));
    expect(asked()).toEqual({ GetSecretValue: 3, DescribeSecret: 3, GetResourcePolicy: 2 });
  });

  test('are read one by one after a batch request is denied', async () => {
    await scene(names(30));
    const Action = ['DescribeSecret', 'GetSecretValue', 'GetResourcePolicy'].map(
      (name) => `secretsmanager:${name}`,
    );
    const Statement = [{ Effect: 'Allow', Action, Resource: '*' }];
    const { reader } = await scene([], sandbox().credentialsFor({ Version: '2012-10-17', Statement }));
    sandbox().clearRequests();
    const read = () => Promise.all(names(30).map((id) => reader.read(REGION, id)));
    const all = [...(await read()), ...(await read())];
    expect(all.map((found) => found?.content.kind)).toEqual(Array.from({ length: 60 }, () => 'text'));
    expect(asked()).toMatchObject({ BatchGetSecretValue: 1, GetSecretValue: 60 });
  });

  // The second failure is retried, up to eight attempts.
  const failures = [['expired-token', 1] as const, ...(exhaustive ? [['internal-error', 8] as const] : [])];
  test.each(failures)('are read one by one if their own batch fails (%s)', async (kind, times) => {
    const { reader } = await scene(names(45));
    sandbox().clearRequests();
    sandbox().addFault({ action: 'BatchGetSecretValue', kind, times });
    const all = await Promise.all(names(45).map((id) => reader.read(REGION, id)));
    expect(all.map((found) => found?.content.kind)).toEqual(Array.from({ length: 45 }, () => 'text'));
    expect(asked()).toMatchObject({ BatchGetSecretValue: times + 2, GetSecretValue: 20 });
  });

  test('fail one by one, each with its missing permission', async () => {
    await scene(names(6));
    const Resource = 'arn:aws:secretsmanager:*:*:secret:studio-2-*';
    const Statement = [
      { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
      { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource },
    ];
    const { reader } = await scene([], sandbox().credentialsFor({ Version: '2012-10-17', Statement }));
    const ends = await Promise.allSettled(names(6).map((id) => reader.read(REGION, id)));
    expect(ends.map(({ status }) => status).filter((status) => status === 'fulfilled')).toHaveLength(5);
    expect(ends[2]).toMatchObject({
      reason: {
        awsAction: 'secretsmanager:GetSecretValue',
        message: expect.stringContaining('secret:studio-2-'),
      },
    });
  });
});

test('reads a few secrets one by one', async () => {
  const { reader } = await scene(names(4));
  sandbox().clearRequests();
  await Promise.all(names(4).map((id) => reader.read(REGION, id)));
  expect(asked()).toEqual({ DescribeSecret: 4, GetSecretValue: 4, GetResourcePolicy: 4 });
});

describe('a secret whose value is not visible yet', () => {
  test('keeps the version that its description shows', async () => {
    const { aws } = await scene(['studio-0']);
    const { versionId } = (await readSecret(aws, REGION, 'studio-0')) ?? {};
    expect(versionId).toBeDefined();
    const value = { content: { kind: 'none' } } as const;
    expect(await readSecret(aws, REGION, 'studio-0', { value })).toMatchObject({ versionId });
  });
});

describe('secrets to choose from', () => {
  test('are the newest ones if there are more than the limit', async () => {
    const { aws } = await scene(names(5));
    const offered = await listSecrets(aws, REGION, 3);
    expect(offered.map(({ name }) => name)).toEqual(['studio-4', 'studio-3', 'studio-2']);
  });

  test('are the newest ones with the prefix', async () => {
    const { aws } = await scene(['live/a', 'live/b', ...names(5)]);
    const offered = await listSecrets(aws, REGION, 3, 'live/');
    expect(offered.map(({ name }) => name)).toEqual(['live/b', 'live/a']);
  });
});
