import { HTTP, QUOTAS, type RequestQuota } from '../../defaults.ts';
import { Interrupted } from '../../failure.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Returns the queue in which an operation waits for its turn. */
export type QueueForOperation = (operation: string) => RequestQueue;

/** Returns the queues of a service, which is named as in IAM actions, in a Region; the global services have none. */
export type RequestQueues = (service: string, region?: string) => QueueForOperation;

/**
 * Makes the queues of a run: one for each quota in each Region, and one for all that a service has beside, most of all for
 * reading, which has no pace but a bound.
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
  const pace = quota && new RateLimiter(quota.perSecond, performance.now(), quota.gathersSeconds);
  return new RequestQueue(HTTP.callsAtOnce, pace, interrupt);
}

/** A call that waits for its turn. */
interface Waiter {
  go: () => void;
  giveUp: (reason: Interrupted) => void;
  /** Ends the waiting when it is aborted. Absent for a request that is sent once more. */
  stop?: AbortSignal;
}

/**
 * Where calls wait for their turn, in the order in which they come: for a place among those that may be under way at once,
 * and for the pace, where there is one. What is sent once more has a place already, and waits for the pace only, ahead of all
 * others.
 */
export class RequestQueue {
  readonly #pace: RateLimiter | undefined;
  #places: number;
  readonly #waiting: Waiter[] = [];
  readonly #again: Waiter[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param places how many calls may be under way at once
   * @param interrupt when it is aborted, those who wait are looked through for whose `stop` it is
   */
  constructor(places: number, pace: RateLimiter | undefined, interrupt: AbortSignal) {
    this.#places = places;
    this.#pace = pace;
    interrupt.addEventListener('abort', () => this.#dismiss(), { once: true });
  }

  /**
   * Does work of one request when it is its turn.
   * @throws Interrupted as soon as `stop` is aborted, unless the work has begun by then; and what the work throws
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

  /** Waits for one more turn, from within the work. */
  again(): Promise<void> {
    return this.#join(this.#again, {});
  }

  /** Notes what AWS has answered: whether it refused the request because there were too many. */
  answered({ throttled }: { throttled: boolean }): void {
    if (throttled) this.#pace?.throttled(performance.now());
    else this.#pace?.letThrough();
  }

  #join(queue: Waiter[], waiter: Pick<Waiter, 'stop'>): Promise<void> {
    return new Promise((go, giveUp) => {
      queue.push({ ...waiter, go, giveUp });
      this.#serve();
    });
  }

  /** Gives turns to as many as may go now, and looks again when the pace has the next one. */
  #serve(): void {
    while (!this.#timer) {
      const queue = this.#again.length > 0 ? this.#again : this.#waiting;
      if (queue.length === 0 || (queue === this.#waiting && this.#places === 0)) return;
      const waitMs = this.#pace?.take(performance.now()) ?? 0;
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

  /** Nothing is sent once more after an interruption, and nothing is begun but what is part of a whole. */
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
