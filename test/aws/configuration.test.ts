import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../../src/aws/credentials/configuration.ts';
import { partitionOf, type ServiceId } from '../../src/aws/regions.ts';
import { closing } from '../support/closing.ts';

/** The environment with AWS configuration files of these contents. */
function withFiles(
  config: string | Buffer,
  credentials = '',
  env: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
  closing(() => rmSync(folder, { recursive: true }));
  const [AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE] = [
    join(folder, 'config'),
    join(folder, 'credentials'),
  ];
  writeFileSync(AWS_CONFIG_FILE, config);
  writeFileSync(AWS_SHARED_CREDENTIALS_FILE, credentials);
  return { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, ...env };
}

const STATIC = 'aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = example\n';

describe('the profile', () => {
  test.each<[string, { profile?: string }, NodeJS.ProcessEnv, object]>([
    ['--profile', { profile: 'p' }, { AWS_PROFILE: 'q' }, { name: 'p', from: '--profile' }],
    ['AWS_PROFILE', {}, { AWS_PROFILE: 'q', AWS_DEFAULT_PROFILE: 'p' }, { name: 'q', from: 'AWS_PROFILE' }],
    ['AWS_DEFAULT_PROFILE', {}, { AWS_DEFAULT_PROFILE: 'p' }, { name: 'p', from: 'AWS_DEFAULT_PROFILE' }],
    ['nothing', {}, {}, { name: 'default' }],
  ])('is the one of %s, in this order', async (_what, flags, env, profile) => {
    const all = withFiles('[profile p]\nregion = eu-west-1\n[profile q]\nregion = eu-west-1\n', '', env);
    expect((await readConfiguration(flags, all)).profile).toMatchObject(profile);
  });

  test.each<[{ profile?: string }, NodeJS.ProcessEnv, string]>([
    [{ profile: 'vidoe' }, {}, '--profile'],
    [{}, { AWS_PROFILE: 'vidoe' }, 'AWS_PROFILE'],
    [{}, { AWS_DEFAULT_PROFILE: 'vidoe' }, 'AWS_DEFAULT_PROFILE'],
  ])(
    'that is named and not there ends the run, whatever else has credentials: %j %j',
    async (flags, env, from) => {
      const others = {
        AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
        AWS_ROLE_ARN: 'arn',
        AWS_ACCESS_KEY_ID: 'AKIA',
      };
      const all = withFiles('[profile video]\nregion = eu-west-1\n', '', { ...env, ...others });
      await expect(readConfiguration(flags, all)).rejects.toMatchObject({
        code: 'profile-not-found',
        exitCode: 4,
        message: expect.stringContaining(`The profile vidoe (${from}) was not found in`),
        hint: 'These profiles exist: video.',
      });
    },
  );

  test.each(['toString', '__proto__', 'services.s', 'sso-session.s'])(
    'is none where it is named %s',
    async (profile) => {
      const all = withFiles(
        '[services s]\niam =\n  endpoint_url = http://x\n[sso-session s]\nsso_region = eu-west-1\n',
      );
      await expect(readConfiguration({ profile }, all)).rejects.toMatchObject({ code: 'profile-not-found' });
    },
  );

  test('may be in the credentials file only', async () => {
    const { source } = await readConfiguration({ profile: 'p' }, withFiles('', `[p]\n${STATIC}`));
    expect(source).toEqual({ kind: 'profile', how: 'access-keys' });
  });

  test.each<[string, string | Buffer, string]>([
    ['UTF-16', Buffer.from('\ufeff[default]\n', 'utf16le'), 'is not UTF-8 text'],
  ])('of a file in %s ends the run', async (_what, config, told) => {
    await expect(readConfiguration({}, withFiles(config))).rejects.toThrow(told);
  });
});

describe('credentials come from one source', () => {
  test.each<[string, string, NodeJS.ProcessEnv, { profile?: string }, object]>([
    [
      'access keys in the environment',
      `[default]\n${STATIC}`,
      { AWS_ACCESS_KEY_ID: 'A' },
      {},
      { kind: 'environment' },
    ],
    [
      'a named profile, not keys in the environment',
      '[profile p]\ncredential_process = x\n',
      { AWS_ACCESS_KEY_ID: 'A' },
      { profile: 'p' },
      { kind: 'profile', how: 'process' },
    ],
    [
      'a token file before the default profile',
      '[default]\nsso_account_id = 111122223333\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' },
      {},
      { kind: 'token-file', file: '/t' },
    ],
    [
      'a role of the default profile before a token file',
      '[default]\nrole_arn = r\nsource_profile = x\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' },
      {},
      { kind: 'profile', how: 'role' },
    ],
    [
      'a named profile before a token file',
      '[profile p]\ncredential_process = x\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t', AWS_PROFILE: 'p' },
      {},
      { kind: 'profile', how: 'process' },
    ],
    [
      'keys in the environment where the named profile has a Region only',
      '[profile p]\nregion = eu-west-1\n',
      { AWS_ACCESS_KEY_ID: 'A' },
      { profile: 'p' },
      { kind: 'environment' },
    ],
    ['a role', '[default]\nrole_arn = r\nsource_profile = x\n', {}, {}, { kind: 'profile', how: 'role' }],
    ['aws login', '[default]\nlogin_session = x\n', {}, {}, { kind: 'profile', how: 'login' }],
    [
      'a token file where the profile has a Region only',
      '[profile p]\nregion = eu-west-1\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' },
      { profile: 'p' },
      { kind: 'token-file', file: '/t' },
    ],
    ['a container', '', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://x' }, {}, { kind: 'container' }],
    ['the instance', '', {}, {}, { kind: 'instance' }],
  ])('%s', async (_what, config, env, flags, source) => {
    expect((await readConfiguration(flags, withFiles(config, '', env))).source).toEqual(source);
  });
});

