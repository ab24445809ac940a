import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clean, cleanLines, cleanOutput, escapeJson } from '../../src/text.ts';
import { COLORS, cases, expectHarmless, nasty, without } from './nasty.ts';

const MILLION = 1_000_000;

test('plain, plainLines and harmless remove everything that controls a terminal', () => {
  fc.assert(
    fc.property(nasty, nasty, (one, two) => {
      const text = one + two;
      for (const shown of [clean(text), cleanLines(text)]) {
        expectHarmless(shown);
        expect(cleanLines(shown)).toBe(shown);
      }
      expect(clean(text)).not.toContain('\n');
      expectHarmless(without(COLORS, cleanOutput(text)));
    }),
    cases(200, 4_000),
  );
});

test('plain, plainLines and harmless leave ordinary text unchanged', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~é鍵🔑а-я\u0600-\u0610]{0,200}$/u), (text) => {
      expect([clean(text), cleanLines(text), cleanOutput(text)]).toEqual([text, text, text]);
    }),
    cases(200, 5_000),
  );
});

test('plainJson keeps all values and has no character that controls a terminal', () => {
  fc.assert(
    fc.property(fc.dictionary(nasty, nasty), (values) => {
      const json = escapeJson(JSON.stringify({ values }, undefined, 2));
      expectHarmless(json);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ values })));
    }),
    cases(100, 5_000),
  );
});

/** Returns the processor time for this much text, in milliseconds: the least of three, as others use the machine too. */
function timeFor(piece: string, length: number): number {
  const text = piece.repeat(length / piece.length);
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    for (const show of [clean, cleanLines, cleanOutput, escapeJson]) show(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return Math.min(...times);
}

test.each(['x', '\x1b[', '\x1b]', '\x9b;', '\u202e', '\n', '\x1b]8;;a', ' '])(
  'cleaning a text takes time in proportion to its length (%j)',
  (piece) => {
    const tenth = timeFor(piece, MILLION / 10);
    // Quadratic time would be a hundred times as long. Very short times cannot be measured well.
    expect(timeFor(piece, MILLION)).toBeLessThan(60 * Math.max(tenth, 5));
    expect(clean(piece.repeat(MILLION / piece.length)).length).toBeLessThan(5_000);
  },
);
