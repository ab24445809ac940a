import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/aws/credentials/configuration.ts';
import { REGION } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { run } from '../support/runs/run.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();

/** Returns a path in a new folder that is removed after the tests of the file. */
function pathOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
  closing(() => rmSync(folder, { recursive: true }));
  return join(folder, name);
}

/** Writes a file with this text, and returns its path. */
function fileOf(text: string | Buffer, name: string): string {
  const path = pathOf(name);
  writeFileSync(path, text);
  return path;
}

/** Creates a named pipe that nothing writes to yet, and returns its path. */
function pipeAt(name: string): string {
  const path = pathOf(name);
  execFileSync('mkfifo', [path]);
  return path;
}

/** Runs `status --json` and returns the exit code and its document. */
async function status(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await runHere(['status', '--json', ...args], {
    ...sandbox().env,
    AWS_REGION: REGION,
    ...env,
  });
  const document = JSON.parse(stdout);
  if (document.error) expect(stderr.replace(/\s+/g, ' ')).toContain(document.error.message);
  return { code, ...document };
}

describe('a CA bundle without a certificate', () => {
  const PEM = (what: string, text: string) => `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;

  test.each<[string, string | Buffer]>([
    ['is empty', ''],
    ['is text', 'no certificate\n'],
    ['is in DER form', Buffer.from('3082010a0282010100', 'hex')],
    ['holds a private key', PEM('PRIVATE KEY', 'TUlJ')],
    ['holds a damaged certificate', PEM('CERTIFICATE', 'TUlJ')],
  ])('is named with its variable if it %s', async (_what, content) => {
    const path = fileOf(content, 'bundle.pem');
    const { code, error } = await status({ AWS_CA_BUNDLE: path });
    expect({ code, ...error }).toMatchObject({
      code: 'aws-configuration',
      message: `The certificate file ${path} (AWS_CA_BUNDLE) has no PEM certificate.`,
    });
  });

  test('is named with the profile that sets it', async () => {
    const path = fileOf('', 'bundle.pem');
    const { error } = await status({ AWS_CONFIG_FILE: fileOf(`[default]\nca_bundle = ${path}\n`, 'config') });
    expect(error.message).toContain(`${path} (profile default) has no PEM certificate`);
  });
});

describe('an invalid configuration value', () => {
  const services = (url: string) => `[default]\nservices = s\n[services s]\niam =\n  endpoint_url = ${url}\n`;
  const IN_PROFILE = 'Correct endpoint_url of the profile qurl in the AWS configuration file.';

  test.each<[string, string, NodeJS.ProcessEnv, string, string]>([
    [
      'an endpoint URL with another scheme',
      '[profile qurl]\nendpoint_url = ftp://x\n',
      { AWS_PROFILE: 'qurl' },
      'The endpoint_url of profile qurl is not an HTTP URL.',
      IN_PROFILE,
    ],
    [
      'an endpoint URL in quotation marks',
      '[profile qurl]\nendpoint_url = "http://127.0.0.1:1"\n',
      { AWS_PROFILE: 'qurl' },
      'The endpoint_url of profile qurl is not an HTTP URL.',
      IN_PROFILE,
    ],
    [
      'an endpoint URL in a services section',
      services('"http://127.0.0.1:1"'),
      {},
      'The endpoint_url of services s of profile default is not an HTTP URL.',
      'Correct endpoint_url of services s of profile default in the AWS configuration file.',
    ],
    ...['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_IAM', 'AWS_ENDPOINT_URL_KMS'].map(
      (name): [string, string, NodeJS.ProcessEnv, string, string] => [
        'an endpoint URL in a variable',
        '',
        { AWS_ENDPOINT_URL: undefined, [name]: '"http://127.0.0.1:1"' },
        `${name} is not an HTTP URL.`,
        `Correct ${name}, or unset it.`,
      ],
    ),
    [
      'a Region in a profile',
      '[default]\nregion = "us-west-2"\n',
      { AWS_REGION: undefined },
      'The Region of profile default is not a Region code.',
      'Correct region of the profile default in the AWS configuration file.',
    ],
    [
      'a Region in a variable',
      '',
      { AWS_REGION: undefined, AWS_DEFAULT_REGION: 'Oregon' },
      'The Region of AWS_DEFAULT_REGION is not a Region code.',
      'Correct AWS_DEFAULT_REGION, or unset it.',
    ],
  ])('is named with its place, before any request to AWS: %s', async (_what, config, env, message, hint) => {
    const AWS_CONFIG_FILE = fileOf(config, 'config');
    const variables = env.AWS_PROFILE || config.includes('services') ? { AWS_ENDPOINT_URL: undefined } : {};
    const { code, error } = await status({ AWS_CONFIG_FILE, ...variables, ...env });
    expect(error).toMatchObject({ code: 'aws-configuration', message });
    expect(error.hint).toContain(hint);
    expect(error.hint).not.toContain('--help');
    expect(code).toBe(4);
    expect(sandbox().requests).toEqual([]);
  });

  test('does not matter if a flag overrides it', async () => {
    const { AWS_ENDPOINT_URL: url = '' } = sandbox().env;
    const { code } = await status({ AWS_ENDPOINT_URL: 'nonsense' }, '--endpoint-url', url);
    expect(code).toBe(0);
  });

  test('is not repeated if it looks like a key', async () => {
    const key = '00112233445566778899AABBCCDDEEFF';
    const env = { ...sandbox().env, AWS_REGION: REGION, AWS_ENDPOINT_URL: `http://${key}` };
    const { code, stdout, stderr } = await runHere(['status', '--json', '--debug'], env);
    expect([code, JSON.parse(stdout).error]).toMatchObject([
      4,
      { message: expect.stringContaining('AWS_ENDPOINT_URL looks like a key.') },
    ]);
    expect((stdout + stderr).toUpperCase()).not.toContain(key);
  });
});

