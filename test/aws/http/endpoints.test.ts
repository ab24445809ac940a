import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { ACCOUNT, ADMINISTRATOR, makeRole, roleArn } from '../../support/account.ts';
import { partOf } from '../../support/exhaustive.ts';
import { makeAuthority } from './certificates.ts';
import { type ProxyOptions, startProxy, type TestProxy } from './proxy.ts';
import { credentialsOf, failureOf, listen, openSandbox, profile, SOME_CREDENTIALS, setup } from './scene.ts';

const authority = await makeAuthority();
const isAws = (host: string) =>
  /\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)(:443)?$/.test(host);

/** Starts an account that is reached by AWS's own host names, through a proxy. */
async function behindProxy(options: Partial<ProxyOptions> = {}): Promise<[Sandbox, TestProxy]> {
  const sandbox = await openSandbox({ allowHost: isAws });
  const proxy = await startProxy({ behind: sandbox.url, authority, ...options });
  return [sandbox, proxy];
}

const reaching = (sandbox: Sandbox, proxy: TestProxy, env: NodeJS.ProcessEnv = {}) => ({
  ...credentialsOf(sandbox),
  NODE_EXTRA_CA_CERTS: authority.file,
  HTTPS_PROXY: proxy.url,
  ...env,
});

const FIPS = { AWS_USE_FIPS_ENDPOINT: 'true' };
const DUAL = { AWS_USE_DUALSTACK_ENDPOINT: 'true' };

/** Name, Region, settings, partition, and the hosts of Secrets Manager, IAM and STS as AWS's endpoint lists have them. */
const ENDPOINTS = [
  [
    'standard',
    'us-west-2',
    {},
    'aws',
    ['secretsmanager.us-west-2.amazonaws.com', 'iam.amazonaws.com', 'sts.us-west-2.amazonaws.com'],
  ],
  [
    'FIPS',
    'us-west-2',
    FIPS,
    'aws',
    [
      'secretsmanager-fips.us-west-2.amazonaws.com',
      'iam-fips.amazonaws.com',
      'sts-fips.us-west-2.amazonaws.com',
    ],
  ],
  [
    // The usual names of Secrets Manager's endpoints are dual-stack by themselves.
    'dual-stack',
    'eu-west-1',
    DUAL,
    'aws',
    ['secretsmanager.eu-west-1.amazonaws.com', 'iam.global.api.aws', 'sts.eu-west-1.api.aws'],
  ],
  [
    'GovCloud',
    'us-gov-west-1',
    {},
    'aws-us-gov',
    [
      'secretsmanager.us-gov-west-1.amazonaws.com',
      'iam.us-gov.amazonaws.com',
      'sts.us-gov-west-1.amazonaws.com',
    ],
  ],
  [
    'GovCloud with dual-stack and FIPS',
    'us-gov-east-1',
    { ...FIPS, ...DUAL },
    'aws-us-gov',
    [
      'secretsmanager-fips.us-gov-east-1.amazonaws.com',
      'iam.us-gov.api.aws',
      'sts-fips.us-gov-east-1.api.aws',
    ],
  ],
  [
    'China',
    'cn-north-1',
    {},
    'aws-cn',
    [
      'secretsmanager.cn-north-1.amazonaws.com.cn',
      'iam.cn-north-1.amazonaws.com.cn',
      'sts.cn-north-1.amazonaws.com.cn',
    ],
  ],
  [
    'China with dual-stack',
    'cn-northwest-1',
    DUAL,
    'aws-cn',
    [
      'secretsmanager.cn-northwest-1.amazonaws.com.cn',
      'iam.global.api.amazonwebservices.com.cn',
      'sts.cn-northwest-1.api.amazonwebservices.com.cn',
    ],
  ],
] as const;

