import { describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import {
  ACCOUNT,
  type AccountState,
  FAR_REGION,
  KEYS,
  makePolicy,
  makeSecret,
  policyArn,
  REGION,
  readAccount,
  withoutSuffixes,
} from '../support/account.ts';
import type { RunOptions } from '../support/runs/run.ts';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { reaching, setup as setupBuilt } from './program.ts';

const sandbox = freshSandbox();
const BASIC = ['--secret-name', 'studio-a', '--generate', 'aes256', '--yes'];
const FLOWS = [
  `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:flow:*`,
  `arn:aws:mediaconnect:${FAR_REGION}:${ACCOUNT}:flow:*`,
];
const KMS_KEY = 'mrk-1234abcd12ab34cd56ef1234567890ab';

/** Every option that changes what a run with a new key stores. */
const OPTIONS: Record<string, string | string[] | true> = {
  'secret-name': 'studio-a',
  region: [REGION, FAR_REGION],
  'key-env': 'STUDIO_KEY',
  'key-type': 'static-key',
  algorithm: 'aes256',
  'kms-key-id': KMS_KEY,
  'policy-name': 'StudioPolicy',
  'policy-scope': 'region',
  'role-name': 'MediaConnect-Studio',
  'role-description': 'Reads the keys, of Studio A',
  'no-source-account': true,
  'source-arn': FLOWS,
  'permissions-boundary': policyArn('Boundary'),
  tag: ['team=playout', 'stage=test'],
  yes: true,
  json: true,
};

const asFlags = (options: typeof OPTIONS) =>
  Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [value].flat().flatMap((each) => [`--${name}`, each]),
  );
const variable = (name: string) => `MC_STATIC_KEY_${name.replaceAll('-', '_').toUpperCase()}`;
const asVariables = (options: typeof OPTIONS) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [variable(name), value === true ? 'true' : String(value)]),
  );

/** Runs `setup` in this process, or the built program if the key comes from standard input. */
const setup = (account: Sandbox, args: string[], options: Pick<RunOptions, 'env' | 'stdin'>) =>
  options.stdin === undefined
    ? runHere(['setup', ...args], reaching(account, options.env))
    : setupBuilt(account, args, options);

/** Returns the state of an account with a permissions boundary after a run. */
async function stateAfter(account: Sandbox, args: string[], env: NodeJS.ProcessEnv): Promise<AccountState> {
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }];
  await makePolicy(account, 'Boundary', { Version: '2012-10-17', Statement });
  const result = await setup(account, args, { env: { ...env, STUDIO_KEY: KEYS.aes256 } });
  expect(result).toMatchObject({ code: 0 });
  return withoutSuffixes(await readAccount(account));
}

