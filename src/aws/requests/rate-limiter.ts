import { RATE_LIMITER } from '../../limits.ts';

const SECOND_MS = 1_000;

/**
 * Limits the request rate of one quota. It starts at the documented rate and then grows faster and faster while AWS accepts all
 * requests. When AWS throttles a request, it falls to the rate that AWS has accepted since the last throttling. Between two times
 * when the quota is used up, that rate is the quota. All times are milliseconds on one clock.
 *
 * The SDK's own limiter (`retryMode: 'adaptive'`) is not suitable: it starts only after the first throttling, when all requests
 * have been sent at once. It also slows down reads along with writes, and leaves half of a quota unused.
 */
export class RateLimiter {
  #rate: number;
  readonly #gathersSeconds: number;
  #tokens: number;
  #now: number;
  readonly #begunAt: number;
  /** True if a call had to wait since the last `#pass`. Otherwise there is no need for a higher rate. */
  #pressed = false;
  #throttledAt: number | undefined;
  /** The requests accepted since a time when the quota was used up. Absent if there has been a pause since then. */
  #measure: { since: number; letThrough: number } | undefined;

  /**
   * @param rate requests a second
   * @param gathersSeconds how many seconds' worth of requests can be sent at once after a pause
   */
  constructor(rate: number, now: number, gathersSeconds = 1) {
    this.#rate = rate;
    this.#gathersSeconds = gathersSeconds;
    this.#tokens = Math.min(rate * gathersSeconds, RATE_LIMITER.firstAtOnce);
    this.#now = now;
    this.#begunAt = now;
  }

  /** Takes a token and returns 0, or returns the milliseconds until the next one. */
  take(now: number): number {
    this.#pass(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#pressed = true;
    return ((1 - this.#tokens) / this.#rate) * SECOND_MS;
  }

  /** Records that AWS accepted a request, even if it returned an error other than throttling. */
  letThrough(): void {
    if (this.#measure) this.#measure.letThrough += 1;
  }

  /** Records that AWS throttled a request. */
  throttled(now: number): void {
    this.#pass(now);
    this.#tokens = 0;
    this.#throttledAt = now;
    const { since, letThrough } = this.#measure ?? { since: now, letThrough: 0 };
    const seconds = (now - since) / SECOND_MS;
    if (
      seconds >= 1 ||
      (seconds >= RATE_LIMITER.tellingSeconds && letThrough >= RATE_LIMITER.tellingRequests)
    ) {
      const seen = Math.min(this.#rate, letThrough / seconds) * RATE_LIMITER.fall;
      this.#rate = Math.max(seen, this.#rate * RATE_LIMITER.deepestFall, RATE_LIMITER.leastRate);
      this.#measure = { since: now, letThrough: 0 };
    }
    this.#measure ??= { since, letThrough };
  }

  /** Advances the clock: adjusts the rate and adds tokens. */
  #pass(now: number): void {
    const seconds = (now - this.#now) / SECOND_MS;
    this.#now = now;
    if (this.#pressed) this.#rate *= this.#growth(now) ** Math.min(seconds, 1);
    this.#pressed = false;
    this.#tokens += seconds * this.#rate;
    const most = Math.max(this.#rate * this.#gathersSeconds, 1);
    if (this.#tokens < most) return;
    this.#tokens = most;
    this.#measure = undefined;
  }

  /** Returns the growth factor a second. The longer AWS has accepted all requests, the larger it is. */
  #growth(now: number): number {
    const steady = now - this.#begunAt < RATE_LIMITER.steadySeconds * SECOND_MS;
    if (this.#throttledAt === undefined) return steady ? 1 : RATE_LIMITER.firstGrowth;
    return 1 + RATE_LIMITER.growth * (1 + (now - this.#throttledAt) / SECOND_MS) ** 2;
  }
}
