import { Failure } from '../../failure.ts';
import { ProxyError } from '../http/proxy.ts';
import { middlewareOf, type SdkClient } from '../http/sdk-client.ts';
import type { QueueForOperation, RequestQueue } from './request-queues.ts';

/**
 * Changes with a whole document that is based on an earlier read. A retry after a pause would undo what others have written in
 * the meantime, or create a redundant version. Read again before sending one.
 */
const NOT_RETRYABLE: ReadonlySet<string> = new Set([
  'CreatePolicyVersionCommand',
  'SetDefaultPolicyVersionCommand',
  'UpdateAssumeRolePolicyCommand',
]);

/** Errors that occur before anything is sent: no credentials, or an untrusted certificate. */
const NEVER_SENT = /^(\w*ProviderError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|\w*CERT\w*|UNABLE_TO_\w+)$/;

/** Errors of calls in which an earlier attempt may have made the change. */
const ambiguousErrors = new WeakSet<Error>();

/** Information about failed attempts, by error. */
interface Tries {
  /** The request may be out of date, so it must not be retried. */
  outOfDate: WeakSet<Error>;
  /** The queue to wait in before a retry. */
  queues: WeakMap<Error, RequestQueue>;
}

/**
 * Returns true if a failed request may have taken effect. The response to one of its attempts was lost or came from an
 * intermediary, or AWS failed while handling it.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  return !(error instanceof Error) || ambiguousErrors.has(error) || isAmbiguous(error);
}

/** Like `mayHaveTakenEffect`, for one attempt. */
function isAmbiguous(error: Error): boolean {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
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
  const tries: Tries = { outOfDate: new WeakSet(), queues: new WeakMap() };
  watchTries(client, tries, queueOf);
  const standard = client.config.retryStrategy;
  client.config.retryStrategy = async () => {
    const strategy = await standard();
    if (!('refreshRetryTokenForRetry' in strategy)) return strategy;
    return {
      acquireInitialRetryToken: (scope) => strategy.acquireInitialRetryToken(scope),
      recordSuccess: (token) => strategy.recordSuccess(token),
      async refreshRetryTokenForRetry(token, info) {
        const { error } = info;
        if (!(error instanceof Error)) throw error;
        const hopeless = isQuota(error) || tries.outOfDate.has(error);
        if (hopeless || interrupt.aborted) throw error;
        const again = async () => {
          // This includes the pause before the next attempt.
          const next = await strategy.refreshRetryTokenForRetry(token, info);
          // The SDK has a budget for retries, to protect a service in trouble. Retries after throttling would use it up and make
          // calls fail. The rate limiter already handles throttling.
          if (isThrottled(error)) strategy.recordSuccess(next);
          await tries.queues.get(error)?.again();
          return next;
        };
        return orInterrupt(again(), interrupt, error);
      },
    };
  };
  return client;
}

/** Awaits a promise, but rejects with `error` on an interruption. */
function orInterrupt<T>(waiting: Promise<T>, interrupt: AbortSignal, error: Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(error);
    interrupt.addEventListener('abort', end);
    waiting.then(resolve, reject).finally(() => interrupt.removeEventListener('abort', end));
  });
}

function isQuota({ name }: Error): boolean {
  return name === 'LimitExceededException';
}

/** Inspects the error of each attempt. Runs inside the retry middleware; all attempts of a call share one context. */
function watchTries(client: SdkClient, { outOfDate, queues }: Tries, queueOf: QueueForOperation): void {
  const doubtful = new WeakSet<object>();
  middlewareOf(client).add(
    (next, context) => async (args) => {
      const queue = queueOf(context.commandName?.replace(/Command$/, '') ?? '');
      try {
        const result = await next(args);
        queue.answered({ throttled: false });
        return result;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        queues.set(error, queue);
        if (statusOf(error) !== undefined) queue.answered({ throttled: isThrottled(error) });
        if (isAmbiguous(error)) doubtful.add(context);
        if (doubtful.has(context)) ambiguousErrors.add(error);
        if (NOT_RETRYABLE.has(context.commandName ?? '')) outOfDate.add(error);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high', name: 'watchTries' },
  );
}

const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);
/** Returns true if AWS throttled a request. */
export function isThrottled({ name }: Pick<Error, 'name'>): boolean {
  return THROTTLED.has(name);
}
