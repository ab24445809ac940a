import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import {
  ACCOUNT,
  KEYS,
  makeSecret,
  policyArn,
  REGION,
  readAccount,
  roleArn,
  writesTo,
} from '../support/account.ts';
import { setup } from './program.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

/** Returns names for one test, so that all tests of the file can share an account. */
const named = (name: string) => [
  '--secret-name',
  name,
  '--policy-name',
  `${name}-p`,
  '--role-name',
  `MediaConnect-${name}`,
];
const withKey = { env: { STUDIO_KEY: KEYS.aes256 } };
const store = (name: string, ...args: string[]) =>
  setup(sandbox, [...named(name), '--key-env', 'STUDIO_KEY', '--yes', ...args], withKey);
const ESCAPE = '\u001b[';

describe('a run', () => {
  test('prints the result on standard output, and everything else on standard error', async () => {
    const { code, stdout, stderr } = await store('plain');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Plan for account [\s\S]*\+ create {2}secret {2}plain[\s\S]*Plan: 4 to add, 0 to change[\s\S]*Verified: MediaConnect can assume/,
    );
    expect(stdout).toContain('MediaConnect can read the key.');
    expect(stdout).toContain(`Role ARN\n  ${roleArn('MediaConnect-plain')}`);
    expect(stdout).not.toContain('Plan for account');
    expect(stderr).not.toContain('MediaConnect can read the key.');
    expect(stdout + stderr).not.toContain(KEYS.aes256);
  });

  test('ends its result with the settings for the flow that --show names, ready to paste', async () => {
    const { stdout: shown } = await store('plain', '--show', 'json');
    const { stdout } = await store('plain', '--show', 'cli');
    const { secrets } = await readAccount(sandbox);
    const secretArn = secrets.find(({ name }) => name === 'plain')?.arn;
    const settings = {
      keyType: 'static-key',
      algorithm: 'aes256',
      roleArn: roleArn('MediaConnect-plain'),
      secretArn,
    };
    expect(shown).toContain(JSON.stringify(settings));
    expect(stdout).not.toContain(JSON.stringify(settings));
    const commands = [...stdout.matchAll(/aws mediaconnect (\S+) .* '(.*)'/g)].map(([, name, json]) => [
      name,
      JSON.parse(json ?? ''),
    ]);
    const Encryption = {
      KeyType: 'static-key',
      Algorithm: 'aes256',
      RoleArn: settings.roleArn,
      SecretArn: secretArn,
    };
    expect(commands).toMatchObject([
      ['update-flow-source', Encryption],
      ['add-flow-outputs', [{ Protocol: 'zixi-push', Encryption }]],
      ['grant-flow-entitlements', [{ Encryption }]],
    ]);
    expect(stdout).toContain('iam:PassRole');
  });

  test('prints only the result with --quiet', async () => {
    const { code, stdout, stderr } = await store('quiet', '--quiet');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^arn:aws:secretsmanager:\\S+\\n${roleArn('MediaConnect-quiet')}\\n$`));
  });

  test('still prints a conflict with --quiet', async () => {
    await makeSecret(sandbox, { Name: 'taken', SecretString: KEYS.other });
    const { code, stdout, stderr } = await store('taken', '-q');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('holds a different key');
  });

  test('prints where a generated key is and how to read it, but not the key', async () => {
    const { stdout, stderr } = await setup(sandbox, [...named('made'), '--generate', 'aes256', '-y']);
    const { secrets } = await readAccount(sandbox);
    const made = secrets.find(({ name }) => name === 'made');
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain('Get the generated key for the other end of the stream:');
    expect(words).toContain(`get-secret-value --region ${REGION} --secret-id made `);
    expect(stdout + stderr).not.toContain(made?.values.AWSCURRENT);
  });

  test('logs each request by its action with --debug, but neither the key nor the input', async () => {
    const { code, stderr } = await store('debug', '--debug');
    expect(code).toBe(0);
    expect(stderr).toMatch(/debug: Secrets Manager CreateSecretCommand \(\d+ ms\): ok/);
    expect(stderr).not.toContain(KEYS.aes256);
  });
});

describe('--json', () => {
  /** Returns the expected caller: who called AWS, and where. */
  const callerOf = (url: string) => ({
    account: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/sandbox`,
    credentials: 'environment',
    region: { value: REGION, from: 'AWS_REGION' },
    endpoints: ['Secrets Manager', 'IAM', 'STS', 'KMS', 'MediaConnect'].map((service) => ({
      ...{ service, url, from: 'AWS_ENDPOINT_URL' },
    })),
  });

  test('prints one document of the documented shape, with its members in order', async () => {
    const { code, stdout } = await store('json', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    const arn = expect.stringMatching(
      new RegExp(`^arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:json-[A-Za-z0-9]{6}$`),
    );
    const role = roleArn('MediaConnect-json');
    const check = (id: string, subject: unknown) => ({
      id,
      ok: true,
      verdict: 'ok',
      subject,
      detail: expect.any(String),
    });
    expect(document).toEqual({
      version: 1,
      account: ACCOUNT,
      partition: 'aws',
      secrets: [
        {
          region: REGION,
          name: 'json',
          arn,
          versionId: expect.stringMatching(/^[\w-]{32,64}$/),
          action: 'created',
        },
      ],
      policies: [{ name: 'json-p', arn: policyArn('json-p'), versionId: 'v1', action: 'created' }],
      role: { name: 'MediaConnect-json', arn: role, action: 'created' },
      encryption: [
        { region: REGION, keyType: 'static-key', algorithm: 'aes256', roleArn: role, secretArn: arn },
      ],
      checks: [check('secret-value', arn), check('role-trust', role), check('role-reads-secret', arn)],
      caller: callerOf(sandbox.url),
    });
    expect(Object.keys(document)).toEqual([
      'version',
      'account',
      'partition',
      'secrets',
      'policies',
      'role',
      'encryption',
      'checks',
      'caller',
    ]);
    expect(Object.keys(document.secrets[0])).toEqual(['region', 'name', 'arn', 'versionId', 'action']);
  });

  test('prints the plan with --dry-run, with ?????? for random characters, and changes nothing', async () => {
    sandbox.clearRequests();
    const dry = await setup(
      sandbox,
      [...named('dry'), '--key-env', 'STUDIO_KEY', '--dry-run', '--json'],
      withKey,
    );
    expect(dry.code).toBe(0);
    expect(writesTo(sandbox)).toEqual([]);
    const arn = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:dry-??????`;
    expect(JSON.parse(dry.stdout)).toEqual({
      version: 1,
      dryRun: true,
      account: ACCOUNT,
      partition: 'aws',
      secrets: [{ region: REGION, name: 'dry', arn, versionId: null, action: 'created' }],
      policies: [{ name: 'dry-p', arn: policyArn('dry-p'), versionId: 'v1', action: 'created' }],
      role: { name: 'MediaConnect-dry', arn: roleArn('MediaConnect-dry'), action: 'created' },
      encryption: [
        {
          region: REGION,
          keyType: 'static-key',
          algorithm: 'aes256',
          roleArn: roleArn('MediaConnect-dry'),
          secretArn: arn,
        },
      ],
      checks: [],
      caller: callerOf(sandbox.url),
    });
  });

  test('prints the failure, and what exists by then', async () => {
    sandbox.addFault({ action: 'CreateRole', kind: 'access-denied' });
    const { code, stdout, stderr } = await store('fails', '--json');
    expect(code).toBe(4);
    const document = JSON.parse(stdout);
    expect(document).toEqual({
      version: 1,
      error: {
        code: 'access-denied',
        message: `Access denied: arn:aws:iam::${ACCOUNT}:user/sandbox can't perform iam:CreateRole on ${roleArn('MediaConnect-fails')}.`,
        step: 'trust-role',
        awsAction: 'iam:CreateRole',
        hint: expect.stringContaining('Ask your AWS administrator to allow iam:CreateRole'),
      },
      completed: {
        secrets: [
          {
            region: REGION,
            name: 'fails',
            arn: expect.any(String),
            versionId: expect.any(String),
            action: 'created',
          },
        ],
        policies: [{ name: 'fails-p', arn: policyArn('fails-p'), versionId: 'v1', action: 'created' }],
      },
      caller: callerOf(sandbox.url),
    });
    expect(stderr.replace(/\s+/g, ' ')).toContain(document.error.message);
    expect(stderr).toContain('To continue, run the same command again.');
  });

  test('prints a conflict, and that nothing was changed', async () => {
    await makeSecret(sandbox, { Name: 'occupied', SecretString: KEYS.other });
    const { code, stdout } = await store('occupied', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'conflict', step: 'store-secret', hint: expect.stringContaining('--existing-key') },
      completed: { secrets: [], policies: [] },
    });
  });
});

