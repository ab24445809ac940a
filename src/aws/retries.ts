import { once } from 'node:events';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { STSClient } from '@aws-sdk/client-sts';
import { HTTP } from '../defaults.ts';
import { ProxyError } from './proxy.ts';

type Client = IAMClient | SecretsManagerClient | STSClient;

/**
 * Changes that must not be sent a second time while the first may have taken effect: IAM takes no token by which it would
 * know them again, and each makes one more version. Whoever sends one reads what is there before sending another.
 */
const NOT_REPEATABLE: ReadonlySet<string> = new Set(['CreatePolicyVersionCommand']);

/** Errors that come before anything of a request is sent: no credentials, no way there, no trust in who answers there. */
const NEVER_SENT =
  /^(\w*ProviderError|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|\w*CERT\w*|UNABLE_TO_\w+)$/;

/**
 * Whether a request that failed so may have taken effect all the same: its answer was lost on the way, or came from
 * something that stands between, or AWS failed in the midst of it.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  if (error instanceof ProxyError) return false;
  if (NEVER_SENT.test(error.name) || ('code' in error && NEVER_SENT.test(String(error.code)))) return false;
  const status = statusOf(error);
  return status === undefined || status < 400 || status >= 500;
}

function statusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null)
    return undefined;
  return 'httpStatusCode' in error.$metadata ? Number(error.$metadata.httpStatusCode) : undefined;
}

/**
 * Decides when the SDK sends a request again. Beside the SDK's own rules, a request is given up
 * - when a quota is used up, such as that of policy versions: AWS calls that `LimitExceeded`, which the SDK takes for
 *   throttling, so that it would try for half a minute in vain;
 * - when it might do its work twice;
 * - when the user has interrupted, or the time for one request (`HTTP.callLimitMs`) is over.
 */
export function withBoundedRetries<C extends Client>(client: C, interrupt: AbortSignal): C {
  const notRepeatable = new WeakSet<Error>();
  watchRepeatability(client, notRepeatable);
  const standard = client.config.retryStrategy;
  const begun = new WeakMap<object, number>();
  client.config.retryStrategy = async () => {
    const strategy = await standard();
    if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
    return {
      async acquireInitialRetryToken(scope) {
        const token = await strategy.acquireInitialRetryToken(scope);
        begun.set(token, performance.now());
        return token;
      },
      recordSuccess: (token) => strategy.recordSuccess(token),
      async refreshRetryTokenForRetry(token, info) {
        const since = begun.get(token) ?? performance.now();
        const { error } = info;
        // The last try may take its full time as well.
        const overdue = () => performance.now() - since > HTTP.callLimitMs - HTTP.handler.requestTimeout;
        const hopeless = error instanceof Error && (isQuota(error) || notRepeatable.has(error));
        if (hopeless || overdue() || interrupt.aborted) throw error;
        // The pause before the next try is in there.
        const next = await orInterrupt(strategy.refreshRetryTokenForRetry(token, info), interrupt, error);
        if (overdue()) throw error;
        begun.set(next, since);
        return next;
      },
    };
  };
  return client;
}

/** Waits for a promise, but not past the interruption: then the error stands that there was. */
async function orInterrupt<T>(waiting: Promise<T>, interrupt: AbortSignal, error: unknown): Promise<T> {
  const over = new AbortController();
  const interrupted = once(interrupt, 'abort', { signal: over.signal }).then(() => {
    throw error;
  });
  // Whichever comes second is nobody's business any more.
  for (const promise of [waiting, interrupted]) promise.catch(() => undefined);
  try {
    return await Promise.race([waiting, interrupted]);
  } finally {
    over.abort();
  }
}

function isQuota({ name }: Error): boolean {
  return name === 'LimitExceededException';
}

/** Notes the errors of requests that must not be repeated now. It sits between the retries and the wire. */
function watchRepeatability(client: Client, notRepeatable: WeakSet<Error>): void {
  const stack = client.middlewareStack as IAMClient['middlewareStack'];
  stack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const unsafe = NOT_REPEATABLE.has(context.commandName ?? '') && mayHaveTakenEffect(error);
        if (unsafe && error instanceof Error) notRepeatable.add(error);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'watchRepeatability' },
  );
}
