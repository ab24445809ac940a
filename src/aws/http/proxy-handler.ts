import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../limits.ts';
import {
  directHandler,
  type HandlerOptions,
  type HttpProxy,
  type Proxies,
  ProxyError,
  proxyFor,
  withoutBrackets,
} from './proxy.ts';

const CONNECTION_OPTIONS = { keepAlive: true, maxSockets: HTTP.maxSockets };

type Handle = NodeHttpHandler['handle'];
type Request = Parameters<Handle>[0];

/** Sends each SDK request through its proxy, if it has one. All clients share this handler and its open connections. */
export class ProxyHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #proxies: Proxies;
  readonly #options: HandlerOptions;
  readonly #direct: NodeHttpHandler;
  /** Sends requests without TLS through the proxy. Created on first use. */
  #forwarding: NodeHttpHandler | undefined;
  /** Sends TLS requests through the proxy's tunnels. Created on first use. */
  #tunneling: NodeHttpHandler | undefined;

  constructor(proxies: Proxies, options: HandlerOptions) {
    this.#proxies = proxies;
    this.#options = options;
    this.#direct = directHandler(options);
  }

  /**
   * Sends one request. Problems of the proxy are thrown as `ProxyError`.
   * @throws Failure if the configured proxy is not an HTTP proxy
   */
  handle: Handle = async (request, options) => {
    const proxy = proxyFor(request, this.#proxies);
    if (!proxy) return this.#direct.handle(request, options);
    if (request.protocol === 'http:') return this.#forward(request, proxy, options);
    this.#tunneling ??= tunnelingHandler(proxy, this.#options);
    return this.#tunneling.handle(request, options);
  };

  /** Closes all connections and aborts tunnels that are being opened. */
  destroy(): void {
    this.#direct.destroy();
    this.#forwarding?.destroy();
    this.#tunneling?.destroy();
  }

  /** Sends a request without TLS to the proxy itself, with the full URL instead of the path (RFC 9112, 3.2.2). */
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
      this.#forwarding ??= forwardingHandler(proxy, this.#options);
      const output = await this.#forwarding.handle(forwarded, options);
      if (output.response.statusCode === 407) throw refusal(proxy, hostname, 407);
      return output;
    } catch (error) {
      throw failedBeforeProxy(error) ? proxyError(error, proxy, hostname) : error;
    }
  }
}

/** Returns the handler that sends requests without TLS through a proxy. */
function forwardingHandler(proxy: HttpProxy, { ca, ...settings }: HandlerOptions): NodeHttpHandler {
  const httpsAgent = new https.Agent({ ...CONNECTION_OPTIONS, ca, servername: nameInCertificate(proxy) });
  return new NodeHttpHandler({ ...settings, httpsAgent });
}

/** Returns the handler that sends TLS requests through a proxy's tunnels. */
function tunnelingHandler(proxy: HttpProxy, { ca, ...settings }: HandlerOptions): NodeHttpHandler {
  // The tunnel agent applies the connection timeout itself, because it knows which side caused a timeout.
  const { connectionTimeout: timeoutMs, ...otherSettings } = settings;
  return new NodeHttpHandler({ ...otherSettings, httpsAgent: new TunnelAgent(proxy, timeoutMs, ca) });
}

/**
 * Opens connections through a proxy (`CONNECT`, RFC 9110, 9.3.6). Node's own agent does everything else, including keep-alive.
 * The well-known libraries are not suitable: with `DEBUG=*`, they print requests with the key and the proxy's password. They also
 * pass a proxy's error response on as if it came from AWS.
 */
class TunnelAgent extends https.Agent {
  readonly #proxy: HttpProxy;
  readonly #timeoutMs: number;
  readonly #ca: Buffer | undefined;
  readonly #pendingTunnels = new Set<ClientRequest>();

  constructor(proxy: HttpProxy, timeoutMs: number, ca: Buffer | undefined) {
    super({ ...CONNECTION_OPTIONS, ca });
    this.#proxy = proxy;
    this.#ca = ca;
    this.#timeoutMs = timeoutMs;
  }

  override createConnection(
    options: https.RequestOptions,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = `${options.host}`;
    const fail = (error: Error) => callback(error, undefined as never);
    const tunnelRequest = this.#requestTunnel(`${host.includes(':') ? `[${host}]` : host}:${options.port}`);
    this.#pendingTunnels.add(tunnelRequest);
    const timeOut = () => tunnelRequest.destroy(new ProxyError('timed-out', this.#proxy, host));
    const timer = setTimeout(timeOut, this.#timeoutMs);
    tunnelRequest.once('close', () => this.#pendingTunnels.delete(tunnelRequest));
    tunnelRequest.once('error', (error) => {
      clearTimeout(timer);
      fail(proxyError(error, this.#proxy, host));
    });
    tunnelRequest.once('connect', ({ statusCode = 0 }: IncomingMessage, socket: Socket) => {
      clearTimeout(timer);
      this.#pendingTunnels.delete(tunnelRequest);
      if (statusCode >= 200 && statusCode < 300) {
        callback(null, super.createConnection({ ...options, socket } as https.RequestOptions) as Duplex);
      } else {
        socket.destroy();
        fail(refusal(this.#proxy, host, statusCode));
      }
    });
    tunnelRequest.end();
  }

  override destroy(): void {
    for (const tunnelRequest of this.#pendingTunnels) tunnelRequest.destroy();
    super.destroy();
  }

  #requestTunnel(target: string): ClientRequest {
    const { url } = this.#proxy;
    return (url.protocol === 'https:' ? https : http).request({
      method: 'CONNECT',
      host: withoutBrackets(url.hostname),
      servername: nameInCertificate(this.#proxy),
      port: url.port || undefined,
      path: target,
      headers: { host: target, ...authorization(this.#proxy) },
      agent: false,
      ca: this.#ca,
    });
  }
}

/**
 * Returns the host name for the certificate of a proxy that is reached over TLS. Node would use the `Host` header, which names
 * the target.
 */
function nameInCertificate({ url }: HttpProxy): string {
  const host = withoutBrackets(url.hostname);
  return isIP(host) ? '' : host;
}

/** Returns the header with the user and password from the proxy's URL. */
function authorization({ url }: HttpProxy): Record<string, string> {
  if (!url.username && !url.password) return {};
  const text = `${decoded(url.username)}:${decoded(url.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` };
}

/** Decodes percent-encoded text. Text that can't be decoded, such as one with a literal percent sign, is returned as is. */
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

/** Returns true if a request failed before the proxy passed it on. A later failure may be one of the server behind the proxy. */
function failedBeforeProxy(error: unknown): boolean {
  const { code = '', name = '', syscall = '' } = error as NodeJS.ErrnoException;
  return (
    (name === 'TimeoutError' && !code) || /^(connect|getaddrinfo)$/.test(syscall) || code.startsWith('HPE_')
  );
}

function proxyError(error: unknown, proxy: HttpProxy, target: string): Error {
  if (error instanceof ProxyError) return error;
  const { code = '', name = '' } = error as NodeJS.ErrnoException;
  // The response was not HTTP, so the server is not an HTTP proxy.
  if (code.startsWith('HPE_')) return new ProxyError('not-a-proxy', proxy, target, { cause: error });
  const timedOut = code === 'ETIMEDOUT' || (name === 'TimeoutError' && !code);
  return new ProxyError(timedOut ? 'timed-out' : 'unreachable', proxy, target, { cause: error });
}
