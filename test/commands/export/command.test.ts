import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '../../support/account.ts';
import { program, runCommand } from '../../support/runs/run.ts';
import { runHere } from '../../support/runs/run-here.ts';

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-export-'));
afterAll(() => rmSync(folder, { recursive: true }));
const BASIC = ['--secret-name', 'studio-a', '--region', 'us-west-2,eu-west-1'];
const exporting = (what: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  runHere(['export', what, ...args], env);
/** An endpoint at which every request fails at once. */
const NOWHERE = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };

const OTHER = '444455556666';

describe('export script for one account', () => {
  const MADE_FOR = /"\$account" != (\d+)/;
  const boundary = (account: string) => ['--permissions-boundary', `arn:aws:iam::${account}:policy/b`];
  const flowsOf = (account: string) => ['--source-arn', `arn:aws:mediaconnect:us-west-2:${account}:flow:*`];
  const secret = ['--secret-arn', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf'];
  const manifestOf = (text: string) => {
    const path = join(folder, 'account.yaml');
    writeFileSync(
      path,
      `version: 1\n${text}\nkeys: [{secretName: a, regions: [us-west-2], key: {env: A_KEY}}]\n`,
    );
    return ['--manifest', path];
  };

  test.each<[string, () => string[], string | undefined]>([
    ['nothing', () => BASIC, undefined],
    ['--account-id', () => [...BASIC, '--account-id', OTHER], OTHER],
    ['the ARN of a secret', () => secret, '111122223333'],
    ['a permissions boundary', () => [...BASIC, ...boundary(OTHER)], OTHER],
    ['a permissions boundary of AWS', () => [...BASIC, ...boundary('aws')], undefined],
    ['--source-arn', () => [...BASIC, ...flowsOf(OTHER)], OTHER],
    ['a --source-arn of any account', () => [...BASIC, ...flowsOf('*')], undefined],
    ['a manifest', () => manifestOf('account: "444455556666"'), OTHER],
    ['a manifest without an account', () => manifestOf(''), undefined],
    [
      'a manifest and --account-id',
      () => [...manifestOf('account: "444455556666"'), '--account-id', OTHER],
      OTHER,
    ],
  ])('takes the account from %s', async (_what, args, account) => {
    const { code, stdout, stderr } = await exporting('script', args(), NOWHERE);
    expect(code, stderr).toBe(0);
    expect(MADE_FOR.exec(stdout)?.[1]).toBe(account);
  });

  test.each<[string, () => string[], string]>([
    [
      '--account-id and an ARN',
      () => [...secret, '--account-id', OTHER],
      `An ARN belongs to account 111122223333, not to ${OTHER} (--account-id).`,
    ],
    [
      '--account-id and --source-arn',
      () => [...BASIC, '--account-id', OTHER, ...flowsOf('999988887777')],
      `An ARN belongs to account 999988887777, not to ${OTHER} (--account-id).`,
    ],
    [
      'an ARN and --source-arn',
      () => [...secret, ...flowsOf(OTHER)],
      'The ARNs belong to different accounts.',
    ],
    ['two ARNs', () => [...secret, ...boundary(OTHER)], 'The ARNs belong to different accounts.'],
    [
      '--account-id and a manifest',
      () => [...manifestOf('account: "444455556666"'), '--account-id', '111122223333'],
      'name different accounts',
    ],
  ])('refuses different accounts: %s', async (_what, args, sentence) => {
    const { code, stdout, stderr } = await exporting('script', args(), NOWHERE);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.replace(/\s+/g, ' ')).toContain(sentence);
  });
});

describe('export cloudformation for one account', () => {
  test.each([
    ['--account-id', ['--account-id', OTHER]],
    ['--source-arn', ['--source-arn', `arn:aws:mediaconnect:*:${OTHER}:flow:*`]],
  ])('adds a rule against every other account with %s', async (_what, args) => {
    const { code, stdout, stderr } = await exporting('cloudformation', [...BASIC, ...args], NOWHERE);
    expect(code, stderr).toBe(0);
    const [assertion] = parse(stdout).Rules.OnlyAccount.Assertions;
    expect(assertion.Assert).toEqual({ 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, OTHER] });
    expect(stderr.replace(/\s+/g, ' ')).toContain(`The template is for account ${OTHER}.`);
  });
});

