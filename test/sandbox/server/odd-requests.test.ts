import { connect } from 'node:net';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor } from '../clients.ts';
import { asText, exchange, FORM, JSON_1_1, send, sendSigned, signedHeaders } from '../wire.ts';

const MIB = 1024 * 1024;
const WHO_AM_I = 'Action=GetCallerIdentity&Version=2011-06-15';

describe('an unusual request', () => {
  let sandbox: Sandbox;
  let host: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    host = new URL(sandbox.url).host;
  });
  afterEach(async () => {
    sandbox.clearFaults();
    const { sts } = clientsFor(sandbox);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
  });
  afterAll(() => sandbox.close());

  const whoAmI = (headers: Record<string, string> = {}): Record<string, string> => ({
    ...signedHeaders(sandbox, { service: 'sts', body: WHO_AM_I, headers: FORM }),
    'content-length': `${WHO_AM_I.length}`,
    ...headers,
  });
  const query = (service: string, parameters: Record<string, string>) =>
    sendSigned(sandbox, { service, body: `${new URLSearchParams(parameters)}`, headers: FORM });
  const secrets = (action: string, body: string | Buffer) => {
    const headers = { ...JSON_1_1, 'x-amz-target': `secretsmanager.${action}` };
    return sendSigned(sandbox, { service: 'secretsmanager', body, headers });
  };

  it.each<[string, Record<string, string>]>([
    ['an image on a web page', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
    ['the address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-user': '?1' }],
    ['a script of an unknown site', { 'sec-fetch-dest': 'script' }],
    ['a page without an origin', { origin: 'null' }],
  ])('is rejected from %s, signed or not', async (_what, headers) => {
    const refusal = { status: 403, text: 'Requests from web pages are not served.\n' };
    expect(await send(sandbox, headers, '', 'GET')).toMatchObject(refusal);
    expect(await send(sandbox, whoAmI(headers), WHO_AM_I)).toMatchObject(refusal);
    const preflight = { ...headers, 'access-control-request-method': 'POST' };
    const answer = await send(sandbox, preflight, '', 'OPTIONS');
    expect(answer).toMatchObject(refusal);
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
  });

  it('is rejected with an Origin after thousands of other headers', async () => {
    const many = 'a:\r\n'.repeat(3_000);
    const answer = await exchange(
      sandbox,
      `GET / HTTP/1.1\r\nHost: ${host}\r\n${many}Origin: https://evil.example\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 .*web pages/s);
  });

  it.each([
    ['two Host headers', () => asText({ host, Host: 'evil.example' }), 403],
    ['the same Host twice', () => asText({ host, Host: host }), 403],
    ['another host in its target', () => asText({ host }, '', 'POST http://evil.example/ HTTP/1.1'), 400],
    ['its own host in its target', () => asText({ host }, '', `POST http://${host}/ HTTP/1.1`), 400],
    ['no target', () => asText({ host }, '', 'OPTIONS * HTTP/1.1'), 405],
    ['another method', () => asText({ host }, '', 'DELETE / HTTP/1.1'), 405],
    ['an old HTTP version', () => asText({}, '', 'POST / HTTP/1.0'), 403],
    ['an unknown expectation', () => asText({ host, expect: 'coffee', connection: 'close' }), 417],
    ['an upgrade', () => asText({ host, upgrade: 'websocket', connection: 'upgrade, close' }), 403],
    [
      'two statements of its length',
      () => asText({ host, 'transfer-encoding': 'chunked', 'content-length': '5' }, '0\r\n\r\n'),
      400,
    ],
    ['an unknown encoding', () => asText({ host, 'transfer-encoding': 'gzip' }, 'x'), 400],
    [
      'an encoding that only some servers read as chunked',
      () => asText({ host, 'transfer-encoding': 'chunked, x' }, '0\r\n\r\n'),
      400,
    ],
    ['a chunk without a valid length', () => asText({ host, 'transfer-encoding': 'chunked' }, 'zz\r\n'), 400],
  ])('is rejected with %s', async (_what, text, status) => {
    const answer = await exchange(sandbox, text(), true);
    expect(answer === '' ? 400 : Number(answer.slice(9, 12))).toBe(status);
  });

  it('is disconnected when it asks for a tunnel', async () => {
    expect(await exchange(sandbox, asText({ host }, '', 'CONNECT evil.example:443 HTTP/1.1'))).toBe('');
  });

  it('gets 100 Continue only if it will be served', async () => {
    const going = whoAmI({ expect: '100-continue', connection: 'close' });
    const served = await exchange(sandbox, asText(going, WHO_AM_I));
    expect(served).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
    const foreign = await exchange(sandbox, asText({ ...going, host: 'evil.example' }));
    expect(foreign).toMatch(/^HTTP\/1\.1 403 /);
    const large = await exchange(sandbox, asText({ ...going, 'content-length': `${MIB + 1}` }));
    expect(large).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('is rejected at once when it announces too large a body', async () => {
    const started = performance.now();
    const answer = await exchange(sandbox, asText({ host, 'content-length': `${1024 * MIB}` }));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(performance.now() - started).toBeLessThan(2_500);
  });

  it('is cut off when it does not end', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const taken = await new Promise<number>((resolve) => {
      const socket = connect(sandbox.port, '127.0.0.1');
      const more = () => {
        while (socket.writable && socket.write(chunk)) {}
      };
      socket.on('drain', more);
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(socket.bytesWritten - socket.writableLength));
      socket.write(asText({ host, 'transfer-encoding': 'chunked' }));
      more();
      socket.resume();
    });
    expect(taken).toBeLessThan(16 * MIB);
  });

  it('can be pipelined with others, and all are answered in order', async () => {
    const list = 'Action=ListRoles&Version=2010-05-08';
    const listRoles = {
      ...signedHeaders(sandbox, { service: 'iam', body: list, headers: FORM }),
      'content-length': `${list.length}`,
      connection: 'close',
    };
    sandbox.addFault({ kind: 'delay', delayMs: 50 });
    const answers = await exchange(
      sandbox,
      asText(whoAmI(), WHO_AM_I) + asText(whoAmI(), WHO_AM_I) + asText(listRoles, list),
    );
    expect([...answers.matchAll(/<(\w+)Response /g)].map(([, name]) => name)).toEqual([
      'GetCallerIdentity',
      'GetCallerIdentity',
      'ListRoles',
    ]);
  });

  it('does no harm when it ends in the middle, or when its client does not wait for the response', async () => {
    await exchange(sandbox, asText(whoAmI(), WHO_AM_I.slice(0, 9)), true);
    sandbox.addFault({ kind: 'delay', delayMs: 30, times: 2 });
    for (const text of [asText(whoAmI(), WHO_AM_I), asText(whoAmI(), WHO_AM_I)]) {
      const socket = connect(sandbox.port, '127.0.0.1', () => socket.write(text));
      await new Promise((resolve) => setTimeout(resolve, 15));
      socket.resetAndDestroy();
    }
    await expect.poll(() => sandbox.requests.at(-1)?.status).toBe(200);
  });

  it('is served on four hundred connections at the same time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => exchange(sandbox, asText(whoAmI({ connection: 'close' }), WHO_AM_I))),
    );
    expect(answers.every((answer) => answer.startsWith('HTTP/1.1 200 OK'))).toBe(true);
  });

  it('is rejected when it is signed for a header that it does not have', async () => {
    const headers = whoAmI();
    const authorization = headers.authorization?.replace('SignedHeaders=', 'SignedHeaders=constructor;');
    const answer = await send(sandbox, { ...headers, authorization: `${authorization}` }, WHO_AM_I);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('SignatureDoesNotMatch') });
  });

  it('gets an ordinary error for deep nesting', async () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(await secrets('CreateSecret', `{"Name":"d","Tags":${deep(100_000)}}`)).toMatchObject({
      status: 400,
      text: expect.stringContaining('SerializationException'),
    });
    const statement = `{"Effect":${deep(60_000)},"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`;
    const good = '{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}';
    for (const document of [`{"Statement":${statement}}`, `{"Id":${deep(60_000)},"Statement":${good}}`]) {
      expect(
        await query('iam', { Action: 'CreateRole', RoleName: 'D', AssumeRolePolicyDocument: document }),
      ).toMatchObject({ status: 400, text: expect.stringContaining('MalformedPolicyDocument') });
    }
    expect(await query('iam', { Action: 'GetRole', ['a.'.repeat(10_000)]: '1' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('MalformedInput'),
    });
  });

  it('gets an ordinary error for tens of thousands of parameters', async () => {
    const tags = Array.from({ length: 5_000 }, (_, index) => [`Tags.member.${index}.Key`, '\u0001']);
    const answer = await query('iam', {
      Action: 'TagRole',
      RoleName: 'x',
      ...Object.fromEntries(tags),
      ...Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`p${index}`, ''])),
    });
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('ValidationError') });
    expect(answer.text.length).toBeLessThan(50_000);
    expect(answer.text).not.toContain('\u0001');
  });

  it('gets an ordinary error for an invalid encoding', async () => {
    const body = Buffer.from('{"SecretId":"\xff\xfe"}', 'latin1');
    expect(await secrets('DescribeSecret', body)).toMatchObject({
      status: 400,
      text: expect.stringContaining('SerializationException'),
    });
    expect(await query('iam', { Action: 'GetRole', RoleName: '\ud800' })).toMatchObject({ status: 400 });
  });

  it('cannot reach the prototypes of the program', async () => {
    await secrets('CreateSecret', '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    await query('iam', {
      Action: 'GetRole',
      '__proto__.polluted': '1',
      'constructor.prototype.polluted': '1',
    });
    await query('iam', { Action: '__proto__', 'Tags.member.__proto__.polluted': '1' });
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
    expect(await secrets('CreateSecret', '{"__proto__":{"Name":"inherited"}}')).toMatchObject({
      status: 400,
      text: expect.stringContaining("at 'name'"),
    });
  });

  it('gets an ordinary denial when the resource name is not a text', async () => {
    sandbox.addFault({ kind: 'access-denied' });
    const answer = await query('iam', { Action: 'GetRole', 'RoleName.toString': '1' });
    expect(answer).toMatchObject({
      status: 403,
      text: expect.stringContaining('iam:GetRole on resource: *'),
    });
  });

  it('is recorded only as long as there is room', async () => {
    sandbox.clearRequests();
    const body = JSON.stringify({ Description: 'x'.repeat(MIB - 100) });
    for (let count = 0; count < 20; count += 1) {
      await send(sandbox, { 'x-amz-target': 'secretsmanager.CreateSecret' }, body);
    }
    expect(sandbox.requests.length).toBeLessThanOrEqual(16);
  });
});
