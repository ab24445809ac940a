import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { performVerifyManifest } from '../../src/commands/verify/batch.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { ACCOUNT, clientsOf, FAR_REGION, KEYS, REGION, roleArn } from '../support/account.ts';
import type { InProcessOptions } from '../support/runs/command.ts';
import { feeds, type ManifestContent, runWith, setUpAll } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { troubles, type VerifyDocument } from '../support/runs/verify.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const IN_TWO = { regions: [REGION, FAR_REGION] };

const verifyText = (on: Sandbox, content: ManifestContent, options: InProcessOptions = {}) =>
  runWith(on, content, performVerifyManifest, { common: { json: false }, ...options });

async function verifyAll(on: Sandbox, content: ManifestContent, options: InProcessOptions = {}) {
  const { stdout, ...rest } = await verifyText(on, content, { ...options, common: {} });
  const json: VerifyDocument = JSON.parse(stdout);
  return { ...rest, json };
}

const hold = (on: Sandbox, SecretId: string, SecretString: string, region = REGION) =>
  clientsOf(on, region).secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));

test('verifies every secret of every key, and reads each role and policy once', async () => {
  const manifest = {
    defaults: IN_TWO,
    keys: [
      ...feeds(2),
      { secretName: 'news', roleName: 'MediaConnect-News', policyName: 'News', key: { env: 'OTHER_KEY' } },
    ],
  };
  const { json: made } = await setUpAll(sandbox(), manifest);
  sandbox().clearRequests();
  const { code, json, log } = await verifyAll(sandbox(), manifest);
  expect(code).toBe(0);
  expect(json.encryption).toEqual(expect.arrayContaining(made.encryption));
  expect(json.encryption).toHaveLength(6);
  const compared = json.checks.filter(({ id }) => id === 'secret-key');
  expect(compared.map(({ subject }) => subject).sort()).toEqual(made.secrets.map(({ arn }) => arn).sort());
  expect(json.checks.find(({ id }) => id === 'role-policy-attached')?.subject).toBe(
    roleArn('MediaConnect-News'),
  );
  const asked = (action: string) => sandbox().requests.filter((request) => request.action === action).length;
  expect([asked('GetRole'), asked('GetPolicyVersion'), asked('DescribeSecret')]).toEqual([2, 2, 6]);
  expect(log).toContain('6 of 6');
  expect(log).not.toContain('Note');
});

test('names the secret that holds another key, and prints the settings for all usable secrets', async () => {
  const manifest = { defaults: IN_TWO, keys: feeds(2) };
  await setUpAll(sandbox(), manifest);
  await hold(sandbox(), 'live/feed-2', KEYS.other, FAR_REGION);
  const { code, json } = await verifyAll(sandbox(), manifest);
  expect([code, json.verdict]).toEqual([1, 'failed']);
  const failed = json.checks.filter(({ verdict }) => verdict === 'failed');
  expect(failed.map(({ id }) => id)).toEqual(['secret-key', 'secret-same-key']);
  for (const { subject } of failed)
    expect(subject).toContain(`:${FAR_REGION}:${ACCOUNT}:secret:live/feed-2-`);
  expect(json.encryption).toHaveLength(3);
});