describe('a profile without settings', () => {
  const NO_KEYS: NodeJS.ProcessEnv = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_EC2_METADATA_DISABLED: 'true',
  };

  test.each<[string, NodeJS.ProcessEnv]>([
    ['[profile empty]\n', {}],
    ['[profile "two words"]\n[profile empty] ; and a remark\n# nothing\n[profile p]\nregion = x\n', {}],
  ])('counts as existing, as for the AWS CLI: %j', async (config, env) => {
    const AWS_CONFIG_FILE = fileOf(config, 'config');
    const { error, caller } = await status({ AWS_CONFIG_FILE, AWS_PROFILE: 'empty', ...NO_KEYS, ...env });
    expect(error).toMatchObject({ code: 'no-credentials' });
    expect(caller).toMatchObject({ profile: { value: 'empty', from: 'AWS_PROFILE' } });
  });

  test('counts as existing in the credentials file too', async () => {
    const AWS_SHARED_CREDENTIALS_FILE = fileOf('[empty]\n', 'credentials');
    const { error } = await status({ AWS_SHARED_CREDENTIALS_FILE, AWS_PROFILE: 'empty', ...NO_KEYS });
    expect(error).toMatchObject({ code: 'no-credentials' });
  });

  test('is listed among the existing profiles', async () => {
    const AWS_CONFIG_FILE = fileOf('[profile empty]\n[services s]\n', 'config');
    const { error } = await status({ AWS_CONFIG_FILE, AWS_PROFILE: 'other' });
    expect(error).toMatchObject({
      code: 'profile-not-found',
      hint: 'Use one of the existing profiles: empty.',
    });
  });
});

describe('the caller in the JSON document of a failure', () => {
  const ENDPOINTS = ['Secrets Manager', 'IAM', 'STS', 'KMS', 'MediaConnect'];
  const endpointsAt = (url: string, from: string) => ENDPOINTS.map((service) => ({ service, url, from }));

  test('has what is known if the profile is not found', async () => {
    const { error, caller } = await status({ AWS_PROFILE: 'gone' });
    expect(error.code).toBe('profile-not-found');
    expect(caller).toEqual({
      profile: { value: 'gone', from: 'AWS_PROFILE' },
      region: { value: REGION, from: 'AWS_REGION' },
      endpoints: endpointsAt(sandbox().url, 'AWS_ENDPOINT_URL'),
    });
  });

  test('has the flags if a file cannot be used', async () => {
    const AWS_CONFIG_FILE = fileOf(Buffer.from('\ufeff[default]\n', 'utf16le'), 'config');
    const url = 'http://127.0.0.1:1';
    const { caller } = await status({ AWS_CONFIG_FILE }, '--profile', 'p', '--endpoint-url', url);
    expect(caller).toMatchObject({
      profile: { value: 'p', from: '--profile' },
      endpoints: endpointsAt(url, '--endpoint-url'),
    });
  });

  test('has the configuration if its certificates cannot be used', async () => {
    const { error, caller } = await status({ AWS_CA_BUNDLE: '/nowhere' });
    expect(error.code).toBe('aws-configuration');
    expect(caller).toMatchObject({ credentials: 'environment', region: { value: REGION } });
  });

  test('has the source of an invalid Region', async () => {
    const AWS_CONFIG_FILE = fileOf('[default]\nregion = "us-west-2"\n', 'config');
    const { error, caller } = await status({ AWS_CONFIG_FILE, AWS_REGION: undefined });
    expect(error.code).toBe('aws-configuration');
    expect(caller.region.from).toBe('profile default');
  });

  test('has the account if it is not the expected one', async () => {
    const { error, caller } = await status({}, '--account-id', '444455556666');
    expect(error.code).toBe('wrong-account');
    expect(caller).toMatchObject({ account: '111122223333', credentials: 'environment' });
  });

  test('has the profile whose credentials failed', async () => {
    const AWS_CONFIG_FILE = fileOf('[profile p]\ncredential_process = false\n', 'config');
    const { error, caller } = await status({ AWS_CONFIG_FILE }, '--profile', 'p');
    expect(error.message).toContain('credential_process');
    expect(caller).toMatchObject({ profile: { value: 'p', from: '--profile' }, credentials: 'process' });
  });
});

