import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../protocols/protocol.ts';

/**
 * True if a request was signed with this secret access key.
 * Source: "Create a signed AWS API request" in the IAM user guide.
 */
export function signatureMatches(
  request: WireRequest,
  auth: Authorization,
  secretAccessKey: string,
): boolean {
  const expected = Buffer.from(sign(request, auth, secretAccessKey));
  const received = Buffer.from(auth.signature);
  return expected.length === received.length && timingSafeEqual(expected, received);
}

function sign(request: WireRequest, auth: Authorization, secretAccessKey: string): string {
  const scope = [auth.date, auth.region, auth.service, 'aws4_request'];
  const timestamp = headerText(request, 'x-amz-date');
  const requestHash = sha256(canonicalRequest(request, auth));
  const stringToSign = [ALGORITHM, timestamp, scope.join('/'), requestHash].join('\n');
  const signingKey = scope.reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretAccessKey}`);
  return hmac(signingKey, stringToSign).toString('hex');
}

function canonicalRequest(request: WireRequest, auth: Authorization): string {
  const [path = '/', ...queryParts] = request.target.split('?');
  const headers = auth.signedHeaders.map((name) => `${name}:${headerText(request, name)}\n`);
  return [
    request.method,
    path.split('/').map(encodeStrictly).join('/'),
    canonicalQuery(queryParts.join('?')),
    headers.join(''),
    auth.signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([key, value]) => `${encodeStrictly(key)}=${encodeStrictly(value)}`)
    .sort()
    .join('&');
}

function headerText(request: WireRequest, name: string): string {
  const value = Object.hasOwn(request.headers, name) ? request.headers[name] : undefined;
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text.trim().replace(/ +/g, ' ');
}

/** Percent-encodes everything but letters, digits and `-_.~`, as in RFC 3986. */
export function encodeStrictly(value: string): string {
  const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value).replace(/[!'()*]/g, hex);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** The parts of a Signature Version 4 `Authorization` header. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** The parts of an `Authorization` header, `'missing'` if there is no such header, or AWS's message for an incomplete one. */
export type ParsedAuthorization = Authorization | 'missing' | { readonly incomplete: string };

const ALGORITHM = 'AWS4-HMAC-SHA256';

export function parseAuthorization(header: string | undefined): ParsedAuthorization {
  if (header === undefined || header === '') return 'missing';
  if (!header.startsWith(`${ALGORITHM} `)) {
    return { incomplete: `Unsupported AWS 'algorithm': '${header.split(' ')[0]}'.` };
  }
  const fields = new Map(header.slice(ALGORITHM.length).split(',').map(splitField));
  const missingFields = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !fields.get(name));
  if (missingFields.length > 0) {
    const messages = missingFields.map((name) => `Authorization header requires '${name}' parameter.`);
    return { incomplete: messages.join(' ') };
  }
  const scope = (fields.get('Credential') ?? '').split('/');
  const [accessKeyId, date, region, service, terminal] = scope;
  if (scope.length !== 5 || !accessKeyId || !date || !region || !service || terminal !== 'aws4_request') {
    const incomplete =
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.';
    return { incomplete };
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    signedHeaders: (fields.get('SignedHeaders') ?? '').split(';'),
    signature: fields.get('Signature') ?? '',
  };
}

function splitField(field: string): [string, string] {
  const [name = '', ...value] = field.trim().split('=');
  return [name, value.join('=')];
}
