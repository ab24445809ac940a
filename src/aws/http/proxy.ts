import { isIP } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../defaults.ts';
import { EXIT, Failure } from '../../failure.ts';
import { awsMessages as messages } from '../messages.ts';

/** An HTTP proxy that the environment names. */
export interface HttpProxy {
  /** With the user and the password, if there are any: never to be shown. */
  readonly url: URL;
  /** The variable that it came from. */
  readonly variable: string;
}

/** A variable that may name a proxy. Its value is looked at only for a request that goes through the proxy. */
interface ProxyVariable {
  readonly name: string;
  readonly value: string;
}

/** What the environment says about proxies. */
export interface Proxies {
  /** For requests to `https:` URLs, and for those to `http:` URLs. */
  readonly https: ProxyVariable | undefined;
  readonly http: ProxyVariable | undefined;
  /** The value of `NO_PROXY`: the hosts that are reached without a proxy. */
  readonly exceptions: string;
}

/** What went wrong between this machine and the proxy, or what the proxy answered instead of a connection. */
export type ProxyProblem =
  | 'unreachable'
  | 'timed-out'
  | 'wants-password'
  | 'refused'
  | 'no-way-on'
  | 'not-a-proxy';

/** A proxy that did not make the connection it was asked for. */
export class ProxyError extends Error {
  override name = 'ProxyError';
  /** Tells the SDK to try again: what lies behind the proxy may come back in a moment. */
  readonly $retryable: { throttling: false } | undefined;

  readonly problem: ProxyProblem;
  readonly proxy: HttpProxy;
  /** The host that was to be reached. */
  readonly target: string;
  /** The HTTP status with which the proxy answered. */
  readonly status: number | undefined;

  constructor(
    problem: ProxyProblem,
    proxy: HttpProxy,
    target: string,
    { status, cause }: { status?: number | undefined; cause?: unknown } = {},
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

/** Returns what sends requests without a proxy. */
export function directHandler({ ca, ...settings }: HandlerOptions): NodeHttpHandler {
  const agent = { keepAlive: true, maxSockets: HTTP.maxSockets };
  return new NodeHttpHandler({ ...settings, ...(ca ? { httpsAgent: { ...agent, ca } } : {}) });
}

/** Reads `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. As with curl, the name in small letters wins. */
export function readProxies(env: NodeJS.ProcessEnv): Proxies {
  const named = (variable: string): ProxyVariable | undefined => {
    const name = [variable.toLowerCase(), variable].find((each) => env[each]?.trim());
    return name === undefined ? undefined : { name, value: env[name] ?? '' };
  };
  return {
    https: named('HTTPS_PROXY'),
    http: named('HTTP_PROXY'),
    exceptions: env.no_proxy || env.NO_PROXY || '',
  };
}

/**
 * Returns the proxy for a request, if it goes through one.
 * @throws Failure for a variable that does not hold the URL of an HTTP proxy
 */
export function proxyFor(
  { protocol, hostname, port }: { protocol: string; hostname: string; port?: number | undefined },
  proxies: Proxies,
): HttpProxy | undefined {
  const variable = protocol === 'http:' ? proxies.http : proxies.https;
  const wanted = port ?? (protocol === 'http:' ? 80 : 443);
  return variable && !isException(withoutBrackets(hostname).toLowerCase(), wanted, proxies.exceptions)
    ? parseProxy(variable)
    : undefined;
}

/** The value is not repeated in the sentence: it may hold a password. */
function parseProxy({ name: variable, value }: ProxyVariable): HttpProxy {
  const text = value.trim();
  // `proxy.example:8080`, without a scheme, is a common way to write it.
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  // After a `/`, `?`, `#` or `\` in a password, the parser takes a part of the password for the host.
  if (isHttp && url.pathname === '/' && !/[?#]/.test(text)) return { url, variable };
  const sentence = url && !isHttp ? messages.proxyNotHttp(variable) : messages.proxyUrl(variable);
  throw new Failure(sentence, { code: 'usage', exitCode: EXIT.usage, hint: messages.proxyUrlHint });
}

/** Whether a host, without brackets, is this machine itself. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1)$/i.test(host);
}

/**
 * Whether `NO_PROXY` names a host: `*` is every host; a domain stands for itself and all below it, with or without `*` or
 * a dot before it; a port, if one is given, must be the same. So do curl and the AWS CLI understand it.
 */
function isException(host: string, port: number, exceptions: string): boolean {
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, ofPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      const domain = withoutBrackets(name).replace(/^\*?\./, '');
      const same = host === domain || (!isIP(host) && host.endsWith(`.${domain}`));
      return same && (ofPort === undefined || Number(ofPort) === port);
    });
}

/** An IPv6 address is in brackets in a URL only. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** As the SDK's own handler takes them; times in milliseconds. */
export interface HandlerOptions {
  connectionTimeout: number;
  requestTimeout: number;
  socketTimeout: number;
  throwOnRequestTimeout: boolean;
  /** The certificate authorities to trust in place of Node's own, in PEM form. */
  ca?: Buffer;
}
