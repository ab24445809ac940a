import { expect, test } from 'vitest';
import { doneBefore, type InRotation, notInLast } from '../../../src/commands/rotate/batch-plan.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A generated key that was replaced so many minutes after the start of time. */
function replacedAt(minutes: number, more: Partial<InRotation> = {}): InRotation {
  return { last: { at: minutes * MINUTE, everywhere: true }, generated: true, open: true, ...more };
}

const never: InRotation = { last: { everywhere: false }, generated: true, open: true };

test('keys that were replaced within the hour keep their new key while others are open', () => {
  const now = 100 * DAY;
  const lately = now / MINUTE - 50;
  const hoursAgo = lately - 300;
  expect([...doneBefore([replacedAt(lately), replacedAt(hoursAgo), never], now)]).toEqual([0]);
});

test('keys that were all replaced within the hour are all replaced again', () => {
  const now = 30 * MINUTE;
  expect(doneBefore([replacedAt(28), replacedAt(29)], now).size).toBe(0);
});

test('a key that one alone was given a month ago is replaced with the others', () => {
  expect(doneBefore([replacedAt(30), replacedAt(20)], 30 * DAY).size).toBe(0);
});

test('a key that is in some Regions only, or was gone back from, counts as open', () => {
  const half = replacedAt(10, { last: { at: 10 * MINUTE, everywhere: false } });
  expect([...doneBefore([half, replacedAt(10)], 12 * MINUTE)]).toEqual([1]);
});

test('a given key that is in place already leaves nothing open', () => {
  const given = replacedAt(10, { generated: false, open: false });
  expect(doneBefore([given, replacedAt(10)], 12 * MINUTE).size).toBe(0);
});

/** A key that was replaced twice. */
function replacedTwice(first: number, second: number): InRotation {
  return replacedAt(second, { last: { at: second * MINUTE, before: first * MINUTE, everywhere: true } });
}

test('a rotation that began within the hour of one before it, and stopped half-way, is finished and undone as itself', () => {
  const keys = [replacedTwice(10, 12), replacedAt(10.01), replacedAt(10.02)];
  expect([...doneBefore(keys, 13 * MINUTE)]).toEqual([0]);
  expect([...notInLast(keys)]).toEqual([1, 2]);
});

test('a key that was made between two rotations of one hour belongs to the last one', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 12.02), replacedAt(12.01)];
  expect(doneBefore(keys, 13 * MINUTE).size).toBe(0);
  expect(notInLast(keys).size).toBe(0);
});

test('a rotation that was finished some time later is one rotation', () => {
  const keys = [replacedTwice(10, 12), replacedTwice(10.01, 20)];
  expect(doneBefore(keys, 21 * MINUTE).size).toBe(0);
  expect(notInLast(keys).size).toBe(0);
});

test('going back is no matter of a key that was replaced hours before the last one, or never', () => {
  expect([...notInLast([replacedAt(1_000), replacedAt(950), replacedAt(900), never])]).toEqual([2, 3]);
  expect(notInLast([never, never]).size).toBe(0);
});
