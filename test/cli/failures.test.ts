import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { KEYS, REGION, readAccount, withoutSuffixes, writesTo } from '../support/account.ts';
import { commandsIn, wordsOf } from '../support/printed.ts';
import { manifestFile } from '../support/runs/manifest.ts';
import { run } from '../support/runs/run.ts';
import { setUp, setUpInVain } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { reaching, setup, signalAt } from './program.ts';

const sandbox = freshSandbox();
const ARGS = ['--secret-name', 'studio-a', '--generate', 'aes256', '--yes', '--json'];
/** Started first and checked last, because the SDK retries for some seconds. */
const refused = run(['setup', ...ARGS], {
  env: {
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
  },
});
const failureOf = async (env: NodeJS.ProcessEnv, ...args: string[]) => {
  const { code, stdout, stderr } = await run(['setup', ...ARGS, ...args], { env: reaching(sandbox(), env) });
  const { error } = JSON.parse(stdout);
  expect(stderr.replace(/\s+/g, ' ')).toContain(error.message);
  return { exit: code, ...error };
};

describe('credentials', () => {
  test('are reported as missing, with the commands to run', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const failure = await failureOf(none);
    expect(failure).toMatchObject({
      exit: 4,
      code: 'no-credentials',
      message: 'No AWS credentials found.',
    });
    expect(failure.hint).toMatch(/'aws configure'.*'aws sso login'.*--sandbox/);
  });

  test('are reported as invalid if the secret access key is wrong', async () => {
    const failure = await failureOf({ AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(failure).toMatchObject({ exit: 4, code: 'invalid-credentials' });
  });

  test('are reported as invalid if AWS does not know the access key', async () => {
    const failure = await failureOf({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' });
    expect(failure).toMatchObject({ exit: 4, code: 'invalid-credentials' });
  });

  test('are reported as expired, with the command to run', async () => {
    sandbox().addFault({ kind: 'expired-token', times: Number.POSITIVE_INFINITY });
    const failure = await failureOf({});
    expect(failure).toMatchObject({ exit: 4, code: 'expired-credentials' });
    expect(failure.hint).toContain('aws sso login');
  });
});

describe('an account other than the expected one', () => {
  const OTHER = '444455556666';

  test('is not changed if a flag or a manifest names another account', async () => {
    sandbox().clearRequests();
    const failure = await failureOf({}, '--account-id', OTHER);
    expect(failure).toMatchObject({
      exit: 4,
      code: 'wrong-account',
      message: `These credentials belong to account 111122223333, not to ${OTHER} (--account-id).`,
    });
    const manifest = manifestFile({
      account: OTHER,
      keys: [{ secretName: 'a', regions: [REGION], key: { generate: 'aes256' } }],
    });
    const args = ['setup', '--manifest', manifest, '--yes', '--json'];
    const { code, stdout } = await run(args, { env: reaching(sandbox()) });
    expect([code, JSON.parse(stdout).error.code]).toEqual([4, 'wrong-account']);
    expect(JSON.parse(stdout).caller).toMatchObject({ account: '111122223333', credentials: 'environment' });
    expect(writesTo(sandbox())).toEqual([]);
  });

  test('is a usage error if flag and manifest name different accounts', async () => {
    const keys = [{ secretName: 'a', regions: [REGION], key: { generate: 'aes256' } }];
    const manifest = manifestFile({ account: '111122223333', keys });
    const setupAll = (account: string) =>
      run(['setup', '--manifest', manifest, '--account-id', account, '--yes'], { env: reaching(sandbox()) });
    const disagreeing = await setupAll(OTHER);
    expect([disagreeing.code, disagreeing.stderr]).toEqual([
      2,
      expect.stringContaining('name different accounts'),
    ]);
    expect((await setupAll('111122223333')).code).toBe(0);
  });
});

test('warns that a proxy would get the key in clear text, even for a local endpoint', async () => {
  const { stderr } = await run(['setup', ...ARGS], {
    env: reaching(sandbox(), { NO_PROXY: '', no_proxy: '', HTTP_PROXY: 'http://127.0.0.1:1' }),
    timeoutMs: 60_000,
  });
  expect(stderr.replace(/\s+/g, ' ')).toContain('The endpoint is plain HTTP');
});

describe('a request that the SDK cannot send', () => {
  test('is not reported as a response from AWS', async () => {
    const failure = await failureOf({ AWS_DEFAULTS_MODE: 'nonsense' });
    expect(failure).toMatchObject({ exit: 1, code: 'aws-configuration' });
    expect(failure.message).toMatch(/^The AWS SDK couldn't send sts:GetCallerIdentity: .*defaultsMode/);
  });
});

describe('an endpoint', () => {
  const serving = async (answer: Parameters<typeof createServer>[1], use: (url: string) => Promise<void>) => {
    const server: Server = createServer({}, answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test('is reported as not AWS if it returns a web page, as a login portal does', async () => {
    const page = '<html><body>Please log in</body></html>';
    await serving(
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      async (url) => {
        const failure = await failureOf({ AWS_ENDPOINT_URL: url });
        expect(failure).toMatchObject({ exit: 1, code: 'not-aws' });
        expect(failure.hint).toContain('--endpoint-url');
      },
    );
  });

  test('is reported as not AWS if it returns the error page of a proxy', async () => {
    await serving(
      (_request, response) =>
        response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Forbidden</html>'),
      async (url) =>
        expect(await failureOf({ AWS_ENDPOINT_URL: url })).toMatchObject({ exit: 1, code: 'not-aws' }),
    );
  });
});

const FEED = { secretName: 'studio-a', regions: [REGION], key: { generate: 'aes256' } };

describe('a denied request', () => {
  test.each([
    [
      'one key',
      ['--secret-name', 'studio-a', '--generate', 'aes256', '--tag', 'team=live sports', '--dry-run'],
    ],
    ['a manifest', ['--manifest', manifestFile({ keys: [FEED] }), '--yes']],
  ])('names the command that prints every permission, which works: %s', async (_what, args) => {
    sandbox().addFault({ action: 'GetRole', kind: 'access-denied', times: Number.POSITIVE_INFINITY });
    const { code, stderr } = await run(['setup', ...args], { env: reaching(sandbox(), {}) });
    expect(code, stderr).toBe(4);
    expect(stderr).toContain('To print every permission that this command needs, for your administrator:');
    const [command = ''] = commandsIn(stderr);
    expect(command).toMatch(/^mc-static-key permissions setup --(secret-name|manifest) /);
    const printed = await run(wordsOf(command).slice(1), { env: reaching(sandbox(), {}) });
    expect([printed.code, printed.stdout]).toEqual([0, expect.stringContaining('iam:GetRole')]);
  });

  test('leads to the permissions of a command that needs no secret', async () => {
    sandbox().addFault({
      action: 'GetCallerIdentity',
      kind: 'access-denied',
      times: Number.POSITIVE_INFINITY,
    });
    const { stderr } = await run(['status'], { env: reaching(sandbox(), {}) });
    expect(commandsIn(stderr)).toEqual(['mc-static-key permissions status']);
  });
});

describe('a run that is interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'completes the current change, lists what exists, and can be continued (%s)',
    async (signal, exit) => {
      sandbox().addFault({ action: 'CreatePolicy', kind: 'delay', delayMs: 300 });
      const { code, stdout, stderr } = await signalAt(sandbox(), 'CreatePolicy', signal, ARGS);
      expect(code).toBe(exit);
      expect(stderr).toMatch(/^Stopping/m);
      expect(stderr).toContain('To continue, run the same command again.');
      const { error, completed } = JSON.parse(stdout);
      expect(error.code).toBe('interrupted');
      expect(completed.secrets).toHaveLength(1);
      expect(completed.policies).toMatchObject([
        { name: 'SecretsManagerForMediaConnect', action: 'created' },
      ]);
      expect(writesTo(sandbox())).toEqual(['secretsmanager:CreateSecret', 'iam:CreatePolicy']);
      expect((await setup(sandbox(), ARGS)).code).toBe(0);
    },
  );

  test('ends at once while it only reads', async () => {
    sandbox().addFault({ action: 'GetRole', kind: 'delay', delayMs: 8_000 });
    const started = performance.now();
    const { code, stderr } = await signalAt(sandbox(), 'GetRole', 'SIGINT', ARGS);
    expect(code).toBe(130);
    expect(stderr).toContain('Nothing was changed.');
    expect(performance.now() - started).toBeLessThan(4_000);
  });
});

describe('a run that is killed', () => {
  test.each(['CreateSecret', 'CreatePolicy', 'CreateRole', 'AttachRolePolicy'])(
    'is completed by the same command after a kill at %s',
    async (action) => {
      sandbox().addFault({ action, kind: 'delay', delayMs: 8_000 });
      const killed = await signalAt(sandbox(), action, 'SIGKILL', ARGS);
      expect(killed.code).toBeNull();
      sandbox().clearFaults();
      const { code } = await setUp(sandbox(), { generate: 'aes256' });
      expect(code).toBe(0);
      const { secrets, policies, roles } = withoutSuffixes(await readAccount(sandbox()));
      expect(secrets).toMatchObject([{ values: { AWSCURRENT: expect.stringMatching(/^[0-9a-f]{64}$/) } }]);
      expect(Object.keys(secrets[0]?.values ?? {})).toEqual(['AWSCURRENT']);
      expect(policies).toMatchObject([{ defaultVersion: 'v1' }]);
      expect(roles).toMatchObject([{ attached: ['SecretsManagerForMediaConnect'] }]);
      expect((await setUpInVain(sandbox(), { generate: 'aes256' })).code).toBe(0);
    },
  );
});

describe('a key from a file', () => {
  test('is refused before any request to AWS if it is invalid, and is not shown', async () => {
    const args = ['--secret-name', 'studio-a', '--key-file', '-', '--yes'];
    const { code, stdout, stderr } = await setup(sandbox(), args, { stdin: `${KEYS.aes256}zz` });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Nothing was sent to AWS.');
    expect(stderr).not.toContain(KEYS.aes256);
    expect(sandbox().requests).toEqual([]);
  });
});

describe('an endpoint that cannot be reached', () => {
  test('ends the run with exit code 1 and a hint about what to check', async () => {
    const { code, stdout } = await refused;
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('endpoint URL'),
    });
  });
});