describe('export cloudformation', () => {
  test('prints the template on standard output and what to do on standard error, without calling AWS', async () => {
    const { code, stdout, stderr } = await exporting('cloudformation', BASIC, NOWHERE);
    expect(code).toBe(0);
    expect(Object.keys(parse(stdout))).toEqual([
      'AWSTemplateFormatVersion',
      'Description',
      'Parameters',
      'Conditions',
      'Resources',
      'Outputs',
    ]);
    expect(stderr).toContain('Deploy to: us-west-2, eu-west-1');
    expect(stderr).toContain('StudioAKey: the key of studio-a');
    expect((await exporting('cloudformation', [...BASIC, '--quiet'])).stderr).toBe('');
  });

  test('takes the home Region from its option, or else the first Region', async () => {
    const home = async (...args: string[]) =>
      JSON.parse((await exporting('cloudformation', [...BASIC, '--format', 'json', ...args])).stdout)
        .Parameters.HomeRegion.Default;
    expect(await home()).toBe('us-west-2');
    expect(await home('--home-region', 'us-east-1')).toBe('us-east-1');
  });

  test('refuses a home Region of another partition', async () => {
    const { code, stderr } = await exporting('cloudformation', [...BASIC, '--home-region', 'cn-north-1']);
    expect(code).toBe(2);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      '--home-region cn-north-1 and the Regions of the keys are in different AWS partitions.',
    );
  });

  test('warns that a generated key becomes a parameter when there is more than one Region', async () => {
    const one = ['--secret-name', 'studio-a', '--region', 'us-west-2', '--generate', 'aes256', '--quiet'];
    expect((await exporting('cloudformation', one)).stderr).toBe('');
    const { code, stderr } = await exporting('cloudformation', [...one, '--region', 'eu-west-1']);
    expect(code).toBe(0);
    expect(stderr.replaceAll('\n', ' ')).toContain('use that key for StudioAKey.');
    expect(stderr.replace(/\\\n\s+/g, '')).toContain(
      'aws secretsmanager get-secret-value --region us-west-2 --secret-id studio-a --query SecretString',
    );
  });

  test('prints the template, its Regions and the parameters for the keys as one JSON document', async () => {
    const { stdout } = await exporting('cloudformation', [...BASIC, '--json', '--home-region', 'us-east-1']);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      homeRegion: 'us-east-1',
      regions: ['us-east-1', 'us-west-2', 'eu-west-1'],
      parameters: [{ name: 'StudioAKey', secretName: 'studio-a' }],
      template: { Resources: { StudioASecret: { Type: 'AWS::SecretsManager::Secret' } } },
    });
  });

  test('uses the configured Region, and the names of the AWS guide in the sandbox', async () => {
    const { stdout } = await exporting('cloudformation', ['--sandbox']);
    expect(parse(stdout).Outputs).toBeDefined();
    const named = await exporting('cloudformation', ['--secret-name', 'studio-a'], {
      AWS_REGION: 'eu-north-1',
    });
    expect(named.stderr).toContain('Deploy to: eu-north-1');
  });

  test('reports everything that is missing or wrong at once', async () => {
    const nothing = await exporting('cloudformation', []);
    expect(nothing.code).toBe(2);
    for (const item of ['--secret-name NAME', '--region REGION']) expect(nothing.stderr).toContain(item);
    const wrong = await exporting('cloudformation', [
      '--region',
      'here',
      '--format',
      'xml',
      '--home-region',
      'there',
    ]);
    expect(wrong.code).toBe(2);
    for (const flag of ['--region', '--format', '--home-region'])
      expect(wrong.stderr).toContain(`${flag} must be`);
  });

  test('says that a large template must be uploaded to S3', async () => {
    const keys = Array.from(
      { length: 60 },
      (_, index) => `{secretName: feed-${index}, key: {env: FEED_KEY}}`,
    );
    const manifest = join(folder, 'keys.yaml');
    writeFileSync(manifest, `version: 1\ndefaults: {regions: [us-west-2]}\nkeys: [${keys.join(', ')}]\n`);
    const { code, stdout, stderr } = await exporting('cloudformation', ['--manifest', manifest]);
    expect(code).toBe(0);
    expect(Object.keys(parse(stdout).Parameters)).toHaveLength(61);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      'reads templates above 51200 bytes only from an S3 bucket.',
    );
    const beside = await exporting('cloudformation', [
      '--manifest',
      manifest,
      '--secret-name',
      'x',
      '--format',
      'json',
    ]);
    expect(beside).toMatchObject({ code: 2 });
    expect(beside.stderr.replaceAll('\n', ' ')).toContain("can't be combined with --secret-name.");
  });
});

