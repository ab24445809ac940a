import { expect, test } from 'vitest';
import { doneBefore, type InRotation, notInLast } from '../../src/rotate/last-rotation.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A generated key that was replaced so many hours after the start of time. */
function replacedAt(hours: number, more: Partial<InRotation> = {}): InRotation {
  return { last: { at: hours * HOUR, everywhere: true }, generated: true, open: true, ...more };
}

const never: InRotation = { last: { everywhere: false }, generated: true, open: true };

test('keys that were replaced today keep their new key while others are open', () => {
  const now = 100 * DAY;
  const today = now / HOUR - 5;
  expect([...doneBefore([replacedAt(today), replacedAt(20), never], now)]).toEqual([0]);
});

test('keys that were all replaced today are all replaced again', () => {
  const now = 30 * HOUR;
  expect(doneBefore([replacedAt(28), replacedAt(29)], now).size).toBe(0);
});

test('a key that one alone was given a month ago is replaced with the others', () => {
  expect(doneBefore([replacedAt(30), replacedAt(20)], 30 * DAY).size).toBe(0);
});

test('a key that is in some Regions only, or was gone back from, counts as open', () => {
  const half = replacedAt(10, { last: { at: 10 * HOUR, everywhere: false } });
  expect([...doneBefore([half, replacedAt(10)], 12 * HOUR)]).toEqual([1]);
});

test('a given key that is in place already leaves nothing open', () => {
  const given = replacedAt(10, { generated: false, open: false });
  expect(doneBefore([given, replacedAt(10)], 12 * HOUR).size).toBe(0);
});

/** A key that was replaced twice. */
function replacedTwice(first: number, second: number): InRotation {
  return replacedAt(second, { last: { at: second * HOUR, before: first * HOUR, everywhere: true } });
}

test('a rotation that began the same day as one before it, and stopped half-way, is finished and undone as itself', () => {
  const keys = [replacedTwice(10, 12), replacedAt(10.01), replacedAt(10.02)];
  expect([...doneBefore(keys, 13 * HOUR)]).toEqual([0]);
  expect([...notInLast(keys)]).toEqual([1, 2]);
});

test('a key that was made between two rotations of one day belongs to the last one', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 12.02), replacedAt(12.01)];
  expect(doneBefore(keys, 13 * HOUR).size).toBe(0);
  expect(notInLast(keys).size).toBe(0);
});

test('a rotation that was finished hours later is one rotation', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 20)];
  expect(doneBefore(keys, 21 * HOUR).size).toBe(0);
  expect(notInLast(keys).size).toBe(0);
});

test('going back is no matter of a key that was replaced long before the last one, or never', () => {
  expect([...notInLast([replacedAt(1_000), replacedAt(990), replacedAt(900), never])]).toEqual([2, 3]);
  expect(notInLast([never, never]).size).toBe(0);
});
