import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { writesTo } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { setUp } from '../../support/runs/setup.ts';
import { passOn } from './proxy.ts';
import { openSandbox } from './scene.ts';

const XML = 'text/xml';
const JSON_TYPE = 'application/json';

interface Answer {
  status: number;
  type: string;
  body: string;
}

const ANSWERS: readonly (readonly [string, number, string, string])[] = [
  ['a login page', 200, 'text/html', '<!DOCTYPE html><html><body>Please log in<br></body></html>'],
  ['an empty page', 200, 'text/html', ''],
  ['unrelated JSON', 200, JSON_TYPE, '{"status":"ok","items":[]}'],
  ['unrelated XML', 200, XML, '<feed><title>News</title></feed>'],
  ['a redirect', 302, 'text/html', ''],
  ['a JSON error that is not from AWS', 403, JSON_TYPE, '{"error":"forbidden","message":"Who are you?"}'],
  ['an error without a body', 404, JSON_TYPE, ''],
];

/** Starts an account in which another server answers for one service. */
async function withImpostor(service: string, { status, type, body }: Answer): Promise<Sandbox> {
  const sandbox = await openSandbox({ allowHost: () => true });
  const server = createServer((request, response) => {
    // The scope of the signature names the service: `KEY/DATE/REGION/SERVICE/aws4_request`.
    if (!request.headers.authorization?.includes(`/${service}/aws4_request`)) {
      return passOn(sandbox.url, request, response);
    }
    response.writeHead(status, { 'content-type': type, location: 'http://login.example/' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { ...sandbox, url: `http://127.0.0.1:${port}` };
}

describe.each(['secretsmanager', 'iam', 'sts'])('a server that answers in place of %s', (service) => {
  test.each(ANSWERS)('is reported as not AWS when it returns %s', async (_, status, type, body) => {
    const account = await withImpostor(service, { status, type, body });
    const { code, json } = await setUp(account);
    expect([code, json.error.code]).toEqual([1, 'not-aws']);
    expect(json.error.message).toMatch(
      new RegExp(`^The response to ${service}:\\w+ did not come from AWS\\.$`),
    );
    expect(writesTo(account)).toEqual([]);
  });
});

test('stops reading an endless response after some megabytes', async () => {
  let sent = 0;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': XML });
    const pour = () => {
      while (response.writable && response.write('x'.repeat(65_536))) sent += 65_536;
    };
    response.on('drain', pour);
    pour();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const account = { ...(await openSandbox()), url: `http://127.0.0.1:${port}` };
  const { code, json } = await setUp(account);
  expect([code, json.error.code]).toEqual([1, 'not-aws']);
  // The limit allows eight attempts of each concurrent request.
  expect(sent).toBeLessThan(400 * 1024 * 1024);
});