describe('export script', () => {
  test('prints a script, and says where the script reads the key from', async () => {
    const file = join(folder, 'studio a.key');
    writeFileSync(file, KEYS.aes256);
    const { code, stdout, stderr } = await exporting('script', [...BASIC, '--key-file', file], NOWHERE);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(stdout).toContain(`STUDIO_A_KEY_FILE=\${STUDIO_A_KEY_FILE:-'${file}'}`);
    expect(stderr).toContain('STUDIO_A_KEY_FILE: ');
    expect(stdout + stderr).not.toContain(KEYS.aes256);
    const json = JSON.parse((await exporting('script', [...BASIC, '--json'])).stdout);
    expect(json).toMatchObject({ version: 1, keyFiles: [{ variable: 'STUDIO_A_KEY_FILE', path: '-' }] });
  });

  test('accepts the path of a key file that does not exist yet', async () => {
    const { code, stderr } = await exporting('script', [...BASIC, '--key-file', 'no-such-studio.key']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('no-such-studio.key') });
  });

  test.each([
    ['--key-file', KEYS.aes256],
    ['--key-file', `${KEYS.aes256}.key`],
    ['--key-file', 'correct horse battery'],
    ['--key-env', `abcdef${KEYS.aes128.slice(6)}`],
    ['--key-env', 'correcthorsebattery'],
    ['--output', KEYS.aes128],
  ])('does not repeat a key that is given to %s by mistake', async (flag, key) => {
    const { code, stdout, stderr } = await exporting('script', [...BASIC, flag, key]);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(key);
  });

  test('refuses a description that the AWS CLI would read as a file', async () => {
    const { code, stderr } = await exporting('script', [
      ...BASIC,
      '--role-description',
      'file:///etc/hostname',
    ]);
    expect(code).toBe(2);
    expect(stderr.replaceAll('\n', ' ')).toContain('--role-description');
  });
});

describe('--output', () => {
  test('overwrites a file only with --force, and makes a script executable', async () => {
    const path = join(folder, 'studio-a.sh');
    const args = [...BASIC, '--output', path];
    const { code, stdout, stderr } = await exporting('script', args);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`Written to ${path}.`);
    expect(statSync(path).mode & 0o100).toBe(0o100);
    writeFileSync(path, 'mine');
    const again = await exporting('script', args);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('already exists');
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await exporting('script', [...args, '--force'])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^#!/);
    chmodSync(path, 0o640);
    await exporting('script', [...args, '--force']);
    expect(statSync(path).mode & 0o777).toBe(0o750);
  });

  describe('when the disk becomes full', () => {
    // Limits files to one kilobyte, which the script exceeds.
    const onFullDisk = (path: string, ...flags: string[]) => {
      const args = [process.execPath, program, 'export', 'script', ...BASIC, '--output', path, ...flags];
      return runCommand('bash', ['-c', 'ulimit -f 1; exec "$@"', 'bash', ...args]);
    };
    const empty = () => mkdtempSync(join(folder, 'full-'));

    test.concurrent('keeps the old file with --force, and leaves nothing else', async () => {
      const home = empty();
      const path = join(home, 'studio.sh');
      writeFileSync(path, 'mine', { mode: 0o640 });
      const { code, stderr } = await onFullDisk(path, '--force');
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/couldn't be written\s+\(EFBIG\)\.\n$/),
      });
      expect(readFileSync(path, 'utf8')).toBe('mine');
      expect(readdirSync(home)).toEqual(['studio.sh']);
    });

    test.concurrent('leaves no part of a new file', async () => {
      const home = empty();
      expect((await onFullDisk(join(home, 'studio.sh'))).code).toBe(1);
      expect(readdirSync(home)).toEqual([]);
    });
  });

  test('writes through a symbolic link, even a dangling one, and keeps the link', async () => {
    const [path, desired] = [join(folder, 'link.sh'), join(folder, 'aim.sh')];
    symlinkSync(desired, path);
    const args = [...BASIC, '--output', path];
    expect((await exporting('script', args)).code).toBe(3);
    for (const _ of [1, 2]) {
      expect((await exporting('script', [...args, '--force'])).code).toBe(0);
      expect(readFileSync(desired, 'utf8')).toMatch(/^#!/);
      expect(lstatSync(path).isSymbolicLink()).toBe(true);
    }
  });

  test('writes to a pipe or a device without --force', async () => {
    const args = [process.execPath, program, 'export', 'script', ...BASIC];
    const piped = await runCommand('bash', ['-c', '"$@" --output >(cat); wait $!', 'bash', ...args]);
    expect({ code: piped.code, stdout: piped.stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^#!/),
    });
    expect((await exporting('script', [...BASIC, '--output', '/dev/null'])).code).toBe(0);
  });

  test('accepts - for standard output, and requires a path otherwise', async () => {
    expect((await exporting('script', [...BASIC, '--output', '-'])).stdout).toMatch(/^#!/);
    expect((await exporting('cloudformation', [...BASIC, '--output', '-'])).stdout).toContain('AWSTemplate');
    const { code, stderr } = await exporting('script', [...BASIC, '--output', '']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('--output must be a file path, or - for standard output.'),
    });
  });

  test('reports a file that cannot be written', async () => {
    const { code, stderr } = await exporting('cloudformation', [
      ...BASIC,
      '--output',
      join(folder, 'none', 'x.yaml'),
    ]);
    expect(code).toBe(1);
    expect(stderr.replaceAll('\n', ' ')).toContain("couldn't be written (ENOENT)");
  });
});
