import type { Encryption } from '@aws-sdk/client-mediaconnect';
import { beforeEach, describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../../src/checks/verify/result.ts';
import { performRotateManifest } from '../../../src/commands/rotate/batch.ts';
import { performSetupManifest } from '../../../src/commands/setup/batch.ts';
import { KEYS, makeSecret, REGION, readAccount, writesTo } from '../../support/account.ts';
import { type FleetDocument, runAll, runWith } from '../../support/runs/manifest.ts';
import { rotate, rotateText } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const RoleArn = 'arn:aws:iam::111122223333:role/MediaConnect-ASM';
const PASSWORD = 'a-long-Passphrase-1';
let secretArn = '';

/** Sets up `studio-a` with this key. */
async function storing(key: string, wishes = {}) {
  secretArn = (await setUp(sandbox(), { key, ...wishes })).json.secrets[0]?.arn ?? '';
}

const transit = () => ({
  encryptionKeyConfiguration: { secretsManager: { secretArn, roleArn: RoleArn } },
});

function addRouterInput(): string {
  const configuration = { mediaConnectFlow: { sourceTransitDecryption: transit() } };
  return sandbox().addRouterEndpoint({ region: REGION, kind: 'routerInput', name: 'studio', configuration });
}

function addFlow(
  decryption: Omit<Encryption, 'RoleArn'> = { KeyType: 'static-key', Algorithm: 'aes128' },
): string {
  const Decryption = { ...decryption, RoleArn, SecretArn: secretArn };
  const source = { Name: 'camera', Transport: { Protocol: 'zixi-push' as const }, Decryption };
  return sandbox().addFlow({ region: REGION, name: 'game', source });
}

/** Runs a command that must end with a conflict and change nothing. */
async function inVain(run: () => Promise<{ code: number; json: { error?: { message: string } } }>) {
  const before = await readAccount(sandbox());
  sandbox().clearRequests();
  const { code, json } = await run();
  expect([code, writesTo(sandbox())], JSON.stringify(json)).toEqual([3, []]);
  expect(await readAccount(sandbox())).toEqual(before);
  return JSON.stringify(json);
}

const manifest = { defaults: {}, keys: [{ secretName: 'studio-a', key: { env: 'NEW_KEY' } }] };
const withKey = (key: string) => ({ env: { NEW_KEY: key } });

type FleetRotation = FleetDocument & { verdict: string; checks: VerifyCheck[] };

const rotateAll = (key: string) =>
  runAll<FleetRotation>(
    sandbox(),
    manifest,
    (run, read) => performRotateManifest(run, read, { rollback: false, dryRun: false }),
    withKey(key),
  );

const replaceAll = (key: string) =>
  runAll<FleetDocument>(
    sandbox(),
    { ...manifest, defaults: { existingKey: 'replace' } },
    (run, read) => performSetupManifest(run, read, { dryRun: false, restore: false }),
    withKey(key),
  );

describe('a key that transit encryption cannot use', () => {
  let router = '';
  beforeEach(async () => {
    await storing(KEYS.aes256);
    router = addRouterInput();
  });

  test.each([
    ['rotate --generate aes128', () => rotate(sandbox(), { region: [REGION], generate: 'aes128' })],
    ['rotate with 32 digits', () => rotate(sandbox(), { region: [REGION], key: KEYS.aes128 })],
    ['rotate --dry-run', () => rotate(sandbox(), { region: [REGION], key: KEYS.aes128, dryRun: true })],
    ['rotate --manifest', () => rotateAll(KEYS.aes128)],
    ['setup', () => setUp(sandbox(), { key: KEYS.aes128, existingKey: 'replace' })],
    ['setup --manifest', () => replaceAll(KEYS.aes128)],
  ])('is a conflict for %s', async (_what, run) => {
    const said = await inVain(run);
    expect(said).toContain(`router input ${router}`);
    expect(said).toContain('64 hexadecimal digits');
  });

  test('is no longer a conflict if it has 64 digits', async () => {
    const { code, json } = await rotate(sandbox(), { region: [REGION], generate: 'aes256' });
    expect([code, json.verdict]).toEqual([0, 'ok']);
  });
});

test('refuses a key that transit encryption of a flow output cannot use, unless it is disabled', async () => {
  await storing(KEYS.aes256);
  const settings = {
    EncryptionKeyType: 'SECRETS_MANAGER',
    EncryptionKeyConfiguration: { SecretsManager: { SecretArn: secretArn, RoleArn } },
  };
  const output = (RouterIntegrationState: 'ENABLED' | 'DISABLED') => ({
    ...{ Name: 'to-router', RouterIntegrationState, RouterIntegrationTransitEncryption: settings },
  });
  sandbox().addFlow({ region: REGION, name: 'off', outputs: [output('DISABLED')] });
  expect((await rotate(sandbox(), { region: [REGION], key: KEYS.aes128 })).code).toBe(0);
  const flow = sandbox().addFlow({ region: REGION, name: 'on', outputs: [output('ENABLED')] });
  const said = await inVain(() => rotate(sandbox(), { region: [REGION], generate: 'aes128' }));
  expect(said).toContain(flow);
});

describe('a flow that must be updated for the new key', () => {
  let flow = '';
  beforeEach(async () => {
    await storing(KEYS.aes128);
    flow = addFlow();
  });
  const outdated = (checks: { id: string; subject: string; verdict: string; detail: string }[]) =>
    checks.filter(({ id, subject }) => id === 'flow-algorithm' && subject === flow);
  const found = () => [
    expect.objectContaining({
      verdict: 'warning',
      detail: expect.stringContaining('source camera (zixi-push) has algorithm AES-128'),
    }),
  ];

  test('is reported by rotate, before and after the change', async () => {
    const { code, json, log } = await rotate(sandbox(), { region: [REGION], generate: 'aes256' });
    expect([code, json.verdict], log).toEqual([0, 'warning']);
    expect(outdated(json.checks)).toEqual(found());
    expect(json.checks.at(-1)?.command).toContain('update-flow-source');
    expect(log).toMatch(/flow \S+:game can't use the new key.*source camera.*AES-128/s);
    expect(log).toContain(`verify --flow-arn ${flow}`);
    const verified = await verifyIt(sandbox(), { flowArn: flow });
    expect(verified.json.checks.find(({ id }) => id === 'flow-algorithm')?.command).toBe(
      json.checks.at(-1)?.command,
    );
  });

  test('is reported by rotate in its last sentence', async () => {
    const { stdout } = await rotateText(sandbox(), { region: [REGION], generate: 'aes256' });
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain('1 flow must be updated before it can use the new key');
    expect(text).not.toContain('✔ MediaConnect can read this key');
  });

  test('is reported by rotate --dry-run in the plan', async () => {
    const { log } = await rotate(sandbox(), { region: [REGION], key: KEYS.aes256, dryRun: true });
    expect(log).toMatch(/flow \S+:game can't use the new key/);
  });

  test('is reported by rotate --rollback', async () => {
    await rotate(sandbox(), { region: [REGION], key: KEYS.aes256 });
    const other = addFlow({ KeyType: 'static-key', Algorithm: 'aes256' });
    const { json, code } = await rotate(sandbox(), { region: [REGION], rollback: true });
    const subjects = json.checks.filter(({ verdict }) => verdict === 'warning').map(({ subject }) => subject);
    expect([code, json.verdict, subjects]).toEqual([0, 'warning', [other]]);
  });

  test('is reported by rotate --manifest', async () => {
    const { code, json, log } = await rotateAll(KEYS.aes256);
    expect([code, json.verdict], log).toEqual([0, 'warning']);
    expect(outdated(json.checks)).toEqual(found());
  });

  test('is reported by setup', async () => {
    const { code, json, log } = await setUp(sandbox(), { key: KEYS.aes256, existingKey: 'replace' });
    expect([code, outdated(json.checks)], log).toEqual([0, found()]);
    expect(log).not.toContain('Verified:');
  });

  test('is reported by setup --manifest', async () => {
    const { code, json, log } = await replaceAll(KEYS.aes256);
    expect([code, outdated(json.checks)], log).toEqual([0, found()]);
    const { stdout } = await runWith(
      sandbox(),
      { ...manifest, defaults: { existingKey: 'replace' } },
      (run, read) => performSetupManifest(run, read, { dryRun: false, restore: false }),
      { ...withKey(KEYS.aes192), common: { json: false } },
    );
    expect(stdout).toContain('must be updated before it can use the new key');
  });
});

test('warns about a rollback to a key that a router cannot use', async () => {
  await storing(KEYS.aes128);
  await rotate(sandbox(), { region: [REGION], key: KEYS.aes256 });
  const router = addRouterInput();
  const { code, json } = await rotate(sandbox(), { region: [REGION], rollback: true });
  const warned = json.checks.filter(({ verdict }) => verdict === 'warning');
  expect([code, warned.map(({ id, subject }) => [id, subject])]).toEqual([
    0,
    [['router-encryption', router]],
  ]);
});

test('warns about each flow part that uses the previous key type', async () => {
  // Without the tag of `setup`, which fixes the key type of a secret.
  secretArn = await makeSecret(sandbox());
  const flow = addFlow({ KeyType: 'static-key', Algorithm: 'aes256' });
  const { json, log } = await rotate(sandbox(), {
    ...{ region: [REGION], key: PASSWORD, keyType: 'srt-password' },
  });
  expect(log).toContain(`flow ${flow} can't use the new key: source camera (zixi-push)`);
  expect(json.checks).toContainEqual(
    expect.objectContaining({ id: 'flow-encryption', verdict: 'warning', subject: flow }),
  );
});
