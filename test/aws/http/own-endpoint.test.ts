import { describe, expect, test } from 'vitest';
import { toFailure } from '../../../src/aws/to-failure.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { ARGS, credentialsOf, listen, openSandbox, profile } from './scene.ts';

/** Runs `setup` in this process, and returns its network failure. */
async function failureOf(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { code, stdout, stderr } = await runHere(['setup', ...ARGS, '--debug', ...args], env);
  expect(stderr).not.toContain('passw0rd');
  return { exit: code, ...JSON.parse(stdout).error };
}

describe('a custom endpoint that cannot be reached', () => {
  const check = (from: string) =>
    `Check the network and the endpoint URL (${from}). Then run the same command again.`;

  test('is named with its variable, instead of AWS', async () => {
    const sandbox = await openSandbox();
    const env = { ...credentialsOf(sandbox), AWS_ENDPOINT_URL: sandbox.url };
    expect(await failureOf({ ...env, AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:1' })).toMatchObject({
      exit: 1,
      code: 'unreachable',
      message: expect.stringMatching(
        /^Can't connect to the endpoint http:\/\/127\.0\.0\.1:1 \(AWS_ENDPOINT_URL_IAM\) for iam:\w+\.$/,
      ),
      hint: check('AWS_ENDPOINT_URL_IAM'),
    });
  });

  test('is named with its flag, and without the password', async () => {
    const sandbox = await openSandbox();
    const url = 'http://bob:passw0rd@127.0.0.1:1/aws';
    const failure = await failureOf(credentialsOf(sandbox), '--endpoint-url', url);
    expect(failure.message).toBe(
      "Can't connect to the endpoint http://127.0.0.1:1/aws (--endpoint-url) for sts:GetCallerIdentity.",
    );
    expect(failure.hint).toBe(check('--endpoint-url'));
  });

  test('is named with its profile, even when it is used to get credentials', async () => {
    const config = await profile(
      '[profile studio]\nendpoint_url = http://127.0.0.1:1\nregion = us-west-2\n' +
        'role_arn = arn:aws:iam::111122223333:role/Engineer\nweb_identity_token_file = TOKEN\n',
    );
    const failure = await failureOf(config, '--profile', 'studio');
    expect(failure.message).toBe(
      "Can't connect to the endpoint http://127.0.0.1:1 (profile studio) for sts:AssumeRoleWithWebIdentity.",
    );
  });
});

test('names a custom endpoint that closes the connection', async () => {
  const port = await listen((socket) => socket.once('data', () => socket.destroy()));
  const sandbox = await openSandbox();
  const failure = await failureOf({
    ...credentialsOf(sandbox),
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  });
  expect(failure.message).toContain(`the endpoint http://127.0.0.1:${port} (AWS_ENDPOINT_URL)`);
});

test('names a custom endpoint that does not respond in time', () => {
  const endpoint = { value: 'http://bob:passw0rd@emulator.example', from: 'profile p' };
  const source = { kind: 'environment' } as const;
  const { message } = toFailure(
    Object.assign(new Error('slow'), { name: 'TimeoutError' }),
    { action: 'kms:DescribeKey', resource: 'k', region: 'us-west-2', elapsedMs: 30_000 },
    { configuration: { profile: { name: 'p', settings: {} }, source, endpointOf: () => endpoint } },
  );
  expect(message).toBe(
    'kms:DescribeKey timed out after 30 s at the endpoint http://emulator.example (profile p).',
  );
});