describe('--dry-run', () => {
  test('prints the plan and stops, without asking to confirm', async () => {
    const args = [...named('only'), '--key-env', 'STUDIO_KEY', '--dry-run'];
    const { code, stdout, stderr } = await setup(sandbox, args, withKey);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/Plan for account \d+ +dry run: nothing will be changed/);
    expect((await readAccount(sandbox)).secrets.map(({ name }) => name)).not.toContain('only');
  });
});

describe('colors', () => {
  const shownWith = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
    const all = [...named('plain'), '--key-env', 'STUDIO_KEY', '--yes', ...args];
    const { code, stdout, stderr } = await setup(sandbox, all, { env: { ...withKey.env, ...env } });
    expect(code).toBe(0);
    return [stdout.includes(ESCAPE), stderr.includes(ESCAPE)];
  };

  test.each<[string, NodeJS.ProcessEnv, string[], boolean]>([
    ['off in a pipe', { TERM: 'xterm-256color' }, [], false],
    ['on in a pipe with FORCE_COLOR', { FORCE_COLOR: '1' }, [], true],
    ['off with --no-color, despite FORCE_COLOR', { FORCE_COLOR: '1' }, ['--no-color'], false],
    ['off with NO_COLOR', { NO_COLOR: '1', TERM: 'xterm-256color' }, [], false],
    ['off with --no-color as a variable', { FORCE_COLOR: '1', MC_STATIC_KEY_NO_COLOR: '1' }, [], false],
  ])('are %s', async (_when, env, args, colored) => {
    expect(await shownWith(env, ...args)).toEqual([colored, colored]);
  });
});
