import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { HTTP } from '../../defaults.ts';
import { directHandler, type HandlerOptions, readProxies } from './proxy.ts';
import type { ProxyHandler } from './proxy-handler.ts';

/**
 * Returns what sends requests, through the proxies that the environment names, if it names any. The SDK does not look at these
 * variables by itself. A request fails with a `Failure` if it should go through what is not an HTTP proxy.
 * @param ca the certificate authorities to trust in place of Node's own, in PEM form
 */
export async function requestHandlerFor(
  env: NodeJS.ProcessEnv,
  ca?: Buffer,
  options: Partial<HandlerOptions> = {},
): Promise<ProxyHandler | NodeHttpHandler> {
  const proxies = readProxies(env);
  const settings = { ...HTTP.handler, ...(ca ? { ca } : {}), ...options };
  if (!proxies.https && !proxies.http) return directHandler(settings);
  const { ProxyHandler } = await import('./proxy-handler.ts');
  return new ProxyHandler(proxies, settings);
}
