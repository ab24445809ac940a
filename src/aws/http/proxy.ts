import { isIP } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { EXIT, Failure } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { awsMessages as messages } from '../messages.ts';

/** An HTTP proxy from the environment. */
export interface HttpProxy {
  /** Includes the user and the password, if any. Never print it. */
  readonly url: URL;
  /** The name of the variable that the proxy comes from. */
  readonly variable: string;
}

/** A variable that may contain a proxy. The value is parsed only for a request that goes through the proxy. */
interface ProxyVariable {
  readonly name: string;
  readonly value: string;
}

/** The proxy settings in the environment. */
export interface Proxies {
  /** The proxy for `https:` URLs. */
  readonly https: ProxyVariable | undefined;
  /** The proxy for `http:` URLs. */
  readonly http: ProxyVariable | undefined;
  /** The value of `NO_PROXY`: hosts to connect to directly. */
  readonly exceptions: string;
}

/** A problem between this machine and the proxy, or an error response from the proxy. `no-way-on` is a status of 500 or more. */
type ProxyProblem = 'unreachable' | 'timed-out' | 'wants-password' | 'refused' | 'no-way-on' | 'not-a-proxy';

/** The error for a proxy that did not open the requested connection. */
export class ProxyError extends Error {
  override name = 'ProxyError';
  /** Tells the SDK to retry: the server behind the proxy may be available again in a moment. */
  readonly $retryable: { throttling: false } | undefined;

  readonly problem: ProxyProblem;
  readonly proxy: HttpProxy;
  /** The host that was requested. */
  readonly target: string;
  /** The HTTP status of the proxy's response. */
  readonly status: number | undefined;

  constructor(
    problem: ProxyProblem,
    proxy: HttpProxy,
    target: string,
    { status, cause }: { status?: number; cause?: unknown } = {},
  ) {
    const reason = status ?? (cause as NodeJS.ErrnoException | undefined)?.code;
    super(`${proxy.url.host} (${proxy.variable}): ${problem}${reason ? ` (${reason})` : ''}`, { cause });
    this.problem = problem;
    this.proxy = proxy;
    this.target = target;
    this.status = status;
    this.$retryable = problem === 'no-way-on' || problem === 'timed-out' ? { throttling: false } : undefined;
  }
}

/** Returns the handler for requests without a proxy. */
export function directHandler({ ca, ...settings }: HandlerOptions): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: HTTP.maxSockets };
  return new NodeHttpHandler({ ...settings, ...(ca ? { httpsAgent: { ...agent, ca } } : {}) });
}

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. As in curl, the lowercase name takes precedence. */
export function readProxies(env: NodeJS.ProcessEnv): Proxies {
  const readVariable = (variable: string): ProxyVariable | undefined => {
    const name = [variable.toLowerCase(), variable].find((spelling) => env[spelling]?.trim());
    return name === undefined ? undefined : { name, value: env[name] ?? '' };
  };
  return {
    https: readVariable('HTTPS_PROXY'),
    http: readVariable('HTTP_PROXY'),
    exceptions: env.no_proxy || env.NO_PROXY || '',
  };
}

/**
 * Returns the proxy for a request, if any.
 * @throws Failure if the variable doesn't contain the URL of an HTTP proxy
 */
export function proxyFor(
  { protocol, hostname, port }: { protocol: string; hostname: string; port?: number | undefined },
  proxies: Proxies,
): HttpProxy | undefined {
  const variable = protocol === 'http:' ? proxies.http : proxies.https;
  const targetPort = port ?? (protocol === 'http:' ? 80 : 443);
  return variable && !isException(withoutBrackets(hostname).toLowerCase(), targetPort, proxies.exceptions)
    ? parseProxy(variable)
    : undefined;
}

/** Parses the value of a variable. Messages don't repeat the value, because it may contain a password. */
function parseProxy({ name: variable, value }: ProxyVariable): HttpProxy {
  const text = value.trim();
  // `proxy.example:8080`, without a scheme, is common.
  const fullText = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(fullText) ? new URL(fullText) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  // If a password contains `/`, `?`, `#` or `\`, the parser mistakes part of it for the host.
  if (isHttp && url.pathname === '/' && !/[?#]/.test(text)) return { url, variable };
  const sentence = url && !isHttp ? messages.proxyNotHttp(variable) : messages.proxyUrl(variable);
  throw new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, hint: messages.proxyUrlHint });
}

/** Returns true if a host, without brackets, is this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/i.test(host);
}

/**
 * Returns true if `NO_PROXY` includes a host. `*` matches all hosts. A domain matches itself and its subdomains, with or without
 * a leading `*` or dot. If the entry has a port, that must be equal too. curl and the AWS CLI follow the same rules.
 */
function isException(host: string, port: number, exceptions: string): boolean {
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, entryPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      const domain = withoutBrackets(name).replace(/^\*?\./, '');
      const isSameHost = host === domain || (!isIP(host) && host.endsWith(`.${domain}`));
      return isSameHost && (entryPort === undefined || Number(entryPort) === port);
    });
}

/** Returns a host without the brackets that IPv6 addresses have in URLs. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** Options of the SDK's own handler; times in milliseconds. */
export interface HandlerOptions {
  connectionTimeout: number;
  requestTimeout: number;
  socketTimeout: number;
  throwOnRequestTimeout: boolean;
  /** The certificate authorities to trust instead of Node's own, in PEM format. */
  ca?: Buffer;
}
