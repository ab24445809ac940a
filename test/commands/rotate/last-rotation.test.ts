import { expect, test } from 'vitest';
import {
  alreadyRotated,
  notInLastRotation,
  type RotationProgress,
} from '../../../src/commands/rotate/batch-plan.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Returns a generated key that was replaced at the given minute. */
function replacedAt(minutes: number, more: Partial<RotationProgress> = {}): RotationProgress {
  return {
    last: { timeMs: minutes * MINUTE, inAllRegions: true },
    isGenerated: true,
    isPending: true,
    ...more,
  };
}

const never: RotationProgress = { last: { inAllRegions: false }, isGenerated: true, isPending: true };

test('keeps keys that were replaced within the hour while others are still to be replaced', () => {
  const now = 100 * DAY;
  const lately = now / MINUTE - 50;
  const hoursAgo = lately - 300;
  expect([...alreadyRotated([replacedAt(lately), replacedAt(hoursAgo), never], now)]).toEqual([0]);
});

test('replaces all keys again if all of them were replaced within the hour', () => {
  const now = 30 * MINUTE;
  expect(alreadyRotated([replacedAt(28), replacedAt(29)], now).size).toBe(0);
});

test('replaces keys again that were replaced a month ago', () => {
  expect(alreadyRotated([replacedAt(30), replacedAt(20)], 30 * DAY).size).toBe(0);
});

test('counts a key that was replaced in only some of its Regions as not replaced', () => {
  const half = replacedAt(10, { last: { timeMs: 10 * MINUTE, inAllRegions: false } });
  expect([...alreadyRotated([half, replacedAt(10)], 12 * MINUTE)]).toEqual([1]);
});

test('counts a given key that is already in place as replaced', () => {
  const given = replacedAt(10, { isGenerated: false, isPending: false });
  expect(alreadyRotated([given, replacedAt(10)], 12 * MINUTE).size).toBe(0);
});

/** Returns a key that was replaced twice. */
function replacedTwice(first: number, second: number): RotationProgress {
  return replacedAt(second, {
    last: { timeMs: second * MINUTE, previousTimeMs: first * MINUTE, inAllRegions: true },
  });
}

test('completes and rolls back a stopped rotation apart from an earlier one within the hour', () => {
  const keys = [replacedTwice(10, 12), replacedAt(10.01), replacedAt(10.02)];
  expect([...alreadyRotated(keys, 13 * MINUTE)]).toEqual([0]);
  expect([...notInLastRotation(keys)]).toEqual([1, 2]);
});

test('counts a key that was created between two rotations within an hour to the last one', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 12.02), replacedAt(12.01)];
  expect(alreadyRotated(keys, 13 * MINUTE).size).toBe(0);
  expect(notInLastRotation(keys).size).toBe(0);
});

test('counts a rotation that was completed some time later as one rotation', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 20)];
  expect(alreadyRotated(keys, 21 * MINUTE).size).toBe(0);
  expect(notInLastRotation(keys).size).toBe(0);
});

test('does not roll back a key that was replaced hours before the last rotation, or never', () => {
  expect([...notInLastRotation([replacedAt(1_000), replacedAt(950), replacedAt(900), never])]).toEqual([
    2, 3,
  ]);
  expect(notInLastRotation([never, never]).size).toBe(0);
});
