import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeSecret } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { manifestFile } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const NAMES = Array.from({ length: 24 }, (_, index) => `srt-${index}`);
const passwordOf = (name: string) => `Passphrase-of-${name}`;
const PASSWORDS = Object.fromEntries(NAMES.map((name) => [name.replace('srt-', 'SRT_'), passwordOf(name)]));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
  closing(() => rmSync(folder, { recursive: true, force: true }));
});

/** A profile with a credential_process that records its environment. */
function profileThatTells(): { env: NodeJS.ProcessEnv; told: () => string } {
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = sandbox().credentials;
  const [path, config, seen] = ['process.sh', 'config', 'seen'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const answer = JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey });
  writeFileSync(path, `#!/bin/sh\nenv >> ${seen}\necho '${answer}'\n`, { mode: 0o755 });
  writeFileSync(config, `[profile p]\nregion = us-west-2\ncredential_process = ${path}\n`);
  return {
    env: { AWS_CONFIG_FILE: config, AWS_ENDPOINT_URL: sandbox().url },
    told: () => (existsSync(seen) ? readFileSync(seen, 'utf8') : ''),
  };
}

/** Creates secrets with the tag for SRT passwords; the variables have other passwords. */
const makeSecrets = (names: string[]) =>
  Promise.all(
    names.map((Name) =>
      makeSecret(sandbox(), {
        Name,
        SecretString: 'another-Passphrase',
        Tags: [{ Key: 'mc-static-key:key-type', Value: 'srt-password' }],
      }),
    ),
  );

describe('credential_process', () => {
  test.each([
    ['rotate', '--yes', '--dry-run'],
    ['verify'],
    ['setup', '--yes', '--dry-run'],
    ['rotate', '--rollback', '--yes', '--dry-run'],
    ['status'],
    ['teardown', '--yes', '--dry-run'],
    ['permissions', 'setup'],
  ])('does not inherit the variables with the keys of a manifest: %s %s %s %s', async (...command) => {
    await makeSecrets(NAMES);
    const keyType = command[0] === 'setup' ? { keyType: 'srt-password' } : {};
    const keys = NAMES.map((secretName) => ({
      secretName,
      regions: ['us-west-2'],
      key: { env: secretName.replace('srt-', 'SRT_') },
      ...keyType,
    }));
    const { env, told } = profileThatTells();
    const args = [...command, '--manifest', manifestFile({ keys }), '--profile', 'p'];
    const { stdout, stderr } = await runHere(args, { ...env, ...PASSWORDS });
    expect(told(), stdout + stderr).toContain('AWS_CONFIG_FILE=');
    expect(told()).not.toContain('Passphrase-of-');
  });

  test.each([
    ['rotate', '--yes', '--dry-run'],
    ['rotate', '--key-type', 'srt-password', '--yes', '--dry-run'],
    ['verify'],
    ['setup', '--key-type', 'srt-password', '--yes', '--dry-run'],
  ])('does not inherit the variable of --key-env: %s %s %s', async (...command) => {
    await makeSecrets(['srt-1']);
    const { env, told } = profileThatTells();
    const place = ['--secret-name', 'srt-1', '--region', 'us-west-2', '--key-env', 'SRT_1'];
    const args = [...command, ...place, '--profile', 'p'];
    const { stdout, stderr } = await runHere(args, { ...env, SRT_1: passwordOf('srt-1') });
    expect(told(), stdout + stderr).toContain('AWS_CONFIG_FILE=');
    expect(told()).not.toContain('Passphrase-of-');
  });
});

const BAD = [{ secretName: 'srt-1', regions: ['us-west-2'], key: { env: 'BAD' } }];
const NONE = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
const UNREACHABLE = { ...NONE, AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
const PLACE = ['--secret-name', 'srt-1', '--region', 'us-west-2', '--key-env', 'BAD'];

describe('an invalid key in a variable', () => {
  test.each([['rotate', '--yes'], ['verify'], ['setup', '--yes']])(
    'is reported before missing credentials when a manifest names it: %s',
    async (...command) => {
      const args = [...command, '--manifest', manifestFile({ keys: BAD })];
      const { code, stderr } = await runHere(args, { ...NONE, BAD: '5' });
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/keys\.yaml:1:\d+: The key has /);
      expect(stderr).not.toContain('credentials');
    },
  );

  test.each([['rotate', '--yes'], ['verify'], ['setup', '--yes']])(
    'is reported before missing credentials when an option names it: %s',
    async (...command) => {
      const { code, stderr } = await runHere([...command, ...PLACE], { ...NONE, BAD: '5' });
      expect(code, stderr).toBe(2);
      expect(stderr).toContain('✖ The key has ');
      expect(stderr).not.toContain('credentials');
    },
  );

  test.each(['rotate', 'verify'])(
    'is reported with the unknown key type when AWS is not reachable: %s --manifest',
    async (command) => {
      const keys = [...BAD, { ...BAD[0], secretName: 'srt-2', key: { env: 'WORSE' } }];
      const args = [command, '--yes', '--manifest', manifestFile({ keys })].filter(
        (each) => command === 'rotate' || each !== '--yes',
      );
      const env = { ...UNREACHABLE, AWS_MAX_ATTEMPTS: '1', BAD: passwordOf('srt-1'), WORSE: '5' };
      const { code, stderr } = await runHere(args, env);
      expect(code, stderr).toBe(2);
      expect(stderr).toMatch(/✖ 2 keys in \S+ can't be used:/);
      expect(stderr.replace(/\s+/g, ' ')).toContain("Couldn't read the key type of the secret: ");
      expect(stderr.replace(/\s+/g, ' ')).toContain(
        'If the key is an SRT password, add keyType srt-password.',
      );
      expect(stderr).not.toContain('Passphrase');
    },
  );

  test('is reported with the unknown key type when there are no credentials: verify --key-env', async () => {
    const { code, stderr } = await runHere(['verify', ...PLACE], { ...NONE, BAD: passwordOf('srt-1') });
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('✖ The key has ');
    const text = stderr.replace(/\s+/g, ' ');
    expect(text).toContain("Couldn't read the key type of the secret: No AWS credentials found.");
    expect(text).toContain('If the key is an SRT password, add --key-type srt-password.');
    expect(text).not.toContain('Nothing was sent to AWS');
  });
});

test('verify does not read the key type of a secret in an unexpected account', async () => {
  await makeSecrets(['srt-1']);
  sandbox().clearRequests();
  const { env } = profileThatTells();
  const args = ['verify', ...PLACE, '--profile', 'p', '--account-id', '999999999999'];
  const { code } = await runHere(args, { ...env, BAD: passwordOf('srt-1') });
  expect(code).toBe(2);
  expect(new Set(sandbox().requests.map(({ action }) => action))).toEqual(new Set(['GetCallerIdentity']));
});
