import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { closing } from '../../support/closing.ts';
import type { Authority } from './certificates.ts';

export interface ProxyOptions {
  /** The URL of the sandbox that gets every request, whatever its host. */
  behind: string;
  /** Issues certificates for the hosts. Without it, the proxy serves only plain HTTP. */
  authority?: Authority;
  /** The required `USER:PASSWORD`. */
  password?: string;
  /** Whether the proxy itself is reached over TLS. */
  secure?: boolean;
  /** Returns the response to a `CONNECT`, instead of a connection. */
  answer?: (host: string) => string | undefined;
}

export interface TestProxy {
  readonly url: string;
  readonly port: number;
  /** The `HOST:PORT` of every `CONNECT`, in order. */
  readonly tunnels: readonly string[];
  /** The URL of every request that was sent without a tunnel. */
  readonly forwarded: readonly string[];
}

/** Starts an HTTP proxy on the loopback interface that decrypts connections. It stops after the tests of the file. */
export async function startProxy({
  behind,
  authority,
  password,
  secure = false,
  answer,
}: ProxyOptions): Promise<TestProxy> {
  const tunnels: string[] = [];
  const forwarded: string[] = [];
  const sockets = new Set<Socket>();
  const mayPass = ({ headers }: IncomingMessage) =>
    !password || headers['proxy-authorization'] === `Basic ${Buffer.from(password).toString('base64')}`;

  const inner = createServer((incoming, response) => passOn(behind, incoming, response));
  const own = secure && (await authority?.certificateFor('127.0.0.1'));
  const create = own ? createSecureServer.bind(undefined, own) : createServer;
  const outer = create((incoming: IncomingMessage, response: ServerResponse) => {
    forwarded.push(incoming.url ?? '');
    if (!mayPass(incoming)) return void response.writeHead(407).end();
    incoming.url = new URL(incoming.url ?? '').pathname;
    passOn(behind, incoming, response);
  });
  outer.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  outer.on('connect', async (incoming: IncomingMessage, socket: Socket) => {
    const target = incoming.url ?? '';
    tunnels.push(target);
    const host = target.replace(/:\d+$/, '');
    const refusal = mayPass(incoming) ? answer?.(host) : 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    if (refusal !== undefined) return void socket.end(refusal);
    const certificate = await authority?.certificateFor(host);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const decrypted = new TLSSocket(socket, { isServer: true, ...certificate });
    decrypted.on('error', () => decrypted.destroy());
    inner.emit('connection', decrypted);
  });
  outer.listen(0, '127.0.0.1');
  await once(outer, 'listening');
  closing(() => {
    for (const socket of sockets) socket.destroy();
    inner.close();
    outer.close();
  });
  const { port } = outer.address() as AddressInfo;
  return { url: `http${secure ? 's' : ''}://127.0.0.1:${port}`, port, tunnels, forwarded };
}

/** Forwards a request unchanged, including its `Host` header. The response headers can be changed. */
export function passOn(
  behind: string,
  incoming: IncomingMessage,
  response: ServerResponse,
  change = (headers: IncomingHttpHeaders): IncomingHttpHeaders => headers,
): void {
  const { hostname, port } = new URL(behind);
  const { method, url: path, headers } = incoming;
  const outgoing = request({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, change(answer.headers));
    answer.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  incoming.pipe(outgoing);
}