describe('every option', () => {
  test('has its effect as a flag', async () => {
    const { secrets, policies, roles } = await stateAfter(sandbox(), asFlags(OPTIONS), {});
    const tags = { team: 'playout', stage: 'test' };
    expect(secrets).toMatchObject(
      [REGION, FAR_REGION].map((region) => ({
        region,
        name: 'studio-a',
        kmsKeyId: KMS_KEY,
        tags,
        values: { AWSCURRENT: KEYS.aes256 },
      })),
    );
    const all = (region: string) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:*`;
    expect(policies.find(({ name }) => name === 'StudioPolicy')).toMatchObject({
      document: { Statement: [{ Resource: [all(REGION), all(FAR_REGION)] }, {}, {}] },
      tags,
    });
    expect(roles).toMatchObject([
      {
        name: 'MediaConnect-Studio',
        description: 'Reads the keys, of Studio A',
        trust: { Statement: [{ Condition: { ArnLike: { 'aws:SourceArn': FLOWS } } }] },
        boundary: policyArn('Boundary'),
        attached: ['StudioPolicy'],
        tags,
      },
    ]);
    expect(JSON.stringify(roles[0]?.trust)).not.toContain('aws:SourceAccount');
  });

  test('has the same effect as an environment variable, with lists separated by commas', async () => {
    const other = await startSandbox();
    try {
      const byVariables = await stateAfter(sandbox(), [], asVariables(OPTIONS));
      expect(byVariables).toEqual(await stateAfter(other, asFlags(OPTIONS), {}));
    } finally {
      await other.close();
    }
  });

  test('takes precedence over its variable as a flag', async () => {
    const env = asVariables({
      'secret-name': 'other',
      'role-name': 'MediaConnect-Other',
      region: FAR_REGION,
    });
    const args = [...BASIC, '--role-name', 'MediaConnect-Mine', '--region', REGION];
    expect(await setup(sandbox(), args, { env })).toMatchObject({ code: 0 });
    const { secrets, roles } = await readAccount(sandbox());
    expect(secrets).toMatchObject([{ name: 'studio-a', region: REGION }]);
    expect(roles).toMatchObject([{ name: 'MediaConnect-Mine' }]);
  });
});

describe('other forms of the options', () => {
  test('include standard input for --key-file, a comma in --region, and a variable for --existing-key', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    const args = [
      '--secret-name',
      'studio-a',
      '--key-file',
      '-',
      '-y',
      '--region',
      `${REGION},${FAR_REGION}`,
    ];
    const env = { MC_STATIC_KEY_EXISTING_KEY: 'replace' };
    const result = await setup(sandbox(), args, { env, stdin: `${KEYS.aes128}\n` });
    expect(result).toMatchObject({ code: 0 });
    const { secrets } = await readAccount(sandbox());
    expect(secrets.map(({ values }) => values.AWSCURRENT)).toEqual([KEYS.aes128, KEYS.aes128]);
  });

  test('include variables for --secret-arn, --generate, --restore, --update-trust and --dry-run', async () => {
    const arn = await makeSecret(sandbox());
    const env = asVariables({
      'secret-arn': [arn],
      'update-trust': true,
      restore: true,
      'dry-run': true,
      json: true,
    });
    const { code, stdout } = await setup(sandbox(), [], { env });
    expect([code, JSON.parse(stdout).dryRun, JSON.parse(stdout).secrets[0].arn]).toEqual([0, true, arn]);
    const generate = asVariables({ 'secret-name': 'b', generate: 'aes128', quiet: true, yes: true });
    const second = await setup(sandbox(), [], { env: generate });
    expect(second).toMatchObject({ code: 0, stderr: '' });
  });

  test('include AWS_REGION for --region, which is reported as missing otherwise', async () => {
    const env = { AWS_REGION: undefined, MC_STATIC_KEY_REGION: '' };
    const missing = await setup(sandbox(), [...BASIC], { env });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('--region REGION (or AWS_REGION)');
    const dry = await setup(sandbox(), [...BASIC, '--dry-run', '--json'], {
      env: { AWS_REGION: FAR_REGION },
    });
    expect(JSON.parse(dry.stdout).secrets[0].region).toBe(FAR_REGION);
  });

  test('include a variable for --endpoint-url', async () => {
    const { AWS_ENDPOINT_URL: url = '' } = sandbox().env;
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    expect(await setup(sandbox(), [...BASIC, '--endpoint-url', url], { env })).toMatchObject({ code: 0 });
    const variables = { ...env, MC_STATIC_KEY_ENDPOINT_URL: url };
    expect(await setup(sandbox(), BASIC, { env: variables })).toMatchObject({ code: 0 });
  });
});

describe('a switch as a variable', () => {
  const UNCONFIRMED = BASIC.filter((arg) => arg !== '--yes');

  test.each(['false', '0', 'no', 'OFF', ''])('is off with the value %j', async (value) => {
    const { code, stderr } = await setup(sandbox(), UNCONFIRMED, { env: { MC_STATIC_KEY_YES: value } });
    expect(code).toBe(2);
    expect(stderr).toContain('--yes to apply the plan');
    expect((await readAccount(sandbox())).secrets).toEqual([]);
  });

  test('is refused with a value other than true or false', async () => {
    const env = { MC_STATIC_KEY_YES: 'perhaps', MC_STATIC_KEY_JSON: 'maybe' };
    const { code, stderr } = await setup(sandbox(), UNCONFIRMED, { env });
    expect(code).toBe(2);
    expect(stderr).toContain('MC_STATIC_KEY_YES must be true or false.');
    expect(stderr).toContain('MC_STATIC_KEY_JSON must be true or false.');
  });
});

describe('a flag that excludes another option', () => {
  const variables = { MC_STATIC_KEY_REGION: 'us-west-2', MC_STATIC_KEY_GENERATE: 'aes128' };

  test('overrides the variables of a Region and a key if it is --secret-arn', async () => {
    const arn = await makeSecret(sandbox(), { Name: 'there', SecretString: KEYS.aes256 });
    const { code, stderr } = await setup(sandbox(), ['--secret-arn', arn, '--yes'], { env: variables });
    expect(code, stderr).toBe(0);
  });

  test('overrides the variable of a key source if it is another one or --rollback', async () => {
    const rotate = (...args: string[]) =>
      runHere(['rotate', '--secret-name', 'studio-r', '--yes', ...args], reaching(sandbox(), variables));
    await setup(sandbox(), ['--secret-name', 'studio-r', '--key-env', 'STUDIO_KEY', '--yes'], {
      env: { ...variables, STUDIO_KEY: KEYS.aes256 },
    });
    expect((await rotate()).code).toBe(0);
    expect((await rotate('--rollback')).code).toBe(0);
  });

  test('is refused together with that option as a flag', async () => {
    const args = ['--secret-name', 'a', '--generate', 'aes128', '--key-env', 'STUDIO_KEY', '--yes'];
    expect((await setup(sandbox(), args, {})).code).toBe(2);
  });
});
