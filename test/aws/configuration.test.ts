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
  ])('is taken from %s, in this order', async (_what, flags, env, profile) => {
    const all = withFiles('[profile p]\nregion = eu-west-1\n[profile q]\nregion = eu-west-1\n', '', env);
    expect((await readConfiguration(flags, all)).profile).toMatchObject(profile);
  });

  test.each<[{ profile?: string }, NodeJS.ProcessEnv, string]>([
    [{ profile: 'vidoe' }, {}, '--profile'],
    [{}, { AWS_PROFILE: 'vidoe' }, 'AWS_PROFILE'],
    [{}, { AWS_DEFAULT_PROFILE: 'vidoe' }, 'AWS_DEFAULT_PROFILE'],
  ])(
    'ends the run if it does not exist, even if other credentials are available: %j %j',
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
        hint: 'Use one of the existing profiles: video.',
      });
    },
  );

  test.each(['toString', '__proto__', 'services.s', 'sso-session.s'])(
    'is not found under the name %s',
    async (profile) => {
      const all = withFiles(
        '[services s]\niam =\n  endpoint_url = http://x\n[sso-session s]\nsso_region = eu-west-1\n',
      );
      await expect(readConfiguration({ profile }, all)).rejects.toMatchObject({ code: 'profile-not-found' });
    },
  );

  test('is found if only the credentials file has it', async () => {
    const { source } = await readConfiguration({ profile: 'p' }, withFiles('', `[p]\n${STATIC}`));
    expect(source).toEqual({ kind: 'profile', method: 'access-keys' });
  });

  test.each<[string, string | Buffer, string]>([
    ['UTF-16', Buffer.from('\ufeff[default]\n', 'utf16le'), 'is not UTF-8 text'],
  ])('ends the run if its file is in %s', async (_what, config, told) => {
    await expect(readConfiguration({}, withFiles(config))).rejects.toThrow(told);
  });
});

describe('credentials', () => {
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
      { kind: 'profile', method: 'process' },
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
      { kind: 'profile', method: 'role' },
    ],
    [
      'a named profile before a token file',
      '[profile p]\ncredential_process = x\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t', AWS_PROFILE: 'p' },
      {},
      { kind: 'profile', method: 'process' },
    ],
    [
      'keys in the environment if the named profile has only a Region',
      '[profile p]\nregion = eu-west-1\n',
      { AWS_ACCESS_KEY_ID: 'A' },
      { profile: 'p' },
      { kind: 'environment' },
    ],
    ['a role', '[default]\nrole_arn = r\nsource_profile = x\n', {}, {}, { kind: 'profile', method: 'role' }],
    ['aws login', '[default]\nlogin_session = x\n', {}, {}, { kind: 'profile', method: 'login' }],
    [
      'a token file if the profile has only a Region',
      '[profile p]\nregion = eu-west-1\n',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' },
      { profile: 'p' },
      { kind: 'token-file', file: '/t' },
    ],
    ['a container', '', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://x' }, {}, { kind: 'container' }],
    ['the instance', '', {}, {}, { kind: 'instance' }],
  ])('come from one source: %s', async (_what, config, env, flags, source) => {
    expect((await readConfiguration(flags, withFiles(config, '', env))).source).toEqual(source);
  });
});

describe('a profile with several kinds of credentials', () => {
  test.each<[string, string, string, string]>([
    ['keys of the credentials file before a process', 'credential_process = x\n', STATIC, 'access-keys'],
    ['keys of the credentials file before a sign-in', 'login_session = x\n', STATIC, 'access-keys'],
    ['a process before keys of the config file', `credential_process = x\n${STATIC}`, '', 'process'],
    ['IAM Identity Center before keys', 'sso_account_id = 1\nsso_role_name = r\n', STATIC, 'sso'],
    ['keys if the profile names only an SSO session', `sso_session = s\n${STATIC}`, '', 'access-keys'],
    ['keys if the profile names a source but no role', 'source_profile = x\n', STATIC, 'access-keys'],
    ['a role before keys', 'role_arn = r\nsource_profile = p\n', STATIC, 'role'],
    [
      'a token before a role',
      'role_arn = r\nsource_profile = p\nweb_identity_token_file = /t\n',
      '',
      'web-identity',
    ],
  ])('uses the same kind as the AWS CLI: %s', async (_what, config, credentials, how) => {
    const files = withFiles(`[profile p]\n${config}`, credentials && `[p]\n${credentials}`);
    expect((await readConfiguration({ profile: 'p' }, files)).source).toEqual({
      kind: 'profile',
      method: how,
    });
  });

  test('uses AWS_ROLE_ARN with its token file, unless --profile names the profile', async () => {
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

test('takes sso_region from the SSO session for each profile that names it and has none', async () => {
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

test('ends the run if the services section of the profile does not exist', async () => {
  const all = withFiles('[profile p]\nservices = gone\n');
  await expect(readConfiguration({ profile: 'p' }, all)).rejects.toThrow('uses the services section gone');
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
    ['no other profile', { profile: 'q' }, {}, 'Secrets Manager', undefined],
    ['nothing if the profile ignores configured endpoints', { profile: 'ignoring' }, {}, 'STS', undefined],
    [
      'nothing if a variable ignores configured endpoints',
      { profile: 'p' },
      { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      'STS',
      undefined,
    ],
  ])('is taken from %s', async (_what, flags, env, service, wanted) => {
    const { endpointOf } = await readConfiguration(flags, withFiles(CONFIG, '', env));
    const endpoint = endpointOf(service);
    expect(endpoint && `${endpoint.value} ${endpoint.from}`).toBe(wanted);
  });
});
