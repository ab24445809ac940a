import type { IncomingMessage } from 'node:http';

/** Why a request is turned away before its body is read. */
export interface Objection {
  readonly status: number;
  readonly message: string;
}

/** What a request must be like to be looked at. */
export interface Gate {
  /** The `Host` headers that name this server, in lower case. */
  readonly own: readonly string[];
  readonly maxBodyBytes: number;
  /** Whether another `Host` header is served beside those. */
  allowsHost(host: string): boolean;
}

/**
 * Turns away what no AWS client sends. A web page in the user's browser could reach this port too: it gives itself away by an
 * Origin header, by what the browser tells of the page's site, or by the name it had to use for 127.0.0.1.
 * @returns undefined for a request to be served.
 */
export function objectionTo(request: IncomingMessage, gate: Gate): Objection | undefined {
  if (isFromWebPage(request)) {
    return { status: 403, message: 'Requests from web pages are not served.' };
  }
  const hosts = request.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
  const { host = '' } = request.headers;
  if (hosts.length !== 1 || !(gate.own.includes(host.toLowerCase()) || gate.allowsHost(host))) {
    return { status: 403, message: 'The Host header does not name this server.' };
  }
  const { method = '', url = '' } = request;
  if (!['POST', 'GET'].includes(method) && !(isOfRest(url) && ['PUT', 'DELETE'].includes(method))) {
    return {
      status: 405,
      message: 'AWS services are asked by POST, some by GET, and a path by PUT or DELETE.',
    };
  }
  // A target with a host of its own would overrule the Host header: RFC 9112, section 3.2.2.
  if (!url.startsWith('/')) {
    return { status: 400, message: 'The request target must be a path.' };
  }
  return Number(request.headers['content-length'] ?? 0) > gate.maxBodyBytes ? tooLarge(gate) : undefined;
}

/** Only services with a REST interface have paths; all others are at the root. */
function isOfRest(url: string): boolean {
  return /^\/[^?]/.test(url);
}

/** The objection to a body that turns out to be too large. */
export function tooLarge(gate: Gate): Objection {
  return { status: 413, message: `The request body is larger than ${gate.maxBodyBytes} bytes.` };
}

/**
 * Browsers send `Sec-Fetch-Site` and its kin also where they send no Origin, as for an image. `Sec-Fetch-Mode` alone is no sign:
 * the `fetch` of Node sends it, and so does an SDK that uses that.
 * Source: "Fetch Metadata Request Headers", W3C.
 */
function isFromWebPage({ headers }: IncomingMessage): boolean {
  return (
    headers.origin !== undefined ||
    Object.keys(headers).some((name) => name.startsWith('sec-fetch-') && name !== 'sec-fetch-mode')
  );
}
