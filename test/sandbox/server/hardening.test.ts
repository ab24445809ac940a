import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf } from '../clients.ts';
import { exchange, FORM, send, sendSigned } from '../wire.ts';

describe('the server', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  /** Sends an unsigned request, and returns the status and the text of the response. */
  const post = async (headers: Record<string, string>, body = '') => {
    const { status, text } = await send(sandbox, headers, body);
    return `${status} ${text}`;
  };

  const stillServes = async () =>
    (await clientsFor(sandbox).sts.send(new GetCallerIdentityCommand({}))).Account;

  it('listens on the loopback interface, on a port of its own', () => {
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
    expect(sandbox.env.AWS_ENDPOINT_URL).toBe(sandbox.url);
    expect(sandbox.env.NO_PROXY).toMatch(/127\.0\.0\.1$/);
  });

  it('rejects requests with another Host header', async () => {
    const refusal = '403 The Host header does not name this server.\n';
    expect(await post({ host: `evil.example:${sandbox.port}` })).toBe(refusal);
    expect(await post({ host: '127.0.0.1:1' })).toBe(refusal);
    expect(await post({ host: `localhost:${sandbox.port}` })).toContain('<ErrorResponse');
  });

  it('serves requests with a Host header that the test allows', async () => {
    const allowHost = (host: string) => host.endsWith('.amazonaws.com');
    const other = await startSandbox({ allowHost });
    const whoAmI = { service: 'sts', body: 'Action=GetCallerIdentity&Version=2011-06-15', headers: FORM };
    const answer = await sendSigned(other, { ...whoAmI, host: 'sts.us-west-2.amazonaws.com' });
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('111122223333') });
    expect(await sendSigned(other, { ...whoAmI, host: 'evil.example' })).toMatchObject({ status: 403 });
    expect(await sendSigned(other, whoAmI)).toMatchObject({ status: 200 });
    await other.close();
  });

  it('rejects requests from web pages', async () => {
    const refusal = '403 Requests from web pages are not served.\n';
    expect(await post({ origin: 'https://evil.example' })).toBe(refusal);
    expect(await post({ origin: sandbox.url })).toBe(refusal);
  });

  it('refuses a body of more than 1 MiB', async () => {
    expect(await post({}, 'x'.repeat(1024 * 1024 + 1))).toMatch(/^413 /);
    expect(await post({}, 'x'.repeat(1024 * 1024))).toContain('<ErrorResponse');
    expect(await stillServes()).toBe('111122223333');
  });

  it.each([
    ['garbage', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x0d, 0x0a])],
    ['no Host header', 'POST / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['endless headers', `GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['an odd GET', 'GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'],
    ['two Content-Length headers', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n'],
  ])('answers %s with an error and carries on', async (_what, bytes) => {
    expect(await exchange(sandbox, bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await stillServes()).toBe('111122223333');
  });

  it('answers malformed requests with errors and carries on', async () => {
    const targets = ['/', '//', '/../../etc/passwd', '/%', '/?a=b&Action=%ff'];
    const bodies = ['', '{', 'Action=CreateRole&a.b=1&a=2', 'Action=constructor', '\u0000'];
    for (const target of targets) {
      for (const body of bodies) {
        const answer = await fetch(sandbox.url + target, { method: 'POST', body });
        expect(answer.status).toBe(403);
      }
      expect((await fetch(sandbox.url + target)).status).toBe(403);
    }
    expect(await stillServes()).toBe('111122223333');
  });

  it('ends a request that takes too long to arrive', async () => {
    const started = performance.now();
    const answer = await exchange(sandbox, `POST / HTTP/1.1\r\nHost: 127.0.0.1:${sandbox.port}\r\nX-Slow: `);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(performance.now() - started).toBeLessThan(6_000);
  }, 10_000);

  it('closes all connections when it is closed, even those of waiting clients', async () => {
    const other = await startSandbox();
    const { sts } = clientsFor(other);
    await sts.send(new GetCallerIdentityCommand({}));
    other.addFault({ kind: 'hang' });
    other.addFault({ kind: 'delay', delayMs: 60_000, skip: 1 });
    const hanging = failureOf(sts.send(new GetCallerIdentityCommand({})));
    const waiting = failureOf(clientsFor(other).sts.send(new GetCallerIdentityCommand({})));
    while (other.requests.length < 3) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await other.close();
    await Promise.all([hanging, waiting]);
    expect((await failureOf(sts.send(new GetCallerIdentityCommand({})))).message).toMatch(/ECONNREFUSED/);
  });

  it('does not start when its port is taken or the account ID is invalid', async () => {
    await expect(startSandbox({ port: sandbox.port })).rejects.toThrow(/EADDRINUSE/);
    await expect(startSandbox({ account: '12' })).rejects.toThrow(RangeError);
  });
});
