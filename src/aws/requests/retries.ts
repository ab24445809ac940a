import { Failure } from '../../failure.ts';
import { ProxyError } from '../http/proxy.ts';
import { middlewareOf, type SdkClient } from '../http/sdk-client.ts';
import { unlessAborted } from './concurrency.ts';
import type { QueueForOperation, RequestQueue } from './request-queues.ts';

/**
 * Changes with a whole document that is based on an earlier read. A retry after a pause would undo what others have written in
 * the meantime, or create a redundant version. The caller must read again before sending such a change again.
 */
const NOT_RETRYABLE: ReadonlySet<string> = new Set([
  'CreatePolicyVersionCommand',
  'SetDefaultPolicyVersionCommand',
  'UpdateAssumeRolePolicyCommand',
]);

/** Errors that occur before anything is sent: no credentials, no connection, or an untrusted certificate. */
const NEVER_SENT = /^(\w*ProviderError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|\w*CERT\w*|UNABLE_TO_\w+)$/;

/** Errors of calls in which this or an earlier attempt may have made the change. */
const unconfirmedErrors = new WeakSet<Error>();

/** Information about failed attempts, by error. */
interface FailedAttempts {
  /** Errors of requests that must not be retried, because they may be out of date. */
  notRetryable: WeakSet<Error>;
  /** The queue to wait in before a retry. */
  queues: WeakMap<Error, RequestQueue>;
}

/**
 * Returns true if a failed request may have taken effect. The response to one of its attempts was lost or came from an
 * intermediary, or AWS failed while handling it.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  return !(error instanceof Error) || unconfirmedErrors.has(error) || attemptMayHaveTakenEffect(error);
}

/** Like `mayHaveTakenEffect`, but regardless of earlier attempts of the same call. */
function attemptMayHaveTakenEffect(error: Error): boolean {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  // Node tries each address of a host, and throws the errors of all of them together.
  if (error instanceof AggregateError)
    return error.errors.some((each) => !(each instanceof Error) || attemptMayHaveTakenEffect(each));
  // The program's own failures are thrown instead of sending a request.
  if (error instanceof Failure) return false;
  if (error instanceof ProxyError || NEVER_SENT.test(error.name) || NEVER_SENT.test(code)) return false;
  if (/^(connect|getaddrinfo)$/.test(syscall)) return false;
  const status = statusOf(error);
  return status === undefined || status < 400 || status >= 500;
}

function statusOf(error: Error): number | undefined {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode;
}

/**
 * Decides when the SDK retries a request. In addition to the SDK's rules, there is no retry in these cases:
 *
 * - A resource quota is used up, such as that of policy versions. AWS reports this as `LimitExceeded`, which the SDK mistakes for
 *   throttling. It would retry for half a minute in vain.
 * - The request may be out of date.
 * - The user has interrupted.
 *
 * Retries wait for their turn like all requests.
 */
export function withBoundedRetries<C extends SdkClient>(
  client: C,
  { interrupt, queueOf }: { interrupt: AbortSignal; queueOf: QueueForOperation },
): C {
  const failedAttempts: FailedAttempts = { notRetryable: new WeakSet(), queues: new WeakMap() };
  watchAttempts(client, failedAttempts, queueOf);
  const sdkStrategy = client.config.retryStrategy;
  client.config.retryStrategy = async () => {
    const strategy = await sdkStrategy();
    if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
    return {
      acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
      recordSuccess: (token) => strategy.recordSuccess(token),
      async refreshRetryTokenForRetry(token, info) {
        const { error } = info;
        if (!(error instanceof Error)) throw error;
        const isResourceQuotaError = error.name === 'LimitExceededException';
        if (isResourceQuotaError || failedAttempts.notRetryable.has(error) || interrupt.aborted) throw error;
        const waitForRetry = async () => {
          // This call includes the pause before the next attempt.
          const retryToken = await strategy.refreshRetryTokenForRetry(token, info);
          // The SDK has a budget for retries, to protect a service in trouble. Retries after throttling would use it up and make
          // calls fail. The rate limiter already handles throttling.
          if (isThrottled(error)) strategy.recordSuccess(retryToken);
          await failedAttempts.queues.get(error)?.waitForRetry();
          return retryToken;
        };
        return unlessAborted(waitForRetry(), interrupt, error);
      },
    };
  };
  return client;
}

/**
 * Records the outcome of each attempt, for retries and for the rate limiter. Runs inside the retry middleware; all attempts of a
 * call share one context.
 */
function watchAttempts(
  client: SdkClient,
  { notRetryable, queues }: FailedAttempts,
  queueOf: QueueForOperation,
): void {
  /** The contexts of calls with an unconfirmed attempt. */
  const unconfirmedCalls = new WeakSet<object>();
  middlewareOf(client).add(
    (next, context) => async (args) => {
      const queue = queueOf(context.commandName?.replace(/Command$/, '') ?? '');
      try {
        const result = await next(args);
        queue.recordResponse({ throttled: false });
        return result;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        queues.set(error, queue);
        if (statusOf(error) !== undefined) queue.recordResponse({ throttled: isThrottled(error) });
        if (attemptMayHaveTakenEffect(error)) unconfirmedCalls.add(context);
        if (unconfirmedCalls.has(context)) unconfirmedErrors.add(error);
        if (NOT_RETRYABLE.has(context.commandName ?? '')) notRetryable.add(error);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'watchAttempts' },
  );
}

/** Returns true if AWS throttled a request. */
export function isThrottled({ name }: Pick<Error, 'name'>): boolean {
  return /^(Throttling(Exception)?|TooManyRequestsException|RequestLimitExceeded)$/.test(name);
}
