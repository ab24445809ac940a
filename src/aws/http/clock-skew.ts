import { middlewareOf, type RequestHandler, type SdkClient } from './sdk-client.ts';

const SKEW = new Set(['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture']);

/** Returns true if AWS rejected a request because of its date. */
export function isClockSkew({ name, message }: Error): boolean {
  return SKEW.has(name) || /signature (expired|not yet current)/i.test(message);
}

/**
 * Prevents retries of requests that failed for a reason other than clock skew. If the clock is a few minutes off, the SDK assumes
 * that its clock correction fixed any error, even "not found", and retries repeatedly.
 */
export function withoutSkewRetries<C extends SdkClient>(client: C): C {
  const relation = {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'withoutSkewRetries',
  } as const;
  middlewareOf(client).addRelativeTo(correctMark, relation);
  return client;
}

/** Removes the clock correction mark from errors that are unrelated to the clock. */
function correctMark<Next extends (args: never) => Promise<unknown>>(next: Next): Next {
  const corrected = async (args: never) => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof Error && '$metadata' in error && !isClockSkew(error)) {
        delete (error.$metadata as { clockSkewCorrected?: boolean }).clockSkewCorrected;
      }
      throw error;
    }
  };
  return corrected as Next;
}

/**
 * Returns the time by AWS's clock, in milliseconds since the epoch. Until AWS has responded, the time by this machine's clock,
 * which may be wrong.
 */
export type AwsTime = () => number;

/** The time from the latest AWS response to any client. All AWS services have the same time. */
let latest: { date: number; at: number } | undefined;

/**
 * Returns the time by AWS's clock, in milliseconds since the epoch, based on the latest response in this process. Before the
 * first response, it is this machine's time. Policies are evaluated with this time because AWS evaluates them by its own clock.
 */
export function currentAwsTime(): number {
  return timeSince(latest);
}

function timeSince(last: { date: number; at: number } | undefined): number {
  return last ? last.date + performance.now() - last.at : Date.now();
}

/**
 * Wraps a handler to record the `Date` of each response, so that dates from AWS can be compared with AWS's time. The header has a
 * resolution of one second. Returns the handler and the clock.
 */
export function withServerTime(handler: RequestHandler): { handler: RequestHandler; now: AwsTime } {
  let last: { date: number; at: number } | undefined;
  const timed: RequestHandler = {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...request) {
      const answer = await handler.handle(...request);
      const date = Date.parse(answer.response.headers.date ?? '');
      if (!Number.isNaN(date)) {
        last = { date, at: performance.now() };
        latest = last;
      }
      return answer;
    },
  };
  return { handler: timed, now: () => timeSince(last) };
}
