import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleRequest, type Outcome, type SettledOutcome } from './pipeline.ts';
import type { WireRequest } from './protocols/protocol.ts';
import type { SandboxState } from './sandbox-state.ts';

/** The only address that the sandbox listens on: the loopback address. */
export const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** How often Node checks connections against the timeouts. */
const TIMEOUT_CHECK_MS = 500;
/** Longer than clients keep idle connections, so that the server never closes one while a request is on its way. */
const KEEP_ALIVE_MS = 65_000;
/** Enough for eight programs with fifty connections each, and a limit for a program that never closes its connections. */
const MAX_CONNECTIONS = 1_000;

/** The HTTP status for a malformed request, by Node's error code; 400 if the code is not listed. */
const STATUS_BY_ERROR_CODE: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a sandbox on the loopback interface.
 * @param port 0 picks a free port.
 * @throws the system error, such as EADDRINUSE, if the port is not available.
 */
export async function listen(sandbox: SandboxState, port: number): Promise<Listener> {
  const closing = new AbortController();
  // Every delayed response listens to this signal.
  setMaxListeners(0, closing.signal);
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    serve(sandbox, closing.signal, request, response).catch(() => request.socket.destroy());
  };
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    handle,
  );
  // By default, Node silently drops headers beyond a maximum number. Their total size is limited anyway.
  server.maxHeadersCount = 0;
  server.maxConnections = MAX_CONNECTIONS;
  // Without this, Node would ask for the body even if the request is rejected without reading it.
  server.on('checkContinue', handle);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) {
      const status = STATUS_BY_ERROR_CODE[error.code ?? ''] ?? '400 Bad Request';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
    } else {
      socket.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return { port: listeningPort(server), close: () => closeServer(server, closing) };
}

function listeningPort(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeServer(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function serve(
  sandbox: SandboxState,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedAt = performance.now();
  const rejection = rejectionOf(sandbox, request);
  if (rejection) {
    sendRejection(response, rejection);
    return;
  }
  if (request.headers.expect !== undefined) response.writeContinue();
  const body = await readBody(request);
  if (!body) {
    sendRejection(response, BODY_TOO_LARGE);
    return;
  }
  const wireRequest: WireRequest = {
    method: request.method ?? '',
    target: request.url ?? '/',
    headers: request.headers,
    body,
  };
  const latencyMs = typeof sandbox.latency === 'function' ? sandbox.latency() : sandbox.latency;
  const { outcome, recorded } = handleRequest(sandbox, wireRequest, arrivedAt);
  const settled = await settledOutcome(outcome, closing);
  const status = await sendResponse(settled, latencyMs, closing, request, response);
  if (recorded && status !== undefined) {
    recorded.status = status;
    recorded.endedAt = performance.now();
  }
}

/**
 * Waits until the outcome of a request is settled. A delayed request is executed even if the client disconnects, because the
 * request has arrived completely.
 */
async function settledOutcome(outcome: Outcome, closing: AbortSignal): Promise<SettledOutcome> {
  if (outcome.kind !== 'later') return outcome;
  await sleep(outcome.delayMs, undefined, { signal: closing });
  return outcome.execute();
}

function sendRejection(response: ServerResponse, { status, message }: Rejection): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${message}\n`);
}

/** Returns the complete body; undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Destroying the stream on an early return would close the connection before the response is sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Sends the response, or drops the connection, as the outcome says.
 * @returns the HTTP status of the response; 0 if the connection was dropped; undefined if the client is left waiting.
 */
async function sendResponse(
  outcome: SettledOutcome,
  latencyMs: number,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number | undefined> {
  if (outcome.kind === 'hang') return undefined;
  const waitMs = latencyMs + (outcome.kind === 'answer' ? outcome.delayMs : 0);
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: closing });
  if (outcome.kind === 'drop') {
    request.socket.destroy();
    return 0;
  }
  const { status, headers, body } = outcome.response;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return status;
}

/** Why a request is rejected before a service sees it. */
interface Rejection {
  readonly status: number;
  readonly message: string;
}

const BODY_TOO_LARGE: Rejection = {
  status: 413,
  message: `The request body is larger than ${MAX_BODY_BYTES} bytes.`,
};

/**
 * Returns why a request is rejected; undefined if it is served. Rejected are requests that no AWS client sends, such as those of
 * a web page in the user's browser, which could reach this port too. A page's request is recognized by its Origin header, by the
 * browser's metadata about the page's site, or by a Host header with another name for 127.0.0.1.
 */
function rejectionOf(sandbox: SandboxState, request: IncomingMessage): Rejection | undefined {
  if (isFromWebPage(request)) return { status: 403, message: 'Requests from web pages are not served.' };
  const hostHeaders = request.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
  const { host = '' } = request.headers;
  const port = request.socket.localPort;
  const isOwnHost = [`${HOST}:${port}`, `localhost:${port}`].includes(host.toLowerCase());
  if (hostHeaders.length !== 1 || !(isOwnHost || sandbox.allowsHost(host))) {
    return { status: 403, message: 'The Host header does not name this server.' };
  }
  const { method = '', url = '' } = request;
  if (!['POST', 'GET'].includes(method) && !(hasRestPath(url) && ['PUT', 'DELETE'].includes(method))) {
    return {
      status: 405,
      message: 'AWS services are asked by POST, some by GET, and a path by PUT or DELETE.',
    };
  }
  // A target with its own host would override the Host header: RFC 9112, section 3.2.2.
  if (!url.startsWith('/')) return { status: 400, message: 'The request target must be a path.' };
  const bodyBytes = Number(request.headers['content-length'] ?? 0);
  return bodyBytes > MAX_BODY_BYTES ? BODY_TOO_LARGE : undefined;
}

/** True if the URL has a path. Only services with a REST interface use paths; all others are at the root. */
function hasRestPath(url: string): boolean {
  return /^\/[^?]/.test(url);
}

/**
 * True if a browser sent the request for a web page. Browsers send `Sec-Fetch-Site` and related headers even without an Origin,
 * as for an image. `Sec-Fetch-Mode` alone proves nothing: Node's `fetch` sends it, and so does an SDK that uses `fetch`.
 * Source: "Fetch Metadata Request Headers", W3C.
 */
function isFromWebPage({ headers }: IncomingMessage): boolean {
  return (
    headers.origin !== undefined ||
    Object.keys(headers).some((name) => name.startsWith('sec-fetch-') && name !== 'sec-fetch-mode')
  );
}
