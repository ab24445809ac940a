import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/aws/configuration.ts';
import { foundCredentials } from '../../src/aws/credentials.ts';
import { closing } from '../support/closing.ts';

let folder: string;
let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

/** Returns what looks for the credentials of a profile `p` with these settings. */
async function finding(
  settings: string,
  { env = {}, more = '', interrupt = new AbortController().signal } = {},
) {
  const config = join(folder, 'config');
  writeFileSync(config, `[profile p]\nregion = us-west-2\n${settings}\n${more}`);
  // The SDK's providers read the process's own variables.
  Object.assign(process.env, {
    ...{ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), HOME: folder },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_MAX_ATTEMPTS: '1', ...env },
  });
  const configuration = await readConfiguration({ profile: 'p' }, process.env);
  return foundCredentials({ configuration, homeRegion: 'us-west-2' }, new NodeHttpHandler(), interrupt);
}

/** A process that counts its runs in a file, and then does what the script says. */
function counting(script: string): { command: string; runs: () => number } {
  const [path, count] = [join(folder, 'process.sh'), join(folder, 'count')];
  writeFileSync(path, `#!/bin/sh\necho x >> ${count}\n${script}\n`, { mode: 0o755 });
  return {
    command: `${path} --secret-argument`,
    runs: () => readFileSync(count, 'utf8').split('\n').length - 1,
  };
}

const CREDENTIALS = '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"example"}';

describe('a credential process', () => {
  test('runs once, whoever asks', async () => {
    const { command, runs } = counting(`echo '${CREDENTIALS}'`);
    const find = await finding(`credential_process = ${command}`);
    const found = await Promise.all([find(), find(), find()]);
    expect(found[0]).toEqual({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' });
    expect(runs()).toBe(1);
  });

  test('runs once also where its credentials end soon', async () => {
    const Expiration = new Date(Date.now() + 120_000).toISOString();
    const { command, runs } = counting(
      `echo '${JSON.stringify({ ...JSON.parse(CREDENTIALS), Expiration })}'`,
    );
    const find = await finding(`credential_process = ${command}`);
    expect((await find()).expiration).toEqual(new Date(Expiration));
    await find();
    expect(runs()).toBe(1);
  });

  test.each([
    ['echo secret-output; exit 7', 'The credential_process of the profile p failed (7).'],
    [
      'echo secret-output',
      'The credential_process of the profile p printed something other than credentials',
    ],
    ['echo \'{"Version":2}\'', 'printed something other than credentials'],
  ])('that fails runs once, and neither its arguments nor its output is told: %s', async (script, told) => {
    const { command, runs } = counting(script);
    const find = await finding(`credential_process = ${command}`);
    for (const each of [find, find]) {
      const failure = await each().catch((error: unknown) => error);
      expect(failure).toMatchObject({
        code: 'no-credentials',
        exitCode: 4,
        message: expect.stringContaining(told),
      });
      const { message, stack, cause } = failure as Error;
      expect(`${message} ${stack} ${JSON.stringify(cause)}`).not.toMatch(/secret-(argument|output)/);
    }
    expect(runs()).toBe(1);
  });

  test('is stopped when the user interrupts', async () => {
    const interrupting = new AbortController();
    const { command } = counting('exec sleep 30');
    const find = await finding(`credential_process = ${command}`, { interrupt: interrupting.signal });
    setTimeout(() => interrupting.abort(), 100);
    await expect(find()).rejects.toMatchObject({ name: 'Interrupted' });
  });

  test('that fails is no reason to take the credentials of the pod', async () => {
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/Pod',
    };
    const find = await finding('credential_process = false', { env });
    await expect(find()).rejects.toThrow('The credential_process of the profile p failed (1).');
  });
});

test('a source profile whose process fails is named, and nothing of the process is told', async () => {
  const { command } = counting('echo secret-output >&2; exit 7');
  const role = 'role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = src';
  for (const settings of [role, `${role}\nmfa_serial = arn:aws:iam::111122223333:mfa/me`]) {
    const find = await finding(settings, { more: `[profile src]\ncredential_process = ${command}\n` });
    const failure = await find().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      exitCode: 4,
      message: 'The profile p takes its credentials from src, whose credential_process failed.',
    });
    expect(`${(failure as Error).stack} ${JSON.stringify((failure as Error).cause)}`).not.toContain(
      'secret-',
    );
  }
});

describe('access keys in a profile are not taken where it names something else', () => {
  const KEYS = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example';

  test.each<[string, string, string]>([
    ['a role without a source', 'role_arn = arn:aws:iam::111122223333:role/R', 'has role_arn, but neither'],
    [
      'an SSO session',
      'sso_start_url = https://example.com\nsso_account_id = 111122223333\nsso_role_name = R\nsso_region = us-east-1',
      'The SSO session of the profile p has ended.',
    ],
    [
      'a web identity',
      'role_arn = arn:aws:iam::111122223333:role/R\nweb_identity_token_file = /nowhere',
      "The token file of web_identity_token_file can't be read",
    ],
    ['a process', 'credential_process = false', 'The credential_process of the profile p failed (1).'],
  ])('%s', async (_what, settings, told) => {
    const find = await finding(`${KEYS}\n${settings}`);
    await expect(find()).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining(told) });
  });
});

describe('a profile that cannot be used says why', () => {
  const SSO = 'sso_account_id = 111122223333\nsso_role_name = Engineer\nsso_region = us-east-1';

  test.each<[string, string, string, string]>([
    [
      'whose source profile is not there',
      'role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = gone',
      'The profile p takes its credentials from the profile gone',
      'source_profile',
    ],
    [
      'whose SSO session is not there',
      `sso_session = gone\n${SSO}`,
      'The profile p names the SSO session gone, which is not in the AWS configuration file.',
      'aws configure sso --profile p',
    ],
    [
      'whose SSO session has ended',
      `sso_start_url = https://example.com/start\n${SSO}`,
      'The SSO session of the profile p has ended.',
      'aws sso login --profile p',
    ],
    [
      'that lacks the account of the SSO session',
      'sso_start_url = https://example.com/start\nsso_role_name = Engineer\nsso_region = us-east-1',
      'The profile p uses IAM Identity Center, but has no sso_account_id.',
      'aws configure sso --profile p',
    ],
    [
      'whose sign-in has ended',
      'login_session = arn:aws:iam::111122223333:user/me',
      'The sign-in of the profile p has ended.',
      'aws login --profile p',
    ],
    [
      'whose token file is not there',
      'role_arn = arn:aws:iam::111122223333:role/R\nweb_identity_token_file = /nowhere',
      "The token file of web_identity_token_file can't be read (ENOENT).",
      'platform',
    ],
    ['that holds half a key', 'aws_access_key_id = AKIA', 'The credentials of the profile p', 'profile p'],
    [
      'that holds no credentials where there are no others',
      '',
      'The profile p holds no credentials, and no others were found.',
      'aws configure --profile p',
    ],
  ])('%s', async (_what, settings, message, hint) => {
    const find = await finding(settings);
    await expect(find()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test.each([
    [404, 4],
    [429, 1],
    [500, 1],
  ])('that leaves it to a container endpoint which answers %i: exit code %i', async (status, exitCode) => {
    const server = createServer((_request, response) => response.writeHead(status).end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/creds` };
    const find = await finding('', { env });
    await expect(find()).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining('The container credentials endpoint'),
    });
  });
});
