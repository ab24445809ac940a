import { describe, expect, test } from 'vitest';
import { proxyFor, readProxies } from '../../../src/aws/http/proxy.ts';
import type { ProxyHandler } from '../../../src/aws/http/proxy-handler.ts';
import { requestHandlerFor } from '../../../src/aws/http/sdk-client.ts';
import { mayHaveTakenEffect } from '../../../src/aws/requests/retries.ts';
import { program, run } from '../../support/runs/run.ts';
import { runHere } from '../../support/runs/run-here.ts';
import { makeAuthority } from './certificates.ts';
import { startProxy } from './proxy.ts';
import {
  ARGS,
  credentialsOf,
  failureOf,
  listen,
  openSandbox,
  profile,
  SOME_CREDENTIALS,
  setup,
} from './scene.ts';

const authority = await makeAuthority();
const ENDPOINT = 'secretsmanager.us-west-2.amazonaws.com';
const PASSWORD = 'c0rrect%2Fhorse';

/** Starts a proxy that returns this response to every request. */
const answering = (answer: string) =>
  listen((socket) => socket.once('data', () => socket.end(answer.replaceAll('\n', '\r\n'))));
const via = (port: number, env: NodeJS.ProcessEnv = {}) => ({
  ...SOME_CREDENTIALS,
  HTTPS_PROXY: `http://127.0.0.1:${port}`,
  ...env,
});

describe('a proxy', () => {
  test.concurrent.for([
    ['refuses the connection', 'HTTP/1.1 403 Forbidden\n\n', 'proxy-refused', 'refused to connect to'],
    ['fails to reach AWS', 'HTTP/1.1 504 Gateway Timeout\n\n', 'proxy-failed', "can't connect to"],
    ['is another kind of server', 'SSH-2.0-OpenSSH_9.6\n', 'proxy-unreachable', 'is not an HTTP proxy'],
    ['closes the connection', '', 'proxy-unreachable', "Can't connect to the proxy"],
  ] as const)('is named with its variable and a fix when it %s', async ([, answer, code, words]) => {
    const port = await answering(answer);
    const failure = await failureOf(via(port));
    expect(failure).toMatchObject({ exit: 1, code });
    expect(failure.message).toContain(`127.0.0.1:${port} (from HTTPS_PROXY)`);
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain("Can't connect to AWS");
    expect(failure.hint).toMatch(/NO_PROXY|Region code/);
  });

  test.concurrent('is named when nothing listens on its port', async () => {
    const failure = await failureOf({ ...SOME_CREDENTIALS, https_proxy: '127.0.0.1:1' });
    expect(failure).toMatchObject({ exit: 1, code: 'proxy-unreachable' });
    expect(failure.message).toContain('127.0.0.1:1 (from https_proxy)');
    expect(failure.hint).toContain('NO_PROXY');
  });

  test.concurrent('is reported when it refuses the password, and no password is shown', async () => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url, authority, password: 'engineer:c0rrect/horse' });
    const env = {
      ...credentialsOf(sandbox),
      HTTPS_PROXY: `http://engineer:wr0ng-horse@127.0.0.1:${proxy.port}`,
    };
    const { code, json, all } = await setup(env, '--debug');
    expect(code).toBe(1);
    expect(json.error).toMatchObject({
      code: 'proxy-authentication',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
    expect(json.error.message).toContain(`127.0.0.1:${proxy.port} (from HTTPS_PROXY)`);
    expect(all).not.toMatch(/wr0ng|ZW5naW5lZXI/);
  });

  test.concurrent('gets the password from its URL; neither password nor key is shown, even with DEBUG=*', async () => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url, password: 'engineer:c0rrect/horse' });
    const withPassword = `http://engineer:${PASSWORD}@127.0.0.1:${proxy.port}`;
    const env = { ...credentialsOf(sandbox), HTTP_PROXY: withPassword, DEBUG: '*' };
    const { code, all } = await setup(env, '--endpoint-url', sandbox.url, '--debug');
    expect(code).toBe(0);
    expect(new Set(proxy.forwarded)).toEqual(new Set([`${sandbox.url}/`]));
    expect(all).not.toMatch(/c0rrect|ZW5naW5lZXI|SecretString/);
  });

  test.concurrent.for([
    ['a literal percent sign', 'c0rrect%horse', 0],
    ['a wrong password', 'wr0ng', 1],
  ] as const)('gets the password of the URL with a request without TLS: %s', async ([, password, exit]) => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url, password: 'engineer:c0rrect%horse' });
    const HTTP_PROXY = `http://engineer:${password}@127.0.0.1:${proxy.port}`;
    const { code, json } = await setup(
      { ...credentialsOf(sandbox), HTTP_PROXY },
      '--endpoint-url',
      sandbox.url,
    );
    expect([code, json.error?.code]).toEqual([exit, exit ? 'proxy-authentication' : undefined]);
  });

  test.concurrent('is bypassed for the hosts in NO_PROXY, and in the sandbox', async () => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url });
    const proxies = { HTTP_PROXY: proxy.url, https_proxy: proxy.url };
    const bypassing = { ...credentialsOf(sandbox), ...proxies, no_proxy: '.example.com, 127.0.0.1' };
    expect((await setup(bypassing, '--endpoint-url', sandbox.url)).code).toBe(0);
    expect((await setup(proxies, '--sandbox')).code).toBe(0);
    expect([...proxy.forwarded, ...proxy.tunnels]).toEqual([]);
  });

  test.concurrent('is reported as untrusted, with the variables to set, when it decrypts connections', async () => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url, authority });
    const failure = await failureOf(via(proxy.port));
    expect(failure).toMatchObject({ exit: 1, code: 'untrusted-certificate' });
    expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(failure.hint).toMatch(/AWS_CA_BUNDLE\b.*\bca_bundle\b/);
  });

  test.concurrent('is reported when its certificate is not in the CA bundle', async () => {
    const sandbox = await openSandbox();
    const proxy = await startProxy({ behind: sandbox.url, authority });
    const other = await makeAuthority();
    const failure = await failureOf({ ...via(proxy.port), AWS_CA_BUNDLE: other.file });
    expect(failure).toMatchObject({ exit: 1, code: 'untrusted-certificate' });
    expect(failure.message).toContain(`issuer is not in ${other.file} (AWS_CA_BUNDLE)`);
    expect(failure.hint).toContain(`to ${other.file}.`);
    expect(failure.hint).not.toContain('NODE_EXTRA_CA_CERTS');
  });
});

