import { RATE_LIMITER } from '../../limits.ts';

const SECOND_MS = 1_000;

/**
 * Limits the request rate of one quota. The rate starts at the documented one and then grows faster and faster while AWS accepts
 * all requests. When AWS throttles a request, the rate falls to the one at which AWS has accepted requests since the throttling
 * before. All times are milliseconds on one clock.
 *
 * The SDK's own limiter (`retryMode: 'adaptive'`) is not suitable: it starts only after the first throttling, when all requests
 * have been sent at once. It also slows down reads along with writes, and leaves half of a quota unused.
 */
export class RateLimiter {
  #rate: number;
  readonly #burstSeconds: number;
  #tokens: number;
  #now: number;
  readonly #startedAt: number;
  /** True if a call had to wait since the last `#advance`. The rate grows only then. */
  #hadToWait = false;
  #throttledAt: number | undefined;
  /**
   * Measures the quota: how many requests AWS has accepted since it last throttled one. Absent if the tokens have been full since
   * then, because fewer requests were sent than the rate allows.
   */
  #sample: { since: number; accepted: number } | undefined;

  /**
   * @param rate requests a second
   * @param burstSeconds how many seconds' worth of requests can be sent at once after a pause
   */
  constructor(rate: number, now: number, burstSeconds = 1) {
    this.#rate = rate;
    this.#burstSeconds = burstSeconds;
    this.#tokens = Math.min(rate * burstSeconds, RATE_LIMITER.initialBurst);
    this.#now = now;
    this.#startedAt = now;
  }

  /** Takes a token and returns 0, or returns the milliseconds until the next one. */
  take(now: number): number {
    this.#advance(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#hadToWait = true;
    return ((1 - this.#tokens) / this.#rate) * SECOND_MS;
  }

  /** Records that AWS accepted a request, even if it returned an error other than throttling. */
  recordAccepted(): void {
    if (this.#sample) this.#sample.accepted += 1;
  }

  /** Records that AWS throttled a request. */
  recordThrottled(now: number): void {
    this.#advance(now);
    this.#tokens = 0;
    this.#throttledAt = now;
    const { since, accepted } = this.#sample ?? { since: now, accepted: 0 };
    const seconds = (now - since) / SECOND_MS;
    if (
      seconds >= 1 ||
      (seconds >= RATE_LIMITER.minSampleSeconds && accepted >= RATE_LIMITER.minSampleRequests)
    ) {
      const measuredRate = Math.min(this.#rate, accepted / seconds);
      this.#rate = Math.max(
        measuredRate * RATE_LIMITER.fallbackFraction,
        this.#rate * RATE_LIMITER.minFallbackFraction,
        RATE_LIMITER.minRate,
      );
      this.#sample = { since: now, accepted: 0 };
    }
    this.#sample ??= { since, accepted };
  }

  /** Advances the clock: adjusts the rate and adds tokens. */
  #advance(now: number): void {
    const seconds = (now - this.#now) / SECOND_MS;
    this.#now = now;
    if (this.#hadToWait) this.#rate *= this.#growth(now) ** Math.min(seconds, 1);
    this.#hadToWait = false;
    this.#tokens += seconds * this.#rate;
    const maxTokens = Math.max(this.#rate * this.#burstSeconds, 1);
    if (this.#tokens < maxTokens) return;
    this.#tokens = maxTokens;
    this.#sample = undefined;
  }

  /** Returns the growth factor a second. The longer AWS has accepted all requests, the larger it is. */
  #growth(now: number): number {
    const isSteady = now - this.#startedAt < RATE_LIMITER.steadySeconds * SECOND_MS;
    if (this.#throttledAt === undefined) return isSteady ? 1 : RATE_LIMITER.initialGrowth;
    return 1 + RATE_LIMITER.growth * (1 + (now - this.#throttledAt) / SECOND_MS) ** 2;
  }
}
