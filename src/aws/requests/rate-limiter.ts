import { RATE_LIMITER } from '../../defaults.ts';

const SECOND_MS = 1_000;

/**
 * How fast the requests of one quota are sent. It begins at the documented rate and is soon ever faster while AWS takes it all.
 * When AWS does not, it falls to what AWS has let through since it last refused something: between two moments in which a
 * quota is used up, that is the quota. All times are milliseconds on one clock.
 *
 * The SDK has such a thing (`retryMode: 'adaptive'`), which does not do: it begins only after the first refusal, when all
 * has been sent at once, paces reads along with the writes, and leaves half of a quota unused.
 */
export class RateLimiter {
  #rate: number;
  readonly #gathersSeconds: number;
  #tokens: number;
  #now: number;
  readonly #begunAt: number;
  /** Whether a call had to wait since the last look. Only then is it worth being faster. */
  #pressed = false;
  #throttledAt: number | undefined;
  /** What has been let through since a moment in which the quota was used up; absent when there has been a lull since. */
  #measure: { since: number; letThrough: number } | undefined;

  /**
   * @param rate requests a second
   * @param gathersSeconds after a lull, so many seconds' worth may go at once
   */
  constructor(rate: number, now: number, gathersSeconds = 1) {
    this.#rate = rate;
    this.#gathersSeconds = gathersSeconds;
    this.#tokens = Math.min(rate * gathersSeconds, RATE_LIMITER.firstAtOnce);
    this.#now = now;
    this.#begunAt = now;
  }

  /** Takes a turn if there is one and returns 0, or returns for how many milliseconds there is none. */
  take(now: number): number {
    this.#pass(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    this.#pressed = true;
    return ((1 - this.#tokens) / this.#rate) * SECOND_MS;
  }

  /** Notes that AWS has answered a request, be it with an error of another kind. */
  letThrough(): void {
    if (this.#measure) this.#measure.letThrough += 1;
  }

  /** Notes that AWS has refused a request because there were too many. */
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

  /** Lets time go by. */
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

  /** By what factor it is faster after a second: by ever more, the longer AWS has taken it all. */
  #growth(now: number): number {
    const steady = now - this.#begunAt < RATE_LIMITER.steadySeconds * SECOND_MS;
    if (this.#throttledAt === undefined) return steady ? 1 : RATE_LIMITER.firstGrowth;
    return 1 + RATE_LIMITER.growth * (1 + (now - this.#throttledAt) / SECOND_MS) ** 2;
  }
}
