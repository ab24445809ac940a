import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/protocols';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AwsSettings, createClients } from '../../src/aws/clients.ts';
import { readConfiguration } from '../../src/aws/credentials/configuration.ts';
import { createRequestQueues } from '../../src/aws/requests/request-queues.ts';
import { openAws } from '../../src/aws/session.ts';
import type { Failure } from '../../src/failure.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { ACCOUNT, ADMINISTRATOR, makeRole, roleArn } from '../support/account.ts';
import { closing } from '../support/closing.ts';

let folder: string;
let before: NodeJS.ProcessEnv;

beforeEach(() => {
  before = { ...process.env };
  folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  process.env = before;
  rmSync(folder, { recursive: true, force: true });
});

interface ProfileScene {
  env?: NodeJS.ProcessEnv;
  /** Further sections of the configuration file. */
  more?: string;
}

/** Returns the configuration of a profile `p` with these settings. */
async function configurationOf(settings: string, { env = {}, more = '' }: ProfileScene = {}) {
  const config = join(folder, 'config');
  writeFileSync(config, `[profile p]\nregion = us-west-2\n${settings}\n${more}`);
  // The SDK's providers read the process's own variables.
  Object.assign(process.env, {
    ...{ AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), HOME: folder },
    ...{ AWS_EC2_METADATA_DISABLED: 'true', AWS_MAX_ATTEMPTS: '1', ...env },
  });
  return readConfiguration({ profile: 'p' }, process.env);
}

/** Returns a function that finds the credentials of a profile `p` with these settings. */
async function finding(
  settings: string,
  {
    env,
    more,
    interrupt = new AbortController().signal,
    ...how
  }: ProfileScene & { interrupt?: AbortSignal } & Pick<AwsSettings, 'askMfaCode' | 'requestHandler'> = {},
) {
  const configuration = await configurationOf(settings, { ...(env && { env }), ...(more && { more }) });
  const clients = createClients(
    { configuration, homeRegion: 'us-west-2', ...how },
    interrupt,
    createRequestQueues(interrupt),
    () => () => undefined,
  );
  closing(() => clients.close());
  return () => clients.sts().config.credentials();
}

/** A credential process that counts its runs in a file, then runs the script. */
function counting(script: string): { command: string; runs: () => number } {
  const [path, count] = [join(folder, 'process.sh'), join(folder, 'count')];
  writeFileSync(path, `#!/bin/sh\necho x >> ${count}\n${script}\n`, { mode: 0o755 });
  return {
    command: `${path} --secret-argument`,
    runs: () => readFileSync(count, 'utf8').split('\n').length - 1,
  };
}

const CONTAINER = {
  AccessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  SecretAccessKey: 'example',
  Token: 'example',
};
const CREDENTIALS = '{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"example"}';

describe('a credential process', () => {
  test('runs once when several callers need credentials', async () => {
    const { command, runs } = counting(`echo '${CREDENTIALS}'`);
    const find = await finding(`credential_process = ${command}`);
    const found = await Promise.all([find(), find(), find()]);
    expect(found[0]).toEqual({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' });
    expect(runs()).toBe(1);
  });

  test('runs once even if its credentials expire soon', async () => {
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
  ])(
    'runs once when it fails, and its arguments and output stay out of the error: %s',
    async (script, told) => {
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
    },
  );

  test.each([
    ['2026-01-01T00:00:00Z', 'expired-credentials', 'printed credentials that have expired.'],
    ['soon', 'no-credentials', 'printed something other than credentials'],
  ])('is rejected when it reports the expiration %s', async (Expiration, code, told) => {
    const { command } = counting(`echo '${JSON.stringify({ ...JSON.parse(CREDENTIALS), Expiration })}'`);
    const find = await finding(`credential_process = ${command}`);
    await expect(find()).rejects.toMatchObject({ code, message: expect.stringContaining(told) });
  });

  test('runs once per renewal, even if the renewal fails', async () => {
    const soon = new Date(Date.now() + 120_000).toISOString();
    const { command, runs } = counting(
      `echo '${JSON.stringify({ ...JSON.parse(CREDENTIALS), Expiration: soon })}'`,
    );
    const find = await finding(`credential_process = ${command}`);
    await find();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 90_000 });
    await Promise.all([find(), find(), find()]);
    expect(runs()).toBe(2);
    vi.setSystemTime(Date.now() + 90_000);
    for (const each of [find, find])
      await expect(each()).rejects.toMatchObject({ code: 'expired-credentials' });
    expect(runs()).toBe(3);
  });

  test('is stopped when the user interrupts', async () => {
    const interrupting = new AbortController();
    const { command } = counting('exec sleep 30');
    const find = await finding(`credential_process = ${command}`, { interrupt: interrupting.signal });
    setTimeout(() => interrupting.abort(), 100);
    await expect(find()).rejects.toMatchObject({ name: 'Interrupted' });
  });

  test('does not fall back to the credentials of the pod when it fails', async () => {
    const env = {
      AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere',
      AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/Pod',
    };
    const find = await finding('credential_process = false', { env });
    await expect(find()).rejects.toThrow('The credential_process of the profile p failed (1).');
  });
});

