import { Failure } from '../../failure.ts';
import { ProxyError } from '../http/proxy.ts';
import { middlewareOf, type SdkClient } from '../http/sdk-client.ts';
import type { QueueForOperation, RequestQueue } from './request-queues.ts';

/**
 * Changes that hold a whole document, made from one that was read just before. Sent again after a pause, they would undo
 * what others have written meanwhile, or make one more version of what is there. Read again before sending one.
 */
const NOT_RETRYABLE: ReadonlySet<string> = new Set([
  'CreatePolicyVersionCommand',
  'SetDefaultPolicyVersionCommand',
  'UpdateAssumeRolePolicyCommand',
]);

/** Errors that come before anything of a request is sent: no credentials, or no trust in who answers. */
const NEVER_SENT = /^(\w*ProviderError|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|\w*CERT\w*|UNABLE_TO_\w+)$/;

/** Errors that followed on one of the same call after which the change may have been made. */
const ambiguousErrors = new WeakSet<Error>();

/** What the tries of a client's calls have come to, by their errors. */
interface Tries {
  /** What the request says may be out of date by now. */
  outOfDate: WeakSet<Error>;
  /** Where a request waits before it is sent again. */
  queues: WeakMap<Error, RequestQueue>;
}

/**
 * Whether a request may have taken effect although it failed in the end: the answer to one of its tries was lost on the
 * way, or came from something that stands between, or AWS failed in the midst of it.
 */
export function mayHaveTakenEffect(error: unknown): boolean {
  return !(error instanceof Error) || ambiguousErrors.has(error) || isAmbiguous(error);
}

/** The same for one try. */
function isAmbiguous(error: Error): boolean {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  // A failure of our own comes in place of a request.
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
 * Decides when the SDK sends a request again. Beside the SDK's own rules, a request is given up when a quota is used up,
 * such as that of policy versions (AWS calls that `LimitExceeded`, which the SDK takes for throttling, so that it would try
 * for half a minute in vain), when what it says may be out of date, and when the user has interrupted. What is sent again
 * waits for its turn as everything does.
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
          // The pause before the next try is in there.
          const next = await strategy.refreshRetryTokenForRetry(token, info);
          // The SDK keeps an account of all repetitions, so that a service in trouble is left alone. Those of requests that
          // come too fast would use it up, and then calls fail; against those there is the pace.
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

/** Waits for a promise, but not past the interruption: then the error stands that there was. */
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

/** Looks at the error of each try. It sits between the retries and the wire; all tries of a call share one context. */
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
/** Whether AWS refused a request because there were too many of its kind. */
export function isThrottled({ name }: Pick<Error, 'name'>): boolean {
  return THROTTLED.has(name);
}
