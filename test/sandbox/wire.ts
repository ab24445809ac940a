import { createHash, createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import type { Sandbox } from '../../src/sandbox/index.ts';

/** A request to sign and send, which can be one that no SDK would send. */
export interface ToSign {
  service: string;
  body: string | Buffer;
  headers?: Record<string, string>;
  /** The Host header; that of the sandbox by default. */
  host?: string;
  method?: string;
  /** The path, as sent; `/` by default. */
  path?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

const REGION = 'us-west-2';
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** Percent-encodes everything but letters, digits and `-_.~` (RFC 3986). */
function encodeStrictly(text: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

/** Returns the headers of a request, signed with the credentials of the sandbox (Signature Version 4). */
export function signedHeaders(sandbox: Sandbox, toSign: ToSign): Record<string, string> {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: Record<string, string> = {
    ...toSign.headers,
    host: toSign.host ?? new URL(sandbox.url).host,
    'x-amz-date': timestamp,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    toSign.method ?? 'POST',
    (toSign.path ?? '/').split('/').map(encodeStrictly).join('/'),
    '',
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    sha256(toSign.body),
  ].join('\n');
  const scope = [timestamp.slice(0, 8), REGION, toSign.service, 'aws4_request'];
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', timestamp, scope.join('/'), sha256(canonical)].join('\n');
  const credential = `Credential=${accessKeyId}/${scope.join('/')}`;
  const signature = hmac(key, text).toString('hex');
  headers.authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

/** Signs a request, sends it unchanged, and waits for the whole response. */
export function sendSigned(sandbox: Sandbox, toSign: ToSign): Promise<Answer> {
  return send(sandbox, signedHeaders(sandbox, toSign), toSign.body, toSign.method, toSign.path);
}

/** Sends a request unchanged, signed or not. */
export function send(
  sandbox: Sandbox,
  headers: Record<string, string>,
  body: string | Buffer = '',
  method = 'POST',
  path = '/',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: sandbox.port, method, path, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1' };

/**
 * Writes these bytes to a TCP connection, and returns everything that comes back until the server ends it.
 * @param isAll true if the client ends its side after them.
 */
export function exchange(sandbox: Sandbox, bytes: string | Buffer, isAll = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(sandbox.port, '127.0.0.1', () => {
      socket.write(bytes);
      if (isAll) {
        socket.end();
      }
    });
    let received = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
  });
}

/** Returns a request as text, for `exchange`. */
export function asText(headers: Record<string, string>, body = '', requestLine = 'POST / HTTP/1.1'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${requestLine}\r\n${lines.join('')}\r\n${body}`;
}