test.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE'])(
  'ends the run with exit code 1 if %s is an endless file',
  async (variable) => {
    const { code, error } = await status({ [variable]: '/dev/zero' });
    expect([code, error.code, error.message]).toEqual([
      1,
      'aws-configuration',
      expect.stringContaining('/dev/zero is larger than 16 MB'),
    ]);
  },
);

describe('a profile together with access keys in the environment', () => {
  const WARNING = 'Access keys are set in the environment, but the profile is used instead.';
  const ROLE = 'role_arn = arn:aws:iam::111122223333:role/Engineer';
  const keysOf = () =>
    `aws_access_key_id = ${sandbox().credentials.accessKeyId}\naws_secret_access_key = ${sandbox().credentials.secretAccessKey}`;
  const warned = async (config: string) => {
    const env = { ...sandbox().env, AWS_REGION: REGION, AWS_CONFIG_FILE: fileOf(config, 'config') };
    const { stderr } = await runHere(['status', '--json', '--profile', 'p'], env);
    return stderr.replace(/\s+/g, ' ').includes(WARNING);
  };

  test.each<[string, () => string]>([
    ['has its own keys', () => `[profile p]\n${keysOf()}\n`],
    [
      'assumes a role with the keys of another profile',
      () => `[profile p]\n${ROLE}\nsource_profile = q\n[profile q]\n${keysOf()}\n`,
    ],
    ['names itself as its source', () => `[profile p]\n${ROLE}\nsource_profile = p\n`],
  ])('gives a warning if the profile %s', async (_what, config) => {
    expect(await warned(config())).toBe(true);
  });

  test.each([
    ['assumes a role with those keys', `[profile p]\n${ROLE}\ncredential_source = Environment\n`],
    [
      'assumes a role with those keys through another profile',
      `[profile p]\n${ROLE}\nsource_profile = q\n[profile q]\n${ROLE}\ncredential_source = Environment\n`,
    ],
  ])('gives no warning if the profile %s', async (_what, config) => {
    expect(await warned(config)).toBe(false);
  });
});

describe('a configuration file that is a pipe', () => {
  test('is read once, for the credentials too', async () => {
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...env } = sandbox().env;
    const keys = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
    const AWS_CONFIG_FILE = pipeAt('config');
    const written = writeFile(AWS_CONFIG_FILE, `[profile p]\nregion = us-west-2\n${keys}`);
    const { code, stdout } = await runHere(['status', '--json', '--profile', 'p'], {
      ...env,
      AWS_CONFIG_FILE,
    });
    await written;
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout).caller).toMatchObject({
      credentials: 'access-keys',
      region: { from: 'profile p' },
    });
  });

  test.each(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_CA_BUNDLE'])(
    'can be interrupted while nothing writes to it: %s',
    async (variable) => {
      const env = { ...sandbox().env, AWS_REGION: REGION, [variable]: pipeAt('pipe') };
      const { code, stdout } = await run(['status', '--json'], {
        env,
        onStart: (child) => void pause(2_000).then(() => child.kill('SIGINT')),
      });
      expect(code).toBe(130);
      expect(JSON.parse(stdout).error.code).toBe('interrupted');
    },
  );

  test('is abandoned after the time limit if nothing writes to it', async () => {
    const env = { AWS_CONFIG_FILE: pipeAt('config'), AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    await expect(readConfiguration({}, env, { limitMs: 100 })).rejects.toMatchObject({
      code: 'aws-configuration',
      exitCode: 1,
      message: `Reading ${env.AWS_CONFIG_FILE} took longer than 0.1 s. It is probably a pipe that nothing writes to.`,
    });
  });

  test('is abandoned if it never ends', async () => {
    const env = { AWS_CONFIG_FILE: '/dev/zero', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    await expect(readConfiguration({}, env)).rejects.toThrow('/dev/zero is larger than');
  });
});
