import { describe, expect, test } from 'vitest';
import { compare, median } from '../../bench/repeat.ts';
import { dependentRoundTrips } from '../../bench/round-trips.ts';

const span = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });

describe('the dependent round trips of a run', () => {
  test('are zero without requests', () => {
    expect(dependentRoundTrips([])).toBe(0);
  });

  test('count concurrent requests once', () => {
    expect(dependentRoundTrips([span(0, 100), span(5, 105), span(99, 200)])).toBe(1);
  });

  test('count each request that waited for another', () => {
    expect(dependentRoundTrips([span(0, 100), span(101, 201), span(202, 302)])).toBe(3);
  });

  test('are those of the longest chain, whatever the order of the requests', () => {
    const chain = [span(0, 100), span(100, 200), span(210, 310)];
    const beside = [span(0, 250), span(260, 360)];
    expect(dependentRoundTrips([...beside, ...chain.reverse()])).toBe(3);
  });
});

describe('the median of measurements', () => {
  test('ignores a single slow run', () => {
    expect(median([10, 900, 12])).toBe(12);
  });

  test('compares figures as numbers', () => {
    expect(median([100, 9, 20, 3, 1000])).toBe(20);
  });
});

describe('the comparison with a yardstick', () => {
  test('divides within each round, and ignores the first round', async () => {
    const from = (figures: number[]) => async () => figures.shift() ?? Number.NaN;
    const { slow } = await compare(3, from([1, 10, 100, 20]), { slow: from([900, 30, 200, 40]) });
    expect(slow).toEqual({ ratio: 2, figure: 40, yardstick: 20 });
  });
});