describe('setup through a proxy', () => {
  test.concurrent.for(partOf(ENDPOINTS, 2))(
    'sends every request to the right host, with ARNs of the right partition: %s in %s',
    async ([, region, env, partition, hosts]) => {
      const [sandbox, proxy] = await behindProxy();
      const { code, json, all } = await setup(reaching(sandbox, proxy, { ...env, AWS_REGION: region }));
      expect(new Set(proxy.tunnels)).toEqual(new Set(hosts.map((host) => `${host}:443`)));
      expect(code, all).toBe(0);
      expect(json).toMatchObject({ partition, secrets: [{ region }] });
      const arns = all.match(/\barn:[^:]+:(iam|secretsmanager):/g) ?? [];
      expect(new Set(arns)).toEqual(new Set([`arn:${partition}:iam:`, `arn:${partition}:secretsmanager:`]));
    },
  );

  test.concurrent('opens no more connections than there are concurrent requests', async () => {
    const [sandbox, proxy] = await behindProxy();
    // Longer than connecting takes, so that sequential and concurrent requests can be distinguished.
    sandbox.setLatency(250);
    await setup(reaching(sandbox, proxy));
    for (const service of ['secretsmanager', 'iam', 'sts']) {
      const requests = sandbox.requests.filter((request) => request.service === service);
      const atOnce = requests.map(
        ({ startedAt: now }) =>
          requests.filter(({ startedAt, endedAt = 0 }) => startedAt <= now && now < endedAt).length,
      );
      const tunnels = proxy.tunnels.filter((host) => host.startsWith(`${service}.`));
      expect(tunnels.length).toBeLessThanOrEqual(Math.max(...atOnce) + 1);
    }
  });

  test.concurrent('accepts an endpoint with an IP address if its certificate is for that address', async () => {
    const sandbox = await openSandbox({ allowHost: (host) => host.startsWith('127.0.0.2') });
    const proxy = await startProxy({ behind: sandbox.url, authority });
    const { code, all } = await setup(reaching(sandbox, proxy), '--endpoint-url', 'https://127.0.0.2:4566');
    expect(code, all).toBe(0);
    expect(new Set(proxy.tunnels)).toEqual(new Set(['127.0.0.2:4566']));
  });

  test.concurrent('assumes the role of a profile through a proxy that is itself reached over TLS', async () => {
    const [sandbox, proxy] = await behindProxy({ secure: true });
    const trust = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' },
      ],
    };
    await makeRole(sandbox, { name: 'Engineer', trust, attached: [ADMINISTRATOR] });
    const config = await profile(
      `[profile studio]\nrole_arn = ${roleArn('Engineer')}\ncredential_source = Environment\nregion = eu-west-1`,
    );
    const env = reaching(sandbox, proxy, { ...config, AWS_REGION: undefined });
    const { code, all } = await setup(env, '--profile', 'studio');
    expect(code, all).toBe(0);
    expect(sandbox.requests.map(({ action }) => action)).toContain('AssumeRole');
    expect(proxy.tunnels).toContain('sts.eu-west-1.amazonaws.com:443');
    expect(proxy.forwarded).toEqual([]);
  });

  test.concurrent.for([
    [
      'a web identity',
      'sts.us-west-2.amazonaws.com',
      `role_arn = ${roleArn('Engineer')}\nweb_identity_token_file = TOKEN`,
    ],
    [
      'an SSO session',
      'portal.sso.us-east-1.amazonaws.com',
      'sso_account_id = 111122223333\nsso_role_name = Engineer\nsso_start_url = https://example.com\nsso_region = us-east-1',
    ],
  ] as const)('gets credentials through the proxy, and reports its refusal: %s', async ([, host, lines]) => {
    const [sandbox, proxy] = await behindProxy({ answer: () => 'HTTP/1.1 403 Forbidden\r\n\r\n' });
    const config = await profile(`[profile studio]\n${lines}\nregion = us-west-2`);
    const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    const failure = await failureOf(
      reaching(sandbox, proxy, { ...config, ...none }),
      '--profile',
      'studio',
      '--region',
      'us-west-2',
    );
    expect(new Set(proxy.tunnels)).toEqual(new Set([`${host}:443`]));
    expect(failure).toMatchObject({ exit: 1, code: 'proxy-refused' });
  });
});

describe('a host name that does not resolve', () => {
  /** Makes every DNS lookup fail, as on a machine without DNS. */
  const NOWHERE = `data:text/javascript,${encodeURIComponent(`
    import dns from 'node:dns';
    dns.lookup = (hostname, options, done) => {
      const details = { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname };
      process.nextTick(done, Object.assign(new Error('getaddrinfo ENOTFOUND ' + hostname), details));
    };
  `)}`;
  /** A Region that does not exist, and so has no FIPS endpoint either. */
  const env = { AWS_REGION: 'us-wset-2', ...FIPS };
  const host = 'secretsmanager-fips.us-wset-2.amazonaws.com';

  test.concurrent('is reported with the Region, and with the variable that asks for FIPS', async () => {
    const failure = await failureOf({ ...SOME_CREDENTIALS, ...env, NODE_OPTIONS: `--import ${NOWHERE}` });
    expect(failure).toMatchObject({ exit: 1, code: 'no-such-endpoint' });
    expect(failure.message).toMatch(
      /^Can't resolve the AWS endpoint \S+\.us-wset-2\.amazonaws\.com \(DNS\)\.$/,
    );
    expect(failure.hint).toMatch(/Region code \(us-wset-2\) .*AWS_USE_FIPS_ENDPOINT/);
  });

  test.concurrent('is reported with the same hint when the proxy cannot resolve it', async () => {
    const [sandbox, proxy] = await behindProxy({ answer: () => 'HTTP/1.1 502 Bad Gateway\r\n\r\n' });
    const failure = await failureOf(reaching(sandbox, proxy, env));
    expect(failure).toMatchObject({ exit: 1, code: 'proxy-failed' });
    expect(failure.message).toMatch(/can't connect to \S+\.us-wset-2\.amazonaws\.com /);
    expect(failure.hint).toMatch(/Region code \(us-wset-2\) .*AWS_USE_FIPS_ENDPOINT/);
    expect(proxy.tunnels).toContain(`${host}:443`);
  });
});

describe('an endpoint on an IPv6 address', () => {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const noIpv6 = !addresses.some(({ address }) => address === '::1');

  test.skipIf(noIpv6)('is reached, without a warning about plain HTTP on the local machine', async () => {
    const sandbox = await openSandbox({ allowHost: (host) => host.startsWith('[::1]:') });
    const forward = (socket: Socket) => {
      const inner = connect(sandbox.port, '127.0.0.1');
      inner.on('error', () => socket.destroy());
      socket.pipe(inner).pipe(socket);
    };
    const port = await listen(forward, '::1');
    const { code, all } = await setup(credentialsOf(sandbox), '--endpoint-url', `http://[::1]:${port}`);
    expect(code, all).toBe(0);
    expect(all).not.toContain('Warning');
  });
});
