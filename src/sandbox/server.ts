import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Machine } from './machine.ts';
import { carryOut, type Outcome, type SettledOutcome } from './pipeline.ts';
import type { WireRequest } from './protocols/protocol.ts';

/** The one address that the sandbox listens on: this machine's own. */
export const HOST = '127.0.0.1';
const MAX_BODY_BYTES = 1024 * 1024;
const HEADERS_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const TIMEOUT_CHECK_MS = 500;
/** Longer than clients keep idle connections, so that none is closed under a request on its way. */
const KEEP_ALIVE_MS = 65_000;

export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves a machine on the loopback interface.
 * @param port 0 takes a free one.
 * @throws the system's error, such as EADDRINUSE, if the port cannot be had.
 */
export async function listen(machine: Machine, port: number): Promise<Listener> {
  const closing = new AbortController();
  // Every answer that is held back for its latency listens to it.
  setMaxListeners(0, closing.signal);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      serve(machine, closing.signal, request, response).catch(() => request.socket.destroy());
    },
  );
  server.on('clientError', (_error, socket) => {
    if (socket.writable) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n', () => socket.destroy());
    } else {
      socket.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return { port: portOf(server), close: () => shut(server, closing) };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function shut(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function serve(
  machine: Machine,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const arrivedAt = performance.now();
  const objection = objectionTo(machine, request);
  if (objection) {
    refuse(response, 403, objection);
    return;
  }
  const body = await readBody(request);
  if (!body) {
    refuse(response, 413, `The request body is larger than ${MAX_BODY_BYTES} bytes.`);
    return;
  }
  const wire: WireRequest = {
    method: request.method ?? '',
    target: request.url ?? '/',
    headers: request.headers,
    body,
  };
  const latencyMs = typeof machine.latency === 'function' ? machine.latency() : machine.latency;
  const { outcome, recorded } = carryOut(machine, wire, arrivedAt);
  const status = await settle(await known(outcome, closing), latencyMs, closing, request, response);
  if (recorded && status !== undefined) {
    recorded.status = status;
    recorded.endedAt = performance.now();
  }
}

/** Waits until it is known what becomes of a request. A client that has gone meanwhile does not matter: it has sent it all. */
async function known(outcome: Outcome, closing: AbortSignal): Promise<SettledOutcome> {
  if (outcome.kind !== 'later') {
    return outcome;
  }
  await sleep(outcome.delayMs, undefined, { signal: closing });
  return outcome.carryOut();
}

/**
 * Why a request is turned away unread. A web page in the user's browser could reach this port too: it gives itself away by an
 * Origin header, or by the name it had to use for 127.0.0.1.
 */
function objectionTo(machine: Machine, request: IncomingMessage): string | undefined {
  if (request.headers.origin !== undefined) {
    return 'Requests from web pages are not served.';
  }
  const { host = '' } = request.headers;
  const port = request.socket.localPort;
  const own = [`${HOST}:${port}`, `localhost:${port}`];
  const isServed = own.includes(host.toLowerCase()) || machine.allowsHost(host);
  return isServed ? undefined : 'The Host header does not name this server.';
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
  response.end(`${message}\n`);
}

/** @returns undefined if the body is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Destroying the stream on an early return would take the connection along, and with it the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** @returns the HTTP status sent; 0 where the connection was dropped; undefined where the client is left waiting. */
async function settle(
  outcome: SettledOutcome,
  latencyMs: number,
  closing: AbortSignal,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number | undefined> {
  if (outcome.kind === 'hang') {
    return undefined;
  }
  const wait = latencyMs + (outcome.kind === 'answer' ? outcome.delayMs : 0);
  if (wait > 0) {
    await sleep(wait, undefined, { signal: closing });
  }
  if (outcome.kind === 'drop') {
    request.socket.destroy();
    return 0;
  }
  const { status, headers, body } = outcome.response;
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return status;
}
