import { middlewareOf, type RequestHandler, type SdkClient } from './sdk-client.ts';

const SKEW_CODES = new Set(['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture']);

/** Returns true if AWS rejected a request because of its date. */
export function isClockSkew({ name, message }: Error): boolean {
  return SKEW_CODES.has(name) || /signature (expired|not yet current)/i.test(message);
}

/**
 * Keeps the SDK from retrying requests because of clock skew if they failed for another reason. If the clock is a few minutes
 * off, the SDK assumes that its clock correction fixed any error, even "not found", and retries repeatedly.
 */
export function withoutSkewRetries<C extends SdkClient>(client: C): C {
  middlewareOf(client).addRelativeTo(removeWrongMark, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'withoutSkewRetries',
  });
  return client;
}

/** Removes the clock correction mark from errors that are unrelated to the clock. */
function removeWrongMark<Next extends (args: never) => Promise<unknown>>(next: Next): Next {
  const withoutMark = async (args: never) => {
    try {
      return await next(args);
    } catch (error) {
      if (error instanceof Error && '$metadata' in error && !isClockSkew(error)) {
        delete (error.$metadata as { clockSkewCorrected?: boolean }).clockSkewCorrected;
      }
      throw error;
    }
  };
  return withoutMark as Next;
}

/** Returns the time by AWS's clock, in milliseconds since the epoch. Until AWS has responded, it is this machine's time. */
export type AwsTime = () => number;

/** A `Date` header in milliseconds since the epoch, and when it was received, by `performance.now()`. */
interface ServerDate {
  date: number;
  receivedAt: number;
}

/** The date of the latest AWS response to any client in this process. All AWS services have the same time. */
let latestDate: ServerDate | undefined;

/**
 * Returns the same as an `AwsTime`, but from the latest response to any client. Policies are evaluated with this time because AWS
 * evaluates them by its own clock.
 */
export function currentAwsTime(): number {
  return timeAfter(latestDate);
}

function timeAfter(serverDate: ServerDate | undefined): number {
  return serverDate ? serverDate.date + performance.now() - serverDate.receivedAt : Date.now();
}

/**
 * Wraps a handler to record the `Date` header of each response, so that dates from AWS can be compared with AWS's time. The
 * header has a resolution of one second. Returns the handler, and the clock that its responses set.
 */
export function withServerTime(handler: RequestHandler): { handler: RequestHandler; now: AwsTime } {
  let lastDate: ServerDate | undefined;
  const timed: RequestHandler = {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...request) {
      const output = await handler.handle(...request);
      const date = Date.parse(output.response.headers.date ?? '');
      if (!Number.isNaN(date)) {
        lastDate = { date, receivedAt: performance.now() };
        latestDate = lastDate;
      }
      return output;
    },
  };
  return { handler: timed, now: () => timeAfter(lastDate) };
}
