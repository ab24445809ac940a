import { Interrupted } from '../../failure.ts';
import { HTTP, QUOTAS, type RequestQuota } from '../../limits.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Returns the queue for an operation. */
export type QueueForOperation = (operation: string) => RequestQueue;

/** Returns the queues of a service (with its IAM action prefix) in a Region. Global services have no Region. */
export type RequestQueues = (service: string, region?: string) => QueueForOperation;

/**
 * Creates the queues of a run: for each Region, one for each quota, and one for all other operations of a service. The latter are
 * mainly reads; their number at a time is limited, but not their rate.
 */
export function createRequestQueues(interrupt: AbortSignal): RequestQueues {
  const queues = new Map<string, RequestQueue>();
  return (service, region = '') =>
    (operation) => {
      const at = QUOTAS.findIndex((quota) => quota.service === service && quota.operations.test(operation));
      const key = `${service} ${region} ${at}`;
      const queue = queues.get(key) ?? open(QUOTAS[at], interrupt);
      queues.set(key, queue);
      return queue;
    };
}

function open(quota: RequestQuota | undefined, interrupt: AbortSignal): RequestQueue {
  const rateLimiter = quota && new RateLimiter(quota.perSecond, performance.now(), quota.gathersSeconds);
  return new RequestQueue(HTTP.callsAtOnce, rateLimiter, interrupt);
}

/** A call that waits for its turn. */
interface Waiter {
  go: () => void;
  giveUp: (reason: Interrupted) => void;
  /** Ends the wait when it is aborted. Absent for a retry. */
  stop?: AbortSignal;
}

/**
 * The queue in which calls wait, first in, first out. A call needs one of a limited number of slots and, if there is a rate
 * limiter, a token. A retry already has a slot, so it waits only for the rate limiter, ahead of all other calls.
 */
export class RequestQueue {
  readonly #rateLimiter: RateLimiter | undefined;
  #places: number;
  readonly #waiting: Waiter[] = [];
  readonly #again: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param places the maximum number of concurrent calls
   * @param interrupt when it is aborted, waiting calls whose `stop` is aborted are rejected
   */
  constructor(places: number, rateLimiter: RateLimiter | undefined, interrupt: AbortSignal) {
    this.#places = places;
    this.#rateLimiter = rateLimiter;
    interrupt.addEventListener('abort', () => this.#dismiss(), { once: true });
  }

  /**
   * Runs the work of one request when it is its turn.
   * @throws Interrupted if `stop` is aborted before the work has begun; errors of the work
   */
  async pass<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (stop.aborted) throw new Interrupted();
    await this.#join(this.#waiting, { stop });
    try {
      if (stop.aborted) throw new Interrupted();
      return await work();
    } finally {
      this.#places += 1;
      this.#serve();
    }
  }

  /** Waits for another turn during the work, for a retry. */
  again(): Promise<void> {
    return this.#join(this.#again, {});
  }

  /** Records AWS's response: whether it throttled the request. */
  answered({ throttled }: { throttled: boolean }): void {
    if (throttled) this.#rateLimiter?.throttled(performance.now());
    else this.#rateLimiter?.letThrough();
  }

  #join(queue: Waiter[], waiter: Pick<Waiter, 'stop'>): Promise<void> {
    return new Promise((go, giveUp) => {
      queue.push({ ...waiter, go, giveUp });
      this.#serve();
    });
  }

  /** Starts as many calls as possible, and runs again when the rate limiter has the next token. */
  #serve(): void {
    while (!this.#timer) {
      const queue = this.#again.length > 0 ? this.#again : this.#waiting;
      if (queue.length === 0 || (queue === this.#waiting && this.#places === 0)) return;
      const waitMs = this.#rateLimiter?.take(performance.now()) ?? 0;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#wake(), waitMs);
        return;
      }
      if (queue === this.#waiting) this.#places -= 1;
      queue.shift()?.go();
    }
  }

  #wake(): void {
    this.#timer = undefined;
    this.#serve();
  }

  /** After an interruption, nothing is retried, and no new work starts except as part of `Aws.whole`. */
  #dismiss(): void {
    this.#again.length = 0;
    for (const waiter of this.#waiting.splice(0)) {
      if (waiter.stop?.aborted) waiter.giveUp(new Interrupted());
      else this.#waiting.push(waiter);
    }
    if (this.#waiting.length > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
