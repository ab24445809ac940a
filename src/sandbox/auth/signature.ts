import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../protocols/protocol.ts';
import { ALGORITHM, type Authorization } from './authorization.ts';

/**
 * Whether a request was signed with this secret access key.
 * Source: "Create a signed AWS API request" in the IAM user guide.
 */
export function signatureMatches(
  request: WireRequest,
  auth: Authorization,
  secretAccessKey: string,
): boolean {
  const expected = Buffer.from(sign(request, auth, secretAccessKey));
  const given = Buffer.from(auth.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function sign(request: WireRequest, auth: Authorization, secretAccessKey: string): string {
  const scope = [auth.date, auth.region, auth.service, 'aws4_request'];
  const timestamp = headerText(request, 'x-amz-date');
  const toSign = [ALGORITHM, timestamp, scope.join('/'), sha256(canonicalRequest(request, auth))].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

function canonicalRequest(request: WireRequest, auth: Authorization): string {
  const [path = '/', query = ''] = splitOnce(request.target, '?');
  const headers = auth.signedHeaders.map((name) => `${name}:${headerText(request, name)}\n`);
  return [
    request.method,
    path.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(query),
    headers.join(''),
    auth.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([key, value]) => [
    encodeStrictly(key),
    encodeStrictly(value),
  ]);
  return pairs
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join('&');
}

function headerText(request: WireRequest, name: string): string {
  const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.trim().replace(/ +/g, ' ');
}

/** RFC 3986 percent-encoding: everything but letters, digits and `-_.~`. */
export function encodeStrictly(value: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value).replace(/[!'()*]/g, hex);
}

function splitOnce(value: string, separator: string): string[] {
  const at = value.indexOf(separator);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
