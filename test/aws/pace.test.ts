import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../src/aws/requests/rate-limiter.ts';

/** The documented rate, at which each rate limiter here starts. */
const DOCUMENTED = 50;

/** A quota as AWS counts it: one second's worth of requests, refilled at the rate of the quota. */
function quotaOf(perSecond: number) {
  let [reserve, last] = [perSecond, 0];
  return (now: number) => {
    reserve = Math.min(perSecond, reserve + ((now - last) / 1_000) * perSecond);
    last = now;
    if (reserve < 1) return false;
    reserve -= 1;
    return true;
  };
}

/** Sends as many requests as the rate limiter allows in the given number of simulated seconds. */
function send(pace: RateLimiter, seconds: number, admits: (now: number) => boolean) {
  let [now, admitted, refused] = [0, 0, 0];
  while (now < seconds * 1_000) {
    const waitMs = pace.take(now);
    // The time of a request, or of a timer that is a little late.
    now += waitMs + 0.5;
    if (waitMs > 0) continue;
    if (admits(now)) {
      admitted += 1;
      pace.recordAccepted();
    } else {
      refused += 1;
      pace.recordThrottled(now);
    }
  }
  return { admitted, refused };
}

describe('the rate limiter', () => {
  test.each([5, 20, 50, 120, 200])(
    'uses a quota of %i requests a second almost fully, and is seldom throttled',
    (perSecond) => {
      const { admitted, refused } = send(new RateLimiter(DOCUMENTED, 0), 20, quotaOf(perSecond));
      expect(admitted / (20 * perSecond)).toBeGreaterThan(0.95);
      expect(refused).toBeLessThan(100);
    },
  );

  test('lets the first ten requests start at once, so that a run with one key never waits', () => {
    const pace = new RateLimiter(DOCUMENTED, 0);
    const waits = Array.from({ length: 11 }, () => pace.take(0));
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 20]);
  });

  test('does not get faster while no request has to wait', () => {
    const pace = new RateLimiter(10, 0);
    for (let now = 0; now < 60_000; now += 500) pace.take(now);
    const waits = Array.from({ length: 12 }, () => pace.take(60_000));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  });

  test('returns to the full quota after others have used part of it', () => {
    const pace = new RateLimiter(DOCUMENTED, 0);
    const [shared, whole] = [quotaOf(5), quotaOf(50)];
    const { admitted } = send(pace, 30, (now) => (now < 10_000 ? shared(now) : whole(now)));
    expect(admitted).toBeGreaterThan(0.8 * (10 * 5 + 20 * 50));
  });

  test('keeps its rate after one throttled request among few', () => {
    const pace = new RateLimiter(10, 0);
    pace.take(0);
    pace.recordThrottled(30);
    const waits = Array.from({ length: 10 }, () => pace.take(1_030));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  });
});
