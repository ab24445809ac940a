import { expect, test } from 'vitest';
import { proxyFor, readProxies } from '../../../src/aws/http/proxy.ts';

const PROXY = 'http://proxy.example:8080';

/** The proxy that a request to this URL goes through, and the variable that named it. */
function through(url: string, env: NodeJS.ProcessEnv) {
  const { protocol, hostname, port } = new URL(url);
  const proxy = proxyFor({ protocol, hostname, port: Number(port) || undefined }, readProxies(env));
  return proxy && [proxy.url.href, proxy.variable];
}

test('reads one variable per scheme, lowercase first, with or without the scheme of the proxy', () => {
  const [secure, plain] = ['https://sts.eu-west-1.amazonaws.com', 'http://emulator.example:4566'];
  expect(through(secure, { HTTPS_PROXY: PROXY })).toEqual([`${PROXY}/`, 'HTTPS_PROXY']);
  expect(through(secure, { HTTP_PROXY: PROXY })).toBeUndefined();
  expect(through(plain, { HTTP_PROXY: PROXY })).toEqual([`${PROXY}/`, 'HTTP_PROXY']);
  expect(through(plain, { HTTPS_PROXY: PROXY })).toBeUndefined();
  expect(through(secure, { HTTPS_PROXY: PROXY, https_proxy: 'other.example:3128' })).toEqual([
    'http://other.example:3128/',
    'https_proxy',
  ]);
  expect(through(secure, { HTTPS_PROXY: PROXY, https_proxy: ' ' })).toEqual([`${PROXY}/`, 'HTTPS_PROXY']);
  expect(through(secure, { HTTPS_PROXY: '' })).toBeUndefined();
});

test.each([
  ['*', true],
  ['amazonaws.com', true],
  ['.amazonaws.com', true],
  ['*.amazonaws.com', true],
  ['sts.eu-west-1.amazonaws.com', true],
  ['STS.EU-WEST-1.AMAZONAWS.COM', true],
  ['example.com sts.eu-west-1.amazonaws.com', true],
  ['example.com,, .amazonaws.com:443', true],
  ['.amazonaws.com:8443', false],
  ['aws.com', false],
  ['iam.amazonaws.com', false],
  ['eu-west-1', false],
  ['', false],
])('NO_PROXY=%s bypasses the proxy for an AWS host: %s', (exceptions, out) => {
  const proxy = through('https://sts.eu-west-1.amazonaws.com', { HTTPS_PROXY: PROXY, NO_PROXY: exceptions });
  expect(proxy === undefined).toBe(out);
});

test.each([
  ['http://[::1]:4566', '::1', true],
  ['http://[::1]:4566', '[::1]', true],
  ['http://[::1]:4566', '[::1]:4566', true],
  ['http://[::1]:4566', '[::1]:80', false],
  ['http://127.0.0.1:4566', '127.0.0.1', true],
  ['http://127.0.0.1:4566', '0.0.1', false],
])('%s with NO_PROXY=%s bypasses the proxy: %s', (url, exceptions, out) => {
  expect(through(url, { HTTP_PROXY: PROXY, no_proxy: exceptions }) === undefined).toBe(out);
});