test('keeps a web identity token out of the error when STS repeats it', async () => {
  const token = join(folder, 'token');
  writeFileSync(token, 'eyJ-example-token\n');
  const message = "1 validation error detected: Value 'eyJ-example-token' at 'webIdentityToken' failed";
  const server = createServer((_request, response) =>
    response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(() => void server.close());
  const find = await finding(`role_arn = ${roleArn('R')}\nweb_identity_token_file = ${token}`, {
    env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  const failure = await find().catch((error: unknown) => error);
  expect(failure).toMatchObject({ message: expect.stringContaining('ValidationError') });
  const { message: told, stack, cause } = failure as Error;
  expect(`${told} ${stack} ${(cause as Error).stack} ${(cause as Error).message}`).not.toContain(
    'eyJ-example',
  );
});

test.each([
  ['ExpiredTokenException', 'expired-credentials', 'The web identity token from', 'your platform'],
  ['AccessDenied', 'access-denied', 'sts:AssumeRoleWithWebIdentity', 'the identity provider and the subject'],
  ['InvalidIdentityToken', 'no-credentials', 'InvalidIdentityToken', 'your platform'],
  ['ValidationError', 'aws-error', 'ValidationError', 'Correct the profile p'],
])('explains the STS error %s for a web identity token', async (name, code, message, hint) => {
  const token = join(folder, 'token');
  writeFileSync(token, 'example-token');
  const server = createServer((_request, response) =>
    response
      .writeHead(400, { 'content-type': 'text/xml' })
      .end(
        `<ErrorResponse><Error><Code>${name}</Code><Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
      ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(() => void server.close());
  const find = await finding(`role_arn = ${roleArn('R')}\nweb_identity_token_file = ${token}`, {
    env: { AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  await expect(find()).rejects.toMatchObject({
    code,
    exitCode: 4,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
});

test('keeps a cached sign-in out of the error when it cannot be parsed', async () => {
  const cache = join(folder, '.aws', 'login', 'cache');
  mkdirSync(cache, { recursive: true });
  const session = 'arn:aws:iam::111122223333:user/me';
  const name = createHash('sha256').update(session).digest('hex');
  writeFileSync(join(cache, `${name}.json`), '{"accessToken":{"secretAccessKey":SECRET-OF-ALL}}');
  const find = await finding(`login_session = ${session}`);
  const failure = await find().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'expired-credentials' });
  const { message, stack, cause } = failure as Error;
  expect(`${message} ${stack} ${(cause as Error).stack} ${(cause as Error).message}`).not.toContain('SECRET');
});

test('stops waiting for a token file that is a pipe without a writer when the user interrupts', async () => {
  const pipe = join(folder, 'token');
  execFileSync('mkfifo', [pipe]);
  const interrupting = new AbortController();
  const find = await finding(`role_arn = ${roleArn('R')}\nweb_identity_token_file = ${pipe}`, {
    interrupt: interrupting.signal,
  });
  setTimeout(() => interrupting.abort(), 100);
  await expect(find()).rejects.toMatchObject({ name: 'Interrupted' });
});

test('names a source profile whose process fails, and keeps the output of the process out of the error', async () => {
  const { command } = counting('echo secret-output >&2; exit 7');
  const role = 'role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = src';
  for (const settings of [role, `${role}\nmfa_serial = arn:aws:iam::111122223333:mfa/me`]) {
    const find = await finding(settings, { more: `[profile src]\ncredential_process = ${command}\n` });
    const failure = await find().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      exitCode: 4,
      message: 'The credential_process of the profile src failed (7).',
      details: ['The profile p gets its credentials from the profile src.'],
    });
    expect(`${(failure as Error).stack} ${JSON.stringify((failure as Error).cause)}`).not.toContain(
      'secret-',
    );
  }
});

describe('a chain of roles', () => {
  const ROLE = `role_arn = ${roleArn('Last')}\n`;

  /** An account with the roles `First`, which its users may assume, and `Last`, which `First` may assume. */
  async function accountWithRoles(): Promise<{ env: NodeJS.ProcessEnv; keys: string; sandbox: Sandbox }> {
    const sandbox = await startSandbox();
    closing(() => sandbox.close());
    const trust = (principal: string) => ({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
    });
    const account = `arn:aws:iam::${ACCOUNT}:root`;
    await makeRole(sandbox, { name: 'First', trust: trust(account), attached: [ADMINISTRATOR] });
    await makeRole(sandbox, { name: 'Last', trust: trust(roleArn('First')) });
    const { accessKeyId, secretAccessKey } = sandbox.credentials;
    return {
      sandbox,
      env: { AWS_ENDPOINT_URL_STS: sandbox.url },
      keys: `[profile keys]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
    };
  }

  const assumptionsIn = ({ requests }: Sandbox) =>
    requests.filter(({ action }) => action === 'AssumeRole').length;
  const FIRST = `[profile first]\nrole_arn = ${roleArn('First')}\nsource_profile = keys\n`;

  test('is assumed role by role', async () => {
    const { env, keys, sandbox } = await accountWithRoles();
    const find = await finding(`${ROLE}source_profile = first`, { env, more: `${FIRST}${keys}` });
    expect(await find()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
    await find();
    expect(assumptionsIn(sandbox)).toBe(2);
  });

  test('ends at the access keys of a profile that names itself as its source', async () => {
    const { env, keys, sandbox } = await accountWithRoles();
    const more = `${keys}role_arn = ${roleArn('First')}\nsource_profile = keys\n`;
    const find = await finding(`${ROLE.replace('Last', 'First')}source_profile = keys`, { env, more });
    expect(await find()).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
    expect(assumptionsIn(sandbox)).toBe(1);
  });

  test('reports which role could not be assumed, and which profile depends on it', async () => {
    const { env, keys } = await accountWithRoles();
    const more = `${FIRST.replace('role/First', 'role/Other')}${keys}`;
    const find = await finding(`${ROLE}source_profile = first`, { env, more });
    await expect(find()).rejects.toMatchObject({
      exitCode: 4,
      code: 'access-denied',
      message: expect.stringContaining(`sts:AssumeRole on ${roleArn('Other')}`),
      details: expect.arrayContaining(['The profile p gets its credentials from the profile first.']),
    });
  });

  test('names the profile whose access keys AWS does not know', async () => {
    const { env } = await accountWithRoles();
    const keys =
      '[profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n';
    const find = await finding(`${ROLE}source_profile = first`, { env, more: `${FIRST}${keys}` });
    await expect(find()).rejects.toMatchObject({
      code: 'invalid-credentials',
      hint: expect.objectContaining({
        command: 'aws sts get-caller-identity --region us-west-2 --profile keys',
      }),
      details: ['The profile p gets its credentials from the profile first.'],
    });
  });

  test('asks for the MFA code only after the source credentials are available', async () => {
    const { env } = await accountWithRoles();
    const { command, runs } = counting('exit 7');
    const codes: string[] = [];
    const find = await finding(`${ROLE}source_profile = s\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/me`, {
      env,
      more: `[profile s]\ncredential_process = ${command}\n`,
      askMfaCode: async (serial) => {
        codes.push(serial);
        return '123456';
      },
    });
    await expect(find()).rejects.toMatchObject({
      message: 'The credential_process of the profile s failed (7).',
    });
    expect([codes, runs()]).toEqual([[], 1]);
  });

  test('does not count the wait for the MFA code toward the time limit of a call', async () => {
    const { env, keys } = await accountWithRoles();
    const role = `role_arn = ${roleArn('First')}\nsource_profile = keys\nmfa_serial = arn:aws:iam::${ACCOUNT}:mfa/me`;
    const configuration = await configurationOf(role, { env, more: keys });
    const askMfaCode = () => new Promise<string>((resolve) => setTimeout(resolve, 700, '123456'));
    const aws = openAws({ configuration, askMfaCode, homeRegion: 'us-west-2' }, new AbortController().signal);
    closing(() => aws.clients.close());
    const request = { action: 'sts:GetCallerIdentity', resource: '*', limitMs: 500 };
    const send = (options: object) => aws.clients.sts().send(new GetCallerIdentityCommand({}), options);
    expect(await aws.call(request, send)).toMatchObject({ Account: ACCOUNT });
  });

  test('reports no unconfirmed change when it fails', async () => {
    const configuration = await configurationOf('credential_process = exit 3');
    const aws = openAws({ configuration }, new AbortController().signal);
    closing(() => aws.clients.close());
    const change = aws.call({ action: 'iam:CreateRole', resource: 'r', change: true }, async () => undefined);
    const failure = await change.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'no-credentials' });
    expect((failure as Failure).unconfirmedAction).toBeUndefined();
  });

  test('never sends the token of an SSO session to an STS endpoint', async () => {
    const cache = join(folder, '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    const token = { accessToken: 'example', expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
    const name = createHash('sha1').update('https://example.com/start').digest('hex');
    writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
    const hosts: string[] = [];
    const find = await finding(`${ROLE}source_profile = sso`, {
      env: { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' },
      more: '[profile sso]\nsso_start_url = https://example.com/start\nsso_account_id = 111122223333\nsso_role_name = R\nsso_region = eu-west-1\n',
      requestHandler: {
        metadata: { handlerProtocol: 'http/1.1' },
        destroy: () => undefined,
        handle: async ({ hostname }) => {
          hosts.push(hostname);
          return { response: new HttpResponse({ statusCode: 500, headers: {} }) };
        },
      },
    });
    await expect(find()).rejects.toMatchObject({
      exitCode: 1,
      message: 'IAM Identity Center returned HTTP status 500.',
      details: ['The profile p gets its credentials from the profile sso.'],
    });
    expect(new Set(hosts)).toEqual(new Set(['portal.sso.eu-west-1.amazonaws.com']));
  });

  test.each<[string, string, string, string[]]>([
    [
      'the process of the source profile fails, although the profile also has access keys',
      'source_profile = both',
      'The credential_process of the profile both failed (1).',
      ['The profile p gets its credentials from the profile both.'],
    ],
    [
      'the profiles form a loop',
      'source_profile = q',
      'The profile q gets its credentials from the profile p, which in turn depends on q.',
      ['The profile p gets its credentials from the profile q.'],
    ],
    [
      'the profile names two sources',
      'source_profile = q\ncredential_source = Environment',
      'The profile p has both',
      [],
    ],
    [
      'the source profile has no credentials',
      'source_profile = empty',
      'The profile p gets its credentials from the profile empty, which has none.',
      [],
    ],
    [
      'the credential source does not exist',
      'credential_source = Container',
      'The credential_source of the profile p is Container. It must be Environment, EcsContainer or Ec2InstanceMetadata.',
      [],
    ],
    [
      'the access key variables are not set',
      'credential_source = Environment',
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must both be set',
      ['The profile p gets its credentials from access keys in the environment (AWS_ACCESS_KEY_ID).'],
    ],
    [
      'there is no container credentials endpoint',
      'credential_source = EcsContainer',
      'No container credentials endpoint: neither',
      ['The profile p gets its credentials from the container credentials endpoint.'],
    ],
    [
      'there is no EC2 instance metadata service',
      'credential_source = Ec2InstanceMetadata',
      'The EC2 instance metadata service returned no credentials.',
      ['The profile p gets its credentials from the EC2 instance metadata service.'],
    ],
    [
      'the duration is not a number',
      'source_profile = keys\nduration_seconds = an hour',
      'In the profile p, duration_seconds must be a whole number of seconds.',
      [],
    ],
  ])('fails with the reason: %s', async (_what, settings, message, details) => {
    const more = `[profile q]\n${ROLE}source_profile = p\n[profile empty]\nregion = us-west-2\n[profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n[profile both]\ncredential_process = false\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n`;
    const find = await finding(`${ROLE}${settings}`, { more });
    await expect(find()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining(message),
      details,
    });
  });
});

describe('access keys in a profile', () => {
  const KEYS = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example';

  test.each<[string, string, string]>([
    ['a role without a source', 'role_arn = arn:aws:iam::111122223333:role/R', 'has role_arn, but neither'],
    [
      'an SSO session',
      'sso_start_url = https://example.com\nsso_account_id = 111122223333\nsso_role_name = R\nsso_region = us-east-1',
      'The SSO session of the profile p has expired.',
    ],
    [
      'a web identity',
      'role_arn = arn:aws:iam::111122223333:role/R\nweb_identity_token_file = /nowhere',
      "The token file from /nowhere (web_identity_token_file in the profile p) can't be read",
    ],
    [
      'a credential process',
      'credential_process = false',
      'The credential_process of the profile p failed (1).',
    ],
  ])('are ignored when the profile also names %s', async (_what, settings, told) => {
    const find = await finding(`${KEYS}\n${settings}`);
    await expect(find()).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining(told) });
  });
});

describe('a profile without usable credentials', () => {
  const SSO = 'sso_account_id = 111122223333\nsso_role_name = Engineer\nsso_region = us-east-1';

  test.each<[string, string, string, string]>([
    [
      'its source profile does not exist',
      'role_arn = arn:aws:iam::111122223333:role/R\nsource_profile = gone',
      "The profile p gets its credentials from the profile gone, which doesn't exist.",
      'Correct the profile p',
    ],
    [
      'its SSO session does not exist',
      `sso_session = gone\n${SSO}`,
      'The profile p uses the SSO session gone, which is not in the AWS configuration file.',
      'aws configure sso --profile p',
    ],
    [
      'its SSO session has expired',
      `sso_start_url = https://example.com/start\n${SSO}`,
      'The SSO session of the profile p has expired.',
      'aws sso login --profile p',
    ],
    [
      'it has no account for the SSO session',
      'sso_start_url = https://example.com/start\nsso_role_name = Engineer\nsso_region = us-east-1',
      'The profile p uses IAM Identity Center, but has no sso_account_id.',
      'aws configure sso --profile p',
    ],
    [
      'its sign-in has expired',
      'login_session = arn:aws:iam::111122223333:user/me',
      'The sign-in session of the profile p has expired.',
      'aws login --profile p',
    ],
    [
      'its token file does not exist',
      'role_arn = arn:aws:iam::111122223333:role/R\nweb_identity_token_file = /nowhere',
      "The token file from /nowhere (web_identity_token_file in the profile p) can't be read (ENOENT).",
      'platform',
    ],
    [
      'its SSO session has no Region',
      `sso_session = s\nsso_account_id = 111122223333\nsso_role_name = R`,
      'The SSO session s has no sso_region.',
      'aws configure sso --profile p',
    ],
    [
      'its start URL differs from that of its SSO session',
      `sso_session = whole\nsso_start_url = https://example.com/other\n${SSO}`,
      'The sso_start_url of the profile p differs from that of its SSO session whole.',
      'aws configure sso --profile p',
    ],
    [
      'its account ID is in quotation marks',
      'sso_start_url = https://example.com/start\nsso_account_id = "111122223333"\nsso_role_name = R\nsso_region = us-east-1',
      'The sso_account_id of the profile p is not 12 digits.',
      'aws configure sso --profile p',
    ],
    [
      'its login_session is not an ARN',
      'login_session = nonsense',
      'The login_session of the profile p is not an ARN.',
      'Correct the profile p',
    ],
    [
      'its role_arn is not an ARN',
      'role_arn = x\nsource_profile = p',
      'The role_arn of the profile p is not the ARN of a role.',
      'Correct the profile p',
    ],
    [
      'it has only half of an access key pair',
      'aws_access_key_id = AKIA',
      'The profile p must have both',
      'profile p',
    ],
    [
      'it has no credentials, and no others are available',
      '',
      'The profile p has no credentials, and no other credentials were found.',
      'aws configure --profile p',
    ],
  ])('is reported with the reason: %s', async (_what, settings, message, hint) => {
    const more =
      '[sso-session s]\nsso_start_url = https://example.com\n[sso-session whole]\nsso_start_url = https://example.com/start\nsso_region = us-east-1\n';
    const find = await finding(settings, { more });
    await expect(find()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  test.each<[number, string, number, string]>([
    [200, '<html>login</html>', 1, 'The response to sso:GetRoleCredentials did not come from AWS.'],
    [200, '{}', 1, 'The response to sso:GetRoleCredentials did not come from AWS.'],
    [302, '', 1, 'The response to sso:GetRoleCredentials did not come from AWS.'],
    [
      404,
      '{"message":"No such account"}',
      4,
      'IAM Identity Center returned no credentials for the profile p:',
    ],
    [403, '{"message":"No access"}', 4, "IAM Identity Center doesn't assign the role"],
    [401, '{"message":"Session token not found"}', 4, 'The SSO session of the profile p has expired.'],
  ])('is reported when IAM Identity Center returns %i %s', async (statusCode, body, exitCode, message) => {
    const cache = join(folder, '.aws', 'sso', 'cache');
    mkdirSync(cache, { recursive: true });
    const token = { accessToken: 'example', expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
    const name = createHash('sha1').update('https://example.com/start').digest('hex');
    writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
    const find = await finding(`sso_start_url = https://example.com/start\n${SSO}`, {
      requestHandler: {
        metadata: { handlerProtocol: 'http/1.1' },
        destroy: () => undefined,
        handle: async () => ({
          response: new HttpResponse({ statusCode, headers: {}, body: Readable.from([Buffer.from(body)]) }),
        }),
      },
    });
    await expect(find()).rejects.toMatchObject({ exitCode, message: expect.stringContaining(message) });
  });

  test.each<[number, string, number]>([
    [500, '', 1],
    [200, '<html>', 4],
  ])('is reported when the EC2 metadata service returns %i %s', async (status, body, exitCode) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const env = {
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${port}`,
    };
    const find = await finding('', { env });
    await expect(find()).rejects.toMatchObject({
      exitCode,
      message: expect.stringContaining('The EC2 instance metadata service returned no credentials'),
    });
  });

  test.each<[string, NodeJS.ProcessEnv, string, number]>([
    ['is an HTTP URL on another host', { FULL_URI: 'http://example.com/' }, 'must start with https://', 4],
    ['is not a URL', { FULL_URI: 'nonsense' }, 'is not a URL', 4],
    [
      'returns expired credentials',
      { body: JSON.stringify({ ...CONTAINER, Expiration: '2020-01-01T00:00:00Z' }) },
      'have expired',
      1,
    ],
    ['returns an HTML page', { body: '<html>' }, 'something other than credentials', 1],
    ['has a token with a line break', { TOKEN: 'a\nb', body: '{}' }, 'contains a line break', 4],
    [
      'has a token file that does not exist',
      { TOKEN_FILE: '/nowhere', body: '{}' },
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      4,
    ],
  ])(
    'is reported when the container endpoint %s',
    async (_what, { FULL_URI, TOKEN, TOKEN_FILE, body }, message, exitCode) => {
      const server = createServer((_request, response) => response.end(body));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      closing(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const find = await finding('', {
        env: {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: FULL_URI ?? `http://127.0.0.1:${port}/creds`,
          ...(TOKEN ? { AWS_CONTAINER_AUTHORIZATION_TOKEN: TOKEN } : {}),
          ...(TOKEN_FILE ? { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: TOKEN_FILE } : {}),
        },
      });
      await expect(find()).rejects.toMatchObject({ exitCode, message: expect.stringContaining(message) });
    },
  );

  test('gets its credentials from the container endpoint, with the token', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer(({ url, headers }, response) => {
      seen.push(url, headers.authorization);
      response.end(JSON.stringify({ ...CONTAINER, Expiration: '2099-01-01T00:00:00Z' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const find = await finding('', {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://localhost:${port}/creds?of=me`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'example-token',
      },
    });
    expect(await find()).toMatchObject({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', sessionToken: 'example' });
    expect(seen).toEqual(['/creds?of=me', 'example-token']);
  });

  test('times out when the container endpoint does not respond', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const warnings: unknown[] = [];
    vi.spyOn(console, 'warn').mockImplementation((...said) => void warnings.push(said));
    const find = await finding('', {
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/creds` },
    });
    await expect(find()).rejects.toMatchObject({
      code: 'timed-out',
      exitCode: 1,
      message: 'Getting credentials took longer than 10 s (the container credentials endpoint).',
    });
    expect(warnings).toEqual([]);
  });

  test.each([
    [404, 4],
    [429, 1],
    [500, 1],
  ])('is reported when the container endpoint returns %i: exit code %i', async (status, exitCode) => {
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