describe('a proxy variable', () => {
  test.concurrent.for([
    ['is not a URL', 'http://engineer:tr0ub#4dor@proxy.example:8080', 'HTTPS_PROXY is not a URL.'],
    ['names another kind of proxy', 'socks5://engineer:tr0ub4dor@proxy.example', 'is not an HTTP proxy URL'],
  ] as const)('is refused as a usage error, and never repeated, when it %s', async ([, value, words]) => {
    const env = { ...SOME_CREDENTIALS, HTTPS_PROXY: value };
    const { code, stdout, stderr } = await run(['setup', ...ARGS, '--debug'], { env });
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
    });
    expect(stdout + stderr).not.toMatch(/tr0ub|4dor|proxy\.example/);
  });
});

describe('an unusable proxy', () => {
  const UNUSABLE = { HTTPS_PROXY: 'socks5://proxy.example', https_proxy: 'http://a b/' };

  test('does not matter if no request goes through it', async () => {
    const sandbox = await openSandbox();
    const env = { ...credentialsOf(sandbox), ...UNUSABLE, AWS_ENDPOINT_URL: sandbox.url };
    const { code, stdout } = await runHere(['setup', ...ARGS], env);
    expect(code, stdout).toBe(0);
    const excepted = { ...env, HTTP_PROXY: 'socks5://proxy.example', NO_PROXY: '127.0.0.1' };
    expect(await runHere(['status', '--json'], excepted)).toMatchObject({ code: 0 });
  });

  test('is a usage error as soon as a request needs it, and nothing is sent after that', async () => {
    const sandbox = await openSandbox();
    const env = { ...credentialsOf(sandbox), ...UNUSABLE, AWS_ENDPOINT_URL_SECRETS_MANAGER: sandbox.url };
    const { code, stdout } = await runHere(['setup', ...ARGS], env);
    expect([code, JSON.parse(stdout).error.code]).toEqual([2, 'usage']);
    expect(sandbox.requests.filter(({ action }) => /^(Create|Put)/.test(action))).toEqual([]);
  });

  test('is a usage error before the warning about a plain HTTP endpoint behind it', async () => {
    const sandbox = await openSandbox();
    const env = { ...credentialsOf(sandbox), http_proxy: 'socks5://x', AWS_ENDPOINT_URL: sandbox.url };
    const { code, stderr } = await runHere(['setup', ...ARGS], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining('http_proxy is not an HTTP proxy URL')]);
    expect(sandbox.requests).toEqual([]);
  });

  test('leaves no change unconfirmed', async () => {
    const handler = await requestHandlerFor(UNUSABLE);
    const failure = await handler.handle(requestTo(ENDPOINT)).catch((reason: unknown) => reason);
    expect(failure).toMatchObject({ exitCode: 2, message: 'https_proxy is not a URL.' });
    expect(mayHaveTakenEffect(failure)).toBe(false);
  });

  test('is reported as such when credentials are requested through it', async () => {
    const config = await profile(
      '[profile studio]\nsso_account_id = 111122223333\nsso_role_name = Engineer\nsso_start_url = https://example.com\nsso_region = us-east-1',
    );
    const env = { ...config, ...UNUSABLE, AWS_REGION: 'us-west-2' };
    const { code, stdout } = await runHere(['setup', ...ARGS, '--profile', 'studio'], env);
    expect([code, JSON.parse(stdout).error.message]).toEqual([2, 'https_proxy is not a URL.']);
  });

  test('does not matter to this program in the sandbox, and stays set for other commands', async () => {
    const setup = `${process.execPath} ${program} setup ${ARGS.join(' ')}`;
    const script = `${setup} >&2; echo "$? $HTTPS_PROXY"`;
    const { stdout, stderr } = await run(['sandbox', '--', 'sh', '-c', script], {
      env: { HTTPS_PROXY: UNUSABLE.HTTPS_PROXY, HTTP_PROXY: UNUSABLE.HTTPS_PROXY },
    });
    expect(stdout, stderr).toBe(`0 ${UNUSABLE.HTTPS_PROXY}\n`);
  });
});

