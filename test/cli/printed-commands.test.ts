import { describe, expect, test } from 'vitest';
import type { VerifyCheck } from '../../src/checks/verify/result.ts';
import { guideTrust, KEYS, makeRole, makeSecret, REGION } from '../support/account.ts';
import { wordsOf } from '../support/printed.ts';
import { temporaryFile } from '../support/runs/manifest.ts';
import { runHere } from '../support/runs/run-here.ts';
import { setUp } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';

const sandbox = freshSandbox();
const STUDIO = ['verify', '--secret-name', 'studio-a', '--region', REGION];

/** Returns an environment in which only the profile `prod` leads to the sandbox. */
function shell() {
  const { accessKeyId, secretAccessKey } = sandbox().credentials;
  const lines = [
    '[profile prod]',
    `aws_access_key_id = ${accessKeyId}`,
    `aws_secret_access_key = ${secretAccessKey}`,
    '',
  ];
  return { AWS_CONFIG_FILE: temporaryFile('config', lines.join('\n')), FEED_KEY: KEYS.aes256 };
}

async function checksOf(args: string[], env: NodeJS.ProcessEnv): Promise<VerifyCheck[]> {
  const { stdout, stderr } = await runHere([...args, '--json'], env);
  expect(stdout, stderr).not.toBe('');
  expect(JSON.parse(stdout)).toHaveProperty('checks');
  return JSON.parse(stdout).checks;
}

const commandOf = (checks: VerifyCheck[], id: string) =>
  checks.find((check) => check.id === id && check.verdict !== 'ok')?.command ?? '';

describe('a printed command', () => {
  const flags = () => ['--profile', 'prod', '--endpoint-url', sandbox().url];

  test('has the profile, the endpoint and the account of the run', async () => {
    await setUp(sandbox(), { secretName: 'other' });
    const args = [...STUDIO, ...flags(), '--account-id', sandbox().account];
    const [program, ...words] = wordsOf(commandOf(await checksOf(args, shell()), 'secret-exists'));
    expect(program).toBe('mc-static-key');
    expect(words.slice(-6)).toEqual([...flags(), '--account-id', sandbox().account]);
    const { code, stderr } = await runHere([...words, '--key-env', 'FEED_KEY', '--yes'], shell());
    expect(code, stderr).toBe(0);
    expect((await checksOf(args, shell())).filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  test('has the profile and the endpoint of the run, but no account, if it is for the AWS CLI', async () => {
    await makeSecret(sandbox());
    await makeRole(sandbox(), { trust: guideTrust() });
    const args = [...STUDIO, ...flags(), '--account-id', sandbox().account];
    const words = wordsOf(commandOf(await checksOf(args, shell()), 'role-guard'));
    expect(words.slice(0, 3)).toEqual(['aws', 'iam', 'update-assume-role-policy']);
    // With a custom endpoint, the AWS CLI needs a Region for IAM too.
    expect(words.slice(-6)).toEqual(['--region', REGION, ...flags()]);
  });

  test('names the profile if the AWS CLI would use the access keys of the environment instead', async () => {
    await makeSecret(sandbox());
    await makeRole(sandbox(), { trust: guideTrust() });
    const env = {
      ...shell(),
      ...sandbox().env,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_PROFILE: 'prod',
    };
    const checks = await checksOf(STUDIO, env);
    expect(wordsOf(commandOf(checks, 'role-guard')).slice(-2)).toEqual(['--profile', 'prod']);
    expect(commandOf(checks, 'role-reads-secret')).not.toContain('--profile');
  });

  test('names a Region for IAM in another partition', async () => {
    const china = ['verify', '--secret-name', 'studio-a', '--region', 'cn-north-1'];
    const env = { ...sandbox().env, FEED_KEY: KEYS.aes256 };
    const source = ['--key-env', 'FEED_KEY', '--no-source-account', '--yes'];
    const made = await runHere(['setup', ...china.slice(1), ...source], env);
    expect(made.code, made.stderr).toBe(0);
    const command = commandOf(await checksOf(china, env), 'role-guard');
    expect(wordsOf(command).slice(-2)).toEqual(['--region', 'cn-north-1']);
  });

  test('omits the password of the endpoint', async () => {
    const url = sandbox().url.replace('//', '//me:hunter2@');
    const { stdout, stderr } = await runHere([...STUDIO, '--endpoint-url', url], sandbox().env);
    expect(`${stdout}${stderr}`).not.toContain('hunter2');
    expect(stdout).toContain(`--endpoint-url ${sandbox().url}`);
  });

  test('has --sandbox if the run had it', async () => {
    const checks = await checksOf([...STUDIO, '--sandbox'], {});
    expect(commandOf(checks, 'secret-exists')).toMatch(/ --sandbox$/);
  });

  test('has no further options if the environment has everything', async () => {
    const checks = await checksOf(STUDIO, sandbox().env);
    expect(commandOf(checks, 'secret-exists')).toBe(
      'mc-static-key setup --secret-name studio-a --region us-west-2',
    );
  });
});

test('prints a command in full, however long it is', async () => {
  const regions = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'];
  const Name = 'x'.repeat(512);
  const arns = await Promise.all(regions.map((region) => makeSecret(sandbox(), { Name, region })));
  const args = ['verify', ...arns.flatMap((arn) => ['--secret-arn', arn])];
  const { stdout } = await runHere(args, sandbox().env);
  const lines = stdout.split('\n').map((line) => line.trim());
  const command = lines.find((line) => line.startsWith('mc-static-key setup')) ?? '';
  expect(command.length).toBeGreaterThan(4_096);
  const words = wordsOf(command).slice(1);
  const { code, stderr } = await runHere([...words, '--yes'], sandbox().env);
  expect(code, stderr).toBe(0);
  expect((await runHere(args, sandbox().env)).code).toBe(0);
});
