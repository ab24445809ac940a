import { middlewareOf, type RequestHandler, type SdkClient } from './sdk-client.ts';

const SKEW = new Set(['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture']);

/** Whether AWS refused a request for its date. */
export function isClockSkew({ name, message }: Error): boolean {
  return SKEW.has(name) || /signature (expired|not yet current)/i.test(message);
}

/**
 * Keeps a client from repeating requests that failed for another reason than the clock. With a clock that is some minutes
 * off, the SDK takes every error for one that its correction of the clock has overcome, "not found" too, and asks again
 * and again.
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

/** Takes the mark of an overcome clock off errors that have nothing to do with it. */
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

/** The time by AWS's clock, in milliseconds since the epoch; by this machine's clock, which may be wrong, until AWS has answered. */
export type AwsTime = () => number;

/** What some answer of AWS said last, whichever client asked: AWS has one time. */
let latest: { date: number; at: number } | undefined;

/**
 * Returns the time by the last answer of AWS in this process, in milliseconds since the epoch; by this machine's clock before
 * there was one. Policies are evaluated with it, which AWS evaluates by its own clock.
 */
export function currentAwsTime(): number {
  return timeSince(latest);
}

function timeSince(last: { date: number; at: number } | undefined): number {
  return last ? last.date + performance.now() - last.at : Date.now();
}

/**
 * Makes a handler note the `Date` of each answer, so that dates of AWS can be compared with AWS's own time. The date has whole
 * seconds. Returns the handler, and that time.
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