test('compares the keys that it has, and notes once which keys it does not have', async () => {
  const manifest = {
    keys: [
      { secretName: 'here' },
      { secretName: 'gone', key: { env: 'OTHER_KEY' } },
      { secretName: 'on-disk', key: { file: 'keys/absent.key' } },
      { secretName: 'made', key: { generate: 'aes256' } },
      { secretName: 'found', key: { existing: true } },
    ],
  };
  const stored = manifest.keys.map(({ secretName }) => ({ secretName }));
  await setUpAll(sandbox(), { keys: stored });
  const { code, json, log } = await verifyAll(sandbox(), manifest, { env: { FEED_KEY: KEYS.aes256 } });
  expect(code).toBe(0);
  expect(json.checks.filter(({ id }) => id === 'secret-key')).toHaveLength(1);
  expect(log.match(/Note: /g)).toHaveLength(1);
  expect(log).toMatch(/Note: 2 keys weren't compared .*keys\.yaml:1:\d+, .*keys\.yaml:1:\d+\.$/m);
});

test('distinguishes two entries with the same name in different Regions', async () => {
  const manifest = {
    keys: [
      { secretName: 'studio', regions: [REGION] },
      { secretName: 'studio', regions: [FAR_REGION], key: { env: 'OTHER_KEY' } },
    ],
  };
  await setUpAll(sandbox(), manifest);
  const { code, json } = await verifyAll(sandbox(), manifest);
  expect([code, troubles(json.checks)]).toEqual([0, []]);
});

test('ends as cannot-tell for a secret that it may not read, and checks the others', async () => {
  await setUpAll(sandbox(), { keys: feeds(3) });
  const deny = {
    Effect: 'Deny',
    Action: 'secretsmanager:GetSecretValue',
    Resource: `arn:aws:secretsmanager:*:${ACCOUNT}:secret:live/feed-2-*`,
  };
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }, deny];
  const credentials = sandbox().credentialsFor(JSON.stringify({ Version: '2012-10-17', Statement }));
  const { code, json } = await verifyAll(sandbox(), { keys: feeds(3) }, { credentials });
  expect([code, json.verdict]).toEqual([4, 'cannot-tell']);
  const open = json.checks.filter(({ awsAction }) => awsAction === 'secretsmanager:GetSecretValue');
  expect(open.length).toBeGreaterThan(0);
  for (const { subject } of open) expect(subject).toContain('live/feed-2');
  expect(json.encryption).toHaveLength(2);
});

test('shows only the problems of many keys, key by key, and counts the rest', async () => {
  const keys = feeds(10);
  await setUpAll(sandbox(), { defaults: IN_TWO, keys });
  for (const region of [REGION, FAR_REGION]) await hold(sandbox(), 'live/feed-7', KEYS.other, region);
  const { code, stdout } = await verifyText(sandbox(), {
    defaults: IN_TWO,
    keys: [...keys, { secretName: 'live/new' }],
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^✖ \d {2}Secret live\/feed-7 \(us-west-2, eu-west-1\)$/m);
  expect(stdout.match(/Doesn't match the key you provided/g)).toHaveLength(1);
  expect(stdout).toMatch(/^✖ \d {2}Secret live\/new \(us-west-2, eu-west-1\)$/m);
  expect(stdout).toMatch(/^ +Not found\. To fix:$/m);
  expect(stdout).toMatch(/mc-static-key setup --manifest \S+keys\.yaml$/m);
  expect(stdout).not.toContain('live/feed-6');
  expect(stdout).not.toContain('✔');
  expect(stdout).toContain('11 keys in 22 secrets: 9 can be read, 2 with problems');
  expect(stdout).toMatch(/^✖ This setup doesn't work for 2 of 11 keys: 2 problems {2,}account \d{12}\n/);
});

test('lists all checks that passed with --all, and searches no other Region for a missing secret', async () => {
  await setUpAll(sandbox(), { keys: feeds(2) });
  sandbox().clearRequests();
  const { stdout } = await runWith(
    sandbox(),
    { keys: feeds(3) },
    (run, manifest) => performVerifyManifest(run, manifest, true),
    { common: { json: false } },
  );
  expect(stdout).toMatch(/^ {2}Secret live\/feed-1 \(us-west-2\)$/m);
  expect(stdout).toMatch(
    /^ {4}✔ exists\n {4}✔ not scheduled for deletion\n[\s\S]*✔ matches the key you provided$/m,
  );
  expect(stdout).toMatch(/^ {2}Role MediaConnect-ASM$/m);
  expect(stdout).toContain("✖ MediaConnect can't read 1 of 3 keys: 1 problem");
  expect(sandbox().requests.filter(({ action }) => action === 'DescribeSecret')).toHaveLength(3);
});

test('fails all keys of a missing role, and suggests setup with the manifest', async () => {
  const { stdout } = await verifyText(sandbox(), { keys: feeds(1) });
  expect(stdout).toMatch(/Role MediaConnect-ASM\n +Not found\. To fix:\n +mc-static-key setup --manifest/);
  expect(stdout).toContain('1 key in 1 secret: 1 with problems');
});

test('refuses --role-name together with --manifest', async () => {
  const { code, stderr } = await runHere(['verify', '--manifest', 'keys.yaml', '--role-name', 'x', '--json']);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/can't be\s+combined\s+with\s+--role-name/)]);
});
