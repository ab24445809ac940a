import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../defaults.ts';
import {
  directHandler,
  type HandlerOptions,
  type HttpProxy,
  type Proxies,
  ProxyError,
  proxyFor,
  withoutBrackets,
} from './proxy.ts';

const CONNECTIONS = { keepAlive: true, maxSockets: HTTP.maxSockets };

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];

/**
 * Sends the SDK's requests, each through the proxy that is meant for it. All clients share it, and with it the open
 * connections.
 */
export class ProxyHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #proxies: Proxies;
  readonly #options: HandlerOptions;
  readonly #direct: NodeHttpHandler;
  /** Each made for the first request that needs it. */
  #forwarding: NodeHttpHandler | undefined;
  #tunnelled: NodeHttpHandler | undefined;

  constructor(proxies: Proxies, options: HandlerOptions) {
    this.#proxies = proxies;
    this.#options = options;
    this.#direct = directHandler(options);
  }

  /**
   * Makes one request. The proxy's failures are thrown as `ProxyError`.
   * @throws Failure where the request should go through what is not an HTTP proxy
   */
  handle: Handle = async (request, options) => {
    const proxy = proxyFor(request, this.#proxies);
    if (!proxy) return this.#direct.handle(request, options);
    if (request.protocol === 'http:') return this.#forward(request, proxy, options);
    this.#tunnelled ??= tunnelling(proxy, this.#options);
    return this.#tunnelled.handle(request, options);
  };

  /** Closes every connection; a tunnel that is being made is given up. */
  destroy(): void {
    this.#direct.destroy();
    this.#forwarding?.destroy();
    this.#tunnelled?.destroy();
  }

  /** A request without TLS is handed to the proxy as it is, with the whole URL in place of the path (RFC 9112, 3.2.2). */
  async #forward(request: Request, proxy: HttpProxy, options: Parameters<Handle>[1]) {
    const { hostname, port, path } = request;
    const target = port ? `${hostname}:${port}` : hostname;
    const { url } = proxy;
    const forwarded: Request = Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port) || undefined,
      path: `http://${target}${path}`,
      headers: { ...request.headers, ...authorization(proxy) },
    });
    try {
      this.#forwarding ??= forwarding(proxy, this.#options);
      const answer = await this.#forwarding.handle(forwarded, options);
      if (answer.response.statusCode === 407) throw refusal(proxy, hostname, 407);
      return answer;
    } catch (error) {
      throw isOnTheWay(error) ? proxyError(error, proxy, hostname) : error;
    }
  }
}

/** Returns what hands requests without TLS to a proxy. */
function forwarding(proxy: HttpProxy, { ca, ...settings }: HandlerOptions): NodeHttpHandler {
  const trusted = ca ? { ca } : {};
  const httpsAgent = new https.Agent({ ...CONNECTIONS, ...trusted, servername: nameInCertificate(proxy) });
  return new NodeHttpHandler({ ...settings, httpsAgent });
}

/** Returns what sends requests with TLS through tunnels of a proxy. */
function tunnelling(proxy: HttpProxy, { ca, ...settings }: HandlerOptions): NodeHttpHandler {
  // The tunnel itself watches the time until there is a connection: it knows whose fault it is when there is none.
  const { connectionTimeout: timeoutMs, ...handler } = settings;
  return new NodeHttpHandler({
    ...handler,
    httpsAgent: new TunnelAgent(proxy, timeoutMs, ca ? { ca } : {}),
  });
}

/**
 * Makes connections through a proxy (`CONNECT`, RFC 9110, 9.3.6); everything else, keep-alive too, is Node's own agent.
 * It is not one of the well-known libraries for it because those print requests, and with them the key, and the password of
 * the proxy where `DEBUG=*` is set, and hand a proxy's refusal on as if it were AWS's answer.
 */
class TunnelAgent extends https.Agent {
  readonly #proxy: HttpProxy;
  readonly #timeoutMs: number;
  readonly #trusted: { ca?: Buffer };
  readonly #opening = new Set<ClientRequest>();

  constructor(proxy: HttpProxy, timeoutMs: number, trusted: { ca?: Buffer }) {
    super({ ...CONNECTIONS, ...trusted });
    this.#proxy = proxy;
    this.#trusted = trusted;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(
    options: https.RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = `${options.host}`;
    const fail = (error: Error) => callback(error, undefined as never);
    const connect = this.#ask(`${host.includes(':') ? `[${host}]` : host}:${options.port}`);
    this.#opening.add(connect);
    const timer = setTimeout(
      () => connect.destroy(new ProxyError('timed-out', this.#proxy, host)),
      this.#timeoutMs,
    );
    connect.once('close', () => this.#opening.delete(connect));
    connect.once('error', (error) => {
      clearTimeout(timer);
      fail(proxyError(error, this.#proxy, host));
    });
    connect.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
      clearTimeout(timer);
      this.#opening.delete(connect);
      if (statusCode >= 200 && statusCode < 300) {
        callback(null, super.createConnection({ ...options, socket } as https.RequestOptions) as Duplex);
      } else {
        socket.destroy();
        fail(refusal(this.#proxy, host, statusCode));
      }
    });
    connect.end();
  }

  override destroy(): void {
    for (const connect of this.#opening) connect.destroy();
    super.destroy();
  }

  #ask(target: string): ClientRequest {
    const { url } = this.#proxy;
    return (url.protocol === 'https:' ? https : http).request({
      method: 'CONNECT',
      host: withoutBrackets(url.hostname),
      servername: nameInCertificate(this.#proxy),
      ...(url.port ? { port: url.port } : {}),
      path: target,
      headers: { host: target, ...authorization(this.#proxy) },
      agent: false,
      ...this.#trusted,
    });
  }
}

/** Whose certificate a proxy reached over TLS shows. Node would go by the `Host` header, which names what lies behind it. */
function nameInCertificate({ url }: HttpProxy): string {
  const host = withoutBrackets(url.hostname);
  return isIP(host) ? '' : host;
}

/** The user and the password of the proxy's URL, as a header. */
function authorization({ url }: HttpProxy): Record<string, string> {
  if (!url.username && !url.password) return {};
  const text = `${decoded(url.username)}:${decoded(url.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}

/** A percent sign that stands for itself is left alone. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusal(proxy: HttpProxy, target: string, status: number): ProxyError {
  if (status === 407) return new ProxyError('wants-password', proxy, target, { status });
  return new ProxyError(status >= 500 ? 'no-way-on' : 'refused', proxy, target, { status });
}

/** Whether a request failed before it had reached the proxy; later it may have been the server behind that failed. */
function isOnTheWay(error: unknown): boolean {
  const { code = '', name = '', syscall = '' } = error as NodeJS.ErrnoException;
  return (
    (name === 'TimeoutError' && !code) || /^(connect|getaddrinfo)$/.test(syscall) || code.startsWith('HPE_')
  );
}

function proxyError(error: unknown, proxy: HttpProxy, target: string): Error {
  if (error instanceof ProxyError) return error;
  const { code = '', name = '' } = error as NodeJS.ErrnoException;
  // What came was no HTTP at all: some other kind of server.
  if (code.startsWith('HPE_')) return new ProxyError('not-a-proxy', proxy, target, { cause: error });
  const timedOut = code === 'ETIMEDOUT' || (name === 'TimeoutError' && !code);
  return new ProxyError(timedOut ? 'timed-out' : 'unreachable', proxy, target, { cause: error });
}
