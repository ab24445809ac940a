import { describe, expect, test } from 'vitest';
import { RateLimiter } from '../../src/aws/requests/rate-limiter.ts';

/** The documented rate, with which each pace here begins. */
const DOCUMENTED = 50;

/** A quota as AWS counts it: a reserve of one second's worth, which fills again at the quota's rate. */
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

/** Sends as many requests as the pace lets go in so many seconds, without any time really going by. */
function send(pace: RateLimiter, seconds: number, admits: (now: number) => boolean) {
  let [now, admitted, refused] = [0, 0, 0];
  while (now < seconds * 1_000) {
    const waitMs = pace.take(now);
    // What a request, or a timer that is a little late, takes.
    now += waitMs + 0.5;
    if (waitMs > 0) continue;
    if (admits(now)) {
      admitted += 1;
      pace.letThrough();
    } else {
      refused += 1;
      pace.throttled(now);
    }
  }
  return { admitted, refused };
}

describe('the pace of a run', () => {
  test.each([5, 20, 50, 120, 200])('uses up a quota of %i a second, and is seldom refused', (perSecond) => {
    const { admitted, refused } = send(new RateLimiter(DOCUMENTED, 0), 20, quotaOf(perSecond));
    expect(admitted / (20 * perSecond)).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(100);
  });

  test('lets ten requests go at once in the beginning, so that a run with one key never waits', () => {
    const pace = new RateLimiter(DOCUMENTED, 0);
    const waits = Array.from({ length: 11 }, () => pace.take(0));
    expect(waits).toEqual([...Array.from({ length: 10 }, () => 0), 20]);
  });

  test('that nobody was held up by is not faster for it, however long that lasts', () => {
    const pace = new RateLimiter(10, 0);
    for (let now = 0; now < 60_000; now += 500) pace.take(now);
    const waits = Array.from({ length: 12 }, () => pace.take(60_000));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  });

  test('finds a quota again that others have used for a while', () => {
    const pace = new RateLimiter(DOCUMENTED, 0);
    const [shared, whole] = [quotaOf(5), quotaOf(50)];
    const { admitted } = send(pace, 30, (now) => (now < 10_000 ? shared(now) : whole(now)));
    expect(admitted).toBeGreaterThan(0.8 * (10 * 5 + 20 * 50));
  });

  test('is not given up for one refusal among few requests, which is somebody else’s doing', () => {
    const pace = new RateLimiter(10, 0);
    pace.take(0);
    pace.throttled(30);
    const waits = Array.from({ length: 10 }, () => pace.take(1_030));
    expect(waits.filter((waitMs) => waitMs === 0)).toHaveLength(10);
  });
});