describe('a password that is not percent-encoded', () => {
  const NO_URL = 'HTTP_PROXY is not a URL.';

  test.each([
    'http://bob:2024#Summer@proxy.local:8080',
    'http://bob:2024/Summer@proxy.local:8080',
    'http://bob:2024?Summer@proxy.local:8080',
    'http://bob:2024\\Summer@proxy.local:8080',
    'bob:2024#Summer@proxy.local:8080',
    'https://bob:2024#Summer@proxy.local:8080',
    'http://bob:p@2024#Summer@127.0.0.1:1',
    'http://bob:2024#',
    'http://bob:2024?',
  ])('is not taken for the proxy host, and is not shown: %s', async (value) => {
    const env = { ...SOME_CREDENTIALS, HTTP_PROXY: value };
    const args = ['status', '--json', '--debug', '--endpoint-url', 'http://emulator.invalid'];
    const { code, stdout, stderr } = await runHere(args, env);
    expect([code, JSON.parse(stdout).error]).toMatchObject([2, { code: 'usage', message: NO_URL }]);
    expect(stdout + stderr).not.toMatch(/2024|Summer|bob|proxy\.local/);
  });

  test.each(['http://bob:a@b@proxy.local:8080', 'http://proxy.local:8080/', 'bob:a%23b@proxy.local'])(
    'is accepted if the host is unambiguous: %s',
    (value) => {
      const target = { protocol: 'http:', hostname: 'emulator.invalid' };
      expect(proxyFor(target, readProxies({ HTTP_PROXY: value }))?.url.hostname).toBe('proxy.local');
    },
  );
});

describe('a connection through a proxy', () => {
  test('is closed when it is not established in time', async () => {
    const closed: string[] = [];
    const port = await listen((socket) => socket.resume().on('close', () => closed.push('closed')));
    const handler = await requestHandlerFor({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, undefined, {
      connectionTimeout: 100,
    });
    const error = await handler.handle(requestTo(ENDPOINT)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: 'timed-out', target: ENDPOINT });
    await expect.poll(() => closed).toEqual(['closed']);
  });

  test.each([
    ['opened', 'https:', 'HTTPS_PROXY'],
    ['not needed', 'http:', 'HTTP_PROXY'],
  ])('times out when no response comes (tunnel %s)', async (...each) => {
    const [, protocol, variable] = each;
    const port = await listen((socket) => {
      socket.once('data', () => protocol === 'https:' && socket.write('HTTP/1.1 200 OK\r\n\r\n'));
    });
    const env = { [variable]: `http://127.0.0.1:${port}` };
    const handler = await requestHandlerFor(env, undefined, { requestTimeout: 100 });
    const error = await handler.handle(requestTo(ENDPOINT, protocol)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'TimeoutError', code: 'ETIMEDOUT' });
    expect(error).not.toHaveProperty('proxy');
    handler.destroy();
  });

  test('is closed when the proxy refuses it', async () => {
    const closed: string[] = [];
    const port = await listen((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 403 Forbidden\r\n\r\n'));
      socket.on('close', () => closed.push('closed'));
    });
    const handler = await requestHandlerFor({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
    const error = await handler.handle(requestTo(ENDPOINT)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ problem: 'refused', status: 403 });
    await expect.poll(() => closed).toEqual(['closed']);
  });

  test.each([
    ['https:', 'HTTPS_PROXY'],
    ['http:', 'HTTP_PROXY'],
  ])('sends the host name of a proxy that is reached over TLS, for %s', async (protocol, variable) => {
    const hellos: string[] = [];
    const port = await listen((socket) => {
      socket.once('data', (hello) => {
        hellos.push(hello.toString('latin1'));
        socket.destroy();
      });
    });
    const handler = await requestHandlerFor({ [variable]: `https://localhost:${port}` });
    await expect(handler?.handle(requestTo(ENDPOINT, protocol))).rejects.toThrow();
    expect(hellos).toEqual([expect.stringContaining('localhost')]);
  });

  test('is closed if the program ends while it is being established', async () => {
    const closed: string[] = [];
    const port = await listen((socket) => socket.resume().on('close', () => closed.push('closed')));
    const handler = await requestHandlerFor({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
    const call = handler?.handle(requestTo(ENDPOINT)).catch((reason: unknown) => reason);
    await new Promise((resolve) => setTimeout(resolve, 50));
    handler.destroy();
    expect(await call).toMatchObject({ problem: 'unreachable' });
    await expect.poll(() => closed).toEqual(['closed']);
  });
});

function requestTo(hostname: string, protocol = 'https:') {
  const request = { protocol, method: 'GET', path: '/', hostname, headers: {} };
  return request as Parameters<ProxyHandler['handle']>[0];
}
