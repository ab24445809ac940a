import { Interrupted } from '../../failure.ts';
import { HTTP, QUOTAS, type RequestQuota } from '../../limits.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Returns the queue for an operation. */
export type QueueForOperation = (operation: string) => RequestQueue;

/** Returns the queues of a service, named by its IAM action prefix, in a Region. Global services have no Region. */
export type RequestQueues = (service: string, region?: string) => QueueForOperation;

/**
 * Creates the queues of a run: for each Region, one for each quota, and one for all other operations of a service. The latter are
 * mainly reads; their number at a time is limited, but not their rate.
 */
export function createRequestQueues(interrupt: AbortSignal): RequestQueues {
  const queues = new Map<string, RequestQueue>();
  return (service, region = '') =>
    (operation) => {
      const quotaIndex = QUOTAS.findIndex(
        (quota) => quota.service === service && quota.operations.test(operation),
      );
      // Operations without a quota have the index -1, and share one queue.
      const key = `${service} ${region} ${quotaIndex}`;
      const queue = queues.get(key) ?? createQueue(QUOTAS[quotaIndex], interrupt);
      queues.set(key, queue);
      return queue;
    };
}

function createQueue(quota: RequestQuota | undefined, interrupt: AbortSignal): RequestQueue {
  const rateLimiter = quota && new RateLimiter(quota.perSecond, performance.now(), quota.burstSeconds);
  return new RequestQueue(HTTP.callsAtOnce, rateLimiter, interrupt);
}

/** A new call or a retry that waits for its turn. */
interface WaitingCall {
  start: () => void;
  reject: (reason: Interrupted) => void;
  /** A new call is rejected when this signal is aborted. Absent for a retry. */
  stop?: AbortSignal;
}

/**
 * The queue in which calls wait, first in, first out. A call needs one of a limited number of slots and, if there is a rate
 * limiter, a token. A retry already has a slot, so it waits only for the rate limiter, ahead of all other calls.
 */
export class RequestQueue {
  readonly #rateLimiter: RateLimiter | undefined;
  #freeSlots: number;
  readonly #newCalls: WaitingCall[] = [];
  readonly #retries: WaitingCall[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param slots the maximum number of concurrent calls
   * @param interrupt when it is aborted, waiting calls whose `stop` is aborted are rejected
   */
  constructor(slots: number, rateLimiter: RateLimiter | undefined, interrupt: AbortSignal) {
    this.#freeSlots = slots;
    this.#rateLimiter = rateLimiter;
    interrupt.addEventListener('abort', () => this.#rejectInterrupted(), { once: true });
  }

  /**
   * Runs the work of one request when it is its turn.
   * @throws Interrupted if `stop` is aborted before the work has begun; errors of the work
   */
  async run<T>(stop: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (stop.aborted) throw new Interrupted();
    await this.#enqueue(this.#newCalls, stop);
    try {
      if (stop.aborted) throw new Interrupted();
      return await work();
    } finally {
      this.#freeSlots += 1;
      this.#startCalls();
    }
  }

  /** Waits for the turn of a retry. Call it during the work of a call, which keeps its slot. */
  waitForRetry(): Promise<void> {
    return this.#enqueue(this.#retries);
  }

  /** Records AWS's response: whether it throttled the request. */
  recordResponse({ throttled }: { throttled: boolean }): void {
    if (throttled) this.#rateLimiter?.recordThrottled(performance.now());
    else this.#rateLimiter?.recordAccepted();
  }

  #enqueue(queue: WaitingCall[], stop?: AbortSignal): Promise<void> {
    return new Promise((start, reject) => {
      queue.push({ stop, start, reject });
      this.#startCalls();
    });
  }

  /** Starts as many calls as possible, and runs again when the rate limiter has the next token. */
  #startCalls(): void {
    while (!this.#timer) {
      const queue = this.#retries.length > 0 ? this.#retries : this.#newCalls;
      if (queue.length === 0 || (queue === this.#newCalls && this.#freeSlots === 0)) return;
      const waitMs = this.#rateLimiter?.take(performance.now()) ?? 0;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#onToken(), waitMs);
        return;
      }
      if (queue === this.#newCalls) this.#freeSlots -= 1;
      queue.shift()?.start();
    }
  }

  #onToken(): void {
    this.#timer = undefined;
    this.#startCalls();
  }

  /** After an interruption, nothing is retried, and no new work starts except as part of `Aws.uninterruptible`. */
  #rejectInterrupted(): void {
    this.#retries.length = 0;
    for (const call of this.#newCalls.splice(0)) {
      if (call.stop?.aborted) call.reject(new Interrupted());
      else this.#newCalls.push(call);
    }
    if (this.#newCalls.length > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
