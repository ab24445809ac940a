import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { KEYS, REGION, readAccount, withoutSuffixes, writesTo } from '../support/account.ts';
import { manifestFile } from '../support/runs/manifest.ts';
import { run } from '../support/runs/run.ts';
import { setUp, setUpInVain } from '../support/runs/setup.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { reaching, setup, signalAt } from './program.ts';

const sandbox = freshSandbox();
const ARGS = ['--secret-name', 'studio-a', '--generate', 'aes256', '--yes', '--json'];
/** Begun first and looked at last, because the SDK tries for some seconds. */
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
  test('that are missing are said to be, with what to run', async () => {
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const failure = await failureOf(none);
    expect(failure).toMatchObject({
      exit: 4,
      code: 'no-credentials',
      message: 'No AWS credentials were found.',
    });
    expect(failure.hint).toMatch(/'aws configure'.*'aws sso login'.*--sandbox/);
  });

  test('with a wrong secret part are said to be wrong', async () => {
    const failure = await failureOf({ AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(failure).toMatchObject({ exit: 4, code: 'invalid-credentials' });
  });

  test('that AWS does not know are said to be so', async () => {
    const failure = await failureOf({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' });
    expect(failure).toMatchObject({ exit: 4, code: 'invalid-credentials' });
  });

  test('that have expired are said to have, with what to run', async () => {
    sandbox().addFault({ kind: 'expired-token', times: Number.POSITIVE_INFINITY });
    const failure = await failureOf({});
    expect(failure).toMatchObject({ exit: 4, code: 'expired-credentials' });
    expect(failure.hint).toContain('aws sso login');
  });
});

describe('an account that was not meant', () => {
  const OTHER = '444455556666';

  test('is left alone, whether a flag or a manifest names another one', async () => {
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

  test('is one sentence where flag and manifest disagree, and no obstacle where they do not', async () => {
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

test('a key that a proxy would get in clear text is warned of, also for an endpoint on this machine', async () => {
  const { stderr } = await run(['setup', ...ARGS], {
    env: reaching(sandbox(), { NO_PROXY: '', no_proxy: '', HTTP_PROXY: 'http://127.0.0.1:1' }),
    timeoutMs: 60_000,
  });
  expect(stderr.replace(/\s+/g, ' ')).toContain('The endpoint is plain http');
});

describe('what the SDK cannot send', () => {
  test('is not said to be an answer of AWS', async () => {
    const failure = await failureOf({ AWS_DEFAULTS_MODE: 'nonsense' });
    expect(failure).toMatchObject({ exit: 1, code: 'aws-configuration' });
    expect(failure.message).toMatch(/^The AWS SDK could not send sts:GetCallerIdentity: .*defaultsMode/);
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

  test('that answers with a web page, as a login portal does, is said not to be AWS', async () => {
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

  test('that answers with an error page of a proxy is said not to be AWS', async () => {
    await serving(
      (_request, response) =>
        response.writeHead(403, { 'content-type': 'text/html' }).end('<html>Forbidden</html>'),
      async (url) =>
        expect(await failureOf({ AWS_ENDPOINT_URL: url })).toMatchObject({ exit: 1, code: 'not-aws' }),
    );
  });
});

describe('a run that is interrupted', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '(%s) finishes the change under way, says what exists, and can be continued',
    async (signal, exit) => {
      sandbox().addFault({ action: 'CreatePolicy', kind: 'delay', delayMs: 300 });
      const { code, stdout, stderr } = await signalAt(sandbox(), 'CreatePolicy', signal, ARGS);
      expect(code).toBe(exit);
      expect(stderr).toMatch(/^Stopping/m);
      expect(stderr).toContain('Run the same command again to continue');
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

  test('while it only reads ends at once', async () => {
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
    'at %s is finished by the same command, as if it had never been',
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
  test('that is wrong is refused before AWS is asked, and is not shown', async () => {
    const args = ['--secret-name', 'studio-a', '--key-file', '-', '--yes'];
    const { code, stdout, stderr } = await setup(sandbox(), args, { stdin: `${KEYS.aes256}zz` });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Nothing was sent to AWS.');
    expect(stderr).not.toContain(KEYS.aes256);
    expect(sandbox().requests).toEqual([]);
  });
});

describe('an endpoint that nobody serves', () => {
  test('ends the run with 1, and names what to check', async () => {
    const { code, stdout } = await refused;
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('endpoint URL'),
    });
  });
});
