import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harmless, plain, plainJson, plainLines } from '../../src/text.ts';
import { COLORS, cases, expectHarmless, nasty, without } from './nasty.ts';

const MILLION = 1_000_000;

test('whatever is shown, a terminal obeys none of it', () => {
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      const text = one + two;
      for (const shown of [plain(text), plainLines(text)]) {
        expectHarmless(shown);
        expect(plainLines(shown)).toBe(shown);
      }
      expect(plain(text)).not.toContain('\n');
      expectHarmless(without(COLORS, harmless(text)));
    }),
    cases(200, 4_000),
  );
});

test('text that holds nothing of the kind is shown as it is', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~é鍵🔑а-я\u0600-\u0610]{0,200}$/u), (text) => {
      expect([plain(text), plainLines(text), harmless(text)]).toEqual([text, text, text]);
    }),
    cases(200, 5_000),
  );
});

test('JSON holds the very same values, and no character that a terminal obeys', () => {
  fc.assert(
    fc.property(fc.dictionary(nasty, nasty), (values) => {
      const json = plainJson(JSON.stringify({ values }, undefined, 2));
      expectHarmless(json);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ values })));
    }),
    cases(100, 5_000),
  );
});

/** The processor time that it takes to show that much text, in milliseconds: the least of three, as others use the machine too. */
function timeFor(piece: string, length: number): number {
  const text = piece.repeat(length / piece.length);
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    for (const show of [plain, plainLines, harmless, plainJson]) show(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

test.each(['x', '\x1b[', '\x1b]', '\x9b;', '\u202e', '\n', '\x1b]8;;a', ' '])(
  'a million characters (%j) take ten times as long as a tenth of them, and not a hundred times',
  (piece) => {
    const tenth = timeFor(piece, MILLION / 10);
    // What takes next to no time is measured badly.
    expect(timeFor(piece, MILLION)).toBeLessThan(40 * Math.max(tenth, 5));
    expect(plain(piece.repeat(MILLION / piece.length)).length).toBeLessThan(5_000);
  },
);