describe('of a profile that holds several kinds of credentials, the AWS CLI takes', () => {
  test.each<[string, string, string, string]>([
    ['keys of the credentials file before a process', 'credential_process = x\n', STATIC, 'access-keys'],
    ['keys of the credentials file before a sign-in', 'login_session = x\n', STATIC, 'access-keys'],
    ['a process before keys of the config file', `credential_process = x\n${STATIC}`, '', 'process'],
    ['IAM Identity Center before keys', 'sso_account_id = 1\nsso_role_name = r\n', STATIC, 'sso'],
    ['keys where nothing but a session is named', `sso_session = s\n${STATIC}`, '', 'access-keys'],
    ['keys where a source is named and no role', 'source_profile = x\n', STATIC, 'access-keys'],
    ['a role before keys', 'role_arn = r\nsource_profile = p\n', STATIC, 'role'],
    [
      'a token before a role',
      'role_arn = r\nsource_profile = p\nweb_identity_token_file = /t\n',
      '',
      'web-identity',
    ],
  ])('%s', async (_what, config, credentials, how) => {
    const files = withFiles(`[profile p]\n${config}`, credentials && `[p]\n${credentials}`);
    expect((await readConfiguration({ profile: 'p' }, files)).source).toEqual({ kind: 'profile', how });
  });

  test('the role of the environment for a token of the profile, unless that is a flag', async () => {
    const env = withFiles('[profile p]\nweb_identity_token_file = /t\n', '', {
      AWS_ROLE_ARN: 'r',
      AWS_PROFILE: 'p',
    });
    const roles = await Promise.all(
      [{}, { profile: 'p' }].map(
        async (flags) => (await readConfiguration(flags, env)).profile.settings.role_arn,
      ),
    );
    expect(roles).toEqual(['r', undefined]);
  });
});

test('the Region of an SSO session is that of each profile that names it', async () => {
  const session = 'sso_session = s\nregion = us-west-2\n';
  const config = `[profile p]\n${session}[profile q]\n${session}sso_region = eu-west-2\n[profile r]\nregion = us-west-2\n[sso-session s]\nsso_region = eu-west-1\n`;
  const { profile, profileNamed } = await readConfiguration({ profile: 'p' }, withFiles(config));
  const regions = [profile, profileNamed('q'), profileNamed('r')].map((each) => each?.settings.sso_region);
  expect(regions).toEqual(['eu-west-1', 'eu-west-2', undefined]);
});

describe('the Region', () => {
  test.each<[NodeJS.ProcessEnv, object]>([
    [
      { AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' },
      { value: 'a', from: 'AWS_REGION' },
    ],
    [{ AWS_DEFAULT_REGION: 'b' }, { value: 'b', from: 'AWS_DEFAULT_REGION' }],
    [{}, { value: 'c', from: 'profile default' }],
  ])('is taken from %j before the profile', async (env, region) => {
    const all = withFiles('[default]\nregion = c\n', '', env);
    expect((await readConfiguration({}, all)).region).toEqual(region);
  });

  test.each([
    ['us-gov-west-1', 'aws-us-gov'],
    ['cn-north-1', 'aws-cn'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['mx-central-1', 'aws'],
  ])('%s is in the partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});

test('a services section that is not there ends the run', async () => {
  const all = withFiles('[profile p]\nservices = gone\n');
  await expect(readConfiguration({ profile: 'p' }, all)).rejects.toThrow('names the services section gone');
});

describe('the endpoint of a service', () => {
  const CONFIG = [
    '[default]\nendpoint_url = http://default.example\n',
    '[profile p]\nendpoint_url = http://p.example\nservices = s\n',
    '[profile q]\nregion = eu-west-1\n',
    '[profile ignoring]\nendpoint_url = http://i.example\nignore_configured_endpoint_urls = true\n',
    '[services s]\niam =\n  endpoint_url = http://iam.example\n',
  ].join('');

  test.each<
    [string, { profile?: string; endpointUrl?: string }, NodeJS.ProcessEnv, ServiceId, string | undefined]
  >([
    [
      'the flag',
      { endpointUrl: 'http://f' },
      { AWS_ENDPOINT_URL: 'http://e' },
      'IAM',
      'http://f --endpoint-url',
    ],
    [
      'the variable of the service',
      {},
      { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://s', AWS_ENDPOINT_URL: 'http://e' },
      'Secrets Manager',
      'http://s AWS_ENDPOINT_URL_SECRETS_MANAGER',
    ],
    ['the variable', { profile: 'p' }, { AWS_ENDPOINT_URL: 'http://e' }, 'IAM', 'http://e AWS_ENDPOINT_URL'],
    [
      'the services of the profile',
      { profile: 'p' },
      {},
      'IAM',
      'http://iam.example services s of profile p',
    ],
    ['the profile', { profile: 'p' }, {}, 'STS', 'http://p.example profile p'],
    ['the default profile', {}, {}, 'KMS', 'http://default.example profile default'],
    ['never that of another profile', { profile: 'q' }, {}, 'Secrets Manager', undefined],
    ['none where the profile says so', { profile: 'ignoring' }, {}, 'STS', undefined],
    [
      'none where a variable says so',
      { profile: 'p' },
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      'STS',
      undefined,
    ],
  ])('is %s', async (_what, flags, env, service, wanted) => {
    const { endpointOf } = await readConfiguration(flags, withFiles(CONFIG, '', env));
    const endpoint = endpointOf(service);
    expect(endpoint && `${endpoint.value} ${endpoint.from}`).toBe(wanted);
  });
});
