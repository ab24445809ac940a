import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { guidePolicy, guideTrust, makePolicy, makeRole, makeSecret } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { partOf } from '../support/exhaustive.ts';
import { program, run, runCommand } from '../support/runs/run.ts';
import { leaks, newHome, watchArguments } from './leaks.ts';
import {
  expectNoLeak,
  HELD,
  KEY,
  KEYLESS,
  keyFile,
  newScene,
  PASSWORD,
  type Scene,
  SECRETS,
  setup,
} from './scene.ts';

const forever = Number.POSITIVE_INFINITY;
const processArguments = watchArguments();

describe('setup with an invalid key', () => {
  const wrong: [string, string][] = [
    ['that is one digit short', KEY.slice(1)],
    ['with a letter that is not hexadecimal', `${KEY.slice(0, -1)}x`],
    ['in quotes', `"${KEY}"`],
    ['as JSON', `{"key":"${KEY}"}`],
    ['given twice', `${KEY}\n${KEY}\n`],
    ['in Base64', Buffer.from(KEY, 'hex').toString('base64')],
  ];

  test.concurrent.for(partOf(wrong, 3))('never prints a key %s', async ([, text]) => {
    const scene = await newScene();
    const { code } = await setup(scene, ['--key-file', '-', '--debug', '--json'], { stdin: text });
    expect(code).toBe(2);
    expect(scene.sandbox.requests).toEqual([]);
  });
});

/** A separate key, because these tests put it into the arguments on purpose. */
const MISPLACED = 'e8a15d7c39f04b62d8e1970ac5b34f26178d9ec0532fa4b6791c0de84f3a5b2d';

describe('setup with a key in the wrong place on the command line', () => {
  const places: string[][] = [
    ['--secret-name', MISPLACED],
    ['--key-file', MISPLACED],
    ['--key-env', MISPLACED],
    ['--generate', MISPLACED],
    ['--key', MISPLACED],
    [`--key=${MISPLACED}`],
    [`--${MISPLACED}`],
    ['--tag', `key=${MISPLACED}`],
    [MISPLACED],
  ];

  test.concurrent.for(partOf(places, 3))('never prints the key: %s', async (flags) => {
    const home = newHome();
    const { code, stdout, stderr } = await run(['setup', ...flags, '--yes', '--debug', '--json'], {
      env: home.env,
      cwd: home.cwd,
    });
    expect(code).toBe(2);
    expectNoLeak(home, { stdout, stderr }, [MISPLACED]);
  });
});

describe('setup, when something fails', () => {
  const create = 'secretsmanager:CreateSecret';
  const flags = (scene: Scene) => [...keyFile(scene), '--debug', '--json'];

  test.concurrent('prints neither the given nor the stored key at a conflict', async () => {
    const scene = await newScene();
    await makeSecret(scene.sandbox, { Name: 'studio-a', SecretString: HELD });
    expect((await setup(scene, flags(scene))).code).toBe(3);
  });

  const failures: { how: string; faults: Fault[]; code: number }[] = [
    { how: 'when a permission is missing', faults: [{ action: create, kind: 'access-denied' }], code: 4 },
    {
      how: 'when the credentials have expired',
      faults: [{ action: create, kind: 'expired-token' }],
      code: 4,
    },
    {
      how: 'when the request is throttled at first',
      faults: [{ action: create, kind: 'throttle' }],
      code: 0,
    },
    { how: 'when an answer is lost', faults: [{ action: create, kind: 'drop-after' }], code: 0 },
    {
      how: 'when the next step is denied',
      faults: [{ action: 'iam:CreatePolicy', kind: 'access-denied' }],
      code: 4,
    },
    {
      how: 'when reading the secret back is denied',
      faults: [{ action: 'secretsmanager:GetSecretValue', kind: 'access-denied', times: forever }],
      code: 4,
    },
  ];

  test.concurrent.for(failures)('never prints the key $how', async ({ faults, code }) => {
    const scene = await newScene(...faults);
    expect((await setup(scene, flags(scene))).code).toBe(code);
  });

  // The SDK retries with pauses, so these run in parallel.
  test.concurrent('never prints the key when AWS fails, the connection is cut, or a proxy answers in HTML', async () => {
    const kinds = ['internal-error', 'drop-before', 'html'] as const;
    const codes = kinds.map(async (kind) => {
      const scene = await newScene({ action: create, kind, times: forever });
      return (await setup(scene, flags(scene))).code;
    });
    expect(await Promise.all(codes)).toEqual([1, 1, 1]);
  });

  test.concurrent('never prints the key when the role turns out not to be able to read the secret', async () => {
    const scene = await newScene();
    const arn = await makeSecret(scene.sandbox, { Name: 'studio-a', SecretString: KEY });
    const deny = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'secretsmanager:*', Resource: '*' }],
    };
    const attached = [
      await makePolicy(scene.sandbox, 'ReadKeys', guidePolicy(arn)),
      await makePolicy(scene.sandbox, 'NoSecrets', deny),
    ];
    await makeRole(scene.sandbox, { name: 'MediaConnect-Keys', trust: guideTrust(), attached });
    const { code, stdout } = await setup(scene, flags(scene));
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'not-proven']);
  });

  test.concurrent.for([
    { key: KEY, more: [] },
    { key: PASSWORD, more: ['--key-type', 'srt-password'] },
  ])('never prints the key when the error message of AWS repeats the request', async ({ key, more }) => {
    const scene = await newScene();
    const env = { AWS_ENDPOINT_URL_SECRETS_MANAGER: await echo() };
    const given = [...keyFile(scene, key), ...more, '--debug', '--json'];
    const { code, stdout } = await setup(scene, given, { env });
    expect([code, JSON.parse(stdout).error.awsAction]).toEqual([1, create]);
    expect(stdout).toContain('InvalidParameterException');
  });
});

/** A Secrets Manager endpoint whose error message repeats the whole request, as a proxy or an emulator might do. */
async function echo(): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const isWrite = request.headers['x-amz-target'] === 'secretsmanager.CreateSecret';
    const __type = isWrite ? 'InvalidParameterException' : 'ResourceNotFoundException';
    const message = `${body} ${JSON.parse(body).SecretString} ${encodeURIComponent(JSON.parse(body).SecretString)}`;
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type, message: isWrite ? message : 'There is no such secret.' }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('setup that crashes', () => {
  test.concurrent('never prints the key in an exception thrown during a request', async () => {
    const scene = await newScene();
    const preload = scene.home.give('preload.mjs', whenSent("throw new TypeError(body + ' cannot be sent')"));
    const { code, stdout } = await setup(scene, [...keyFile(scene), '--debug', '--json'], {
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
    expect(code).toBe(1);
    expect(stdout).toContain('cannot be sent');
  });

  test.concurrent('never prints the key in an uncaught exception', async () => {
    const scene = await newScene();
    const preload = scene.home.give(
      'preload.mjs',
      whenSent("setTimeout(() => { throw new Error('the wire broke'); })"),
    );
    const { code, stderr } = await setup(scene, [...keyFile(scene), '--debug'], {
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('the wire broke');
  });

  test.concurrent('never prints the key when standard output cannot be written', async () => {
    const { sandbox, home } = await newScene();
    const args = ['setup', ...KEYLESS, '--yes', '--key-file', home.give('studio.key', KEY), '--debug'];
    const script = 'exec "$@" > /dev/full';
    const options = { env: { ...sandbox.env, ...home.env }, cwd: home.cwd };
    const { code, stderr } = await runCommand(
      'bash',
      ['-c', script, 'bash', process.execPath, program, ...args],
      options,
    );
    expect(code).not.toBe(0);
    expectNoLeak(home, { stderr });
  });
});

/** A preload script with a statement to run when the program sends the request with the key; `body` is its text. */
const whenSent = (happens: string) => `
  import http from 'node:http';
  const { end } = http.ClientRequest.prototype;
  http.ClientRequest.prototype.end = function (...args) {
    const body = typeof args[0] === 'function' ? '' : Buffer.from(args[0] ?? '').toString();
    if (body.includes('"SecretString"')) ${happens};
    return end.apply(this, args);
  };`;

test('no key appears in the arguments of any process during these tests', () => {
  const seen = processArguments();
  expect(seen.filter((line) => line.includes('mc-static-key.js setup'))).not.toEqual([]);
  expect(leaks({ arguments: seen.join('\n') }, SECRETS)).toEqual([]);
});
