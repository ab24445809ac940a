import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { exhaustive, runs } from '../support/exhaustive.ts';
import type { RunResult } from '../support/runs/run.ts';

// Thousands of cases are one test.
if (exhaustive) vi.setConfig({ testTimeout: 900_000 });

/** A failure comes again; the exhaustive run tries others each time it is given another seed. */
const SEED = Number(process.env.FAULTS_SEED ?? 20_250_302);

/** How many cases, for `npm test` and for the exhaustive run, with what makes a failure come again. */
export function cases(normal: number, all: number) {
  return { numRuns: runs(normal, all), seed: SEED };
}

/** What a terminal obeys, or what a reader does not see. */
const TRICKS = [
  '\x1b[2J',
  '\x1b[31m',
  '\x1b[8m',
  '\x1b]0;owned\x07',
  '\x1b]8;;http://evil.invalid/\x1b\\x\x1b]8;;\x1b\\',
  '\x1b]52;c;ZXZpbA==\x07',
  '\x1bP+q544e\x1b\\',
  '\x1bc',
  '\x9b31m',
  '\x9d0;owned\x9c',
  '\x90q\x9c',
  '\x85',
  '\r',
  '\b\b\b',
  '\n',
  '\r\n',
  '\t',
  '\x00',
  '\x7f',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
  '\u2028',
  '\u200b',
  '\ufeff',
  '\ud800',
  '\udfff',
  '\u{e0041}',
  "'; touch owned; '",
  '$(touch owned)',
  '`id`',
  '"',
  '\\',
  '%s%n',
  '__proto__',
  'constructor',
  'é',
  '鍵',
  '🔑',
  'a\u0301',
];

const trick = fc.constantFrom(...TRICKS);
const unit = fc.oneof(
  trick,
  trick,
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  fc.string({ maxLength: 3 }),
);

/** Any text, of the kinds that do harm above all; some of it long. */
export const nasty = fc.oneof(
  { weight: 8, arbitrary: fc.array(unit, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')) },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.stringMatching(/^[a-z0-9/-]{0,12}$/), unit).map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(unit, fc.integer({ min: 100, max: 20_000 })).map(([text, n]) => text.repeat(n)),
  },
);

/** The same, as an argument or a variable of the environment takes it: without NUL and within 128 KiB. */
export const nastyWord = nasty
  .map((text) => text.replaceAll('\0', '').slice(0, 20_000))
  .filter((text) => text !== '');

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));

/** Keys, and what is left of one, as they land in the wrong place. */
export const straying = fc
  .tuple(fc.constantFrom(16, 24, 31, 32, 33, 48, 64), fc.constantFrom('', ' ', ':', '-'), fc.boolean())
  .chain(([digits, gap, upper]) =>
    hex(digits).map((key) => {
      const grouped = gap ? (key.match(/.{1,4}/g) ?? []).join(gap) : key;
      return upper ? grouped.toUpperCase() : grouped;
    }),
  );

/** Expects that nothing of a key is in a text, a piece of more than so many digits at least. */
export function expectNoPiece(text: string, key: string, digits = 10): void {
  const [shown, hidden] = [text, key].map((each) => each.toLowerCase().replace(/[\s:-]/g, '')) as [
    string,
    string,
  ];
  for (let at = 0; at + digits <= hidden.length; at++)
    expect(shown).not.toContain(hidden.slice(at, at + digits));
}

/** Control characters other than the line break, and the marks that turn the direction of writing. */
const CONTROL = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const ESCAPE = '\u001b';

/** A text without the escape sequences that look like these, which a program may well write. */
export function without(sequences: RegExp, text: string): string {
  return text.replaceAll(new RegExp(ESCAPE + sequences.source, 'g'), '');
}

/** Colors. */
export const COLORS = /\[\d+m/;

/** Expects of a text that a terminal shows it and does nothing else. */
export function expectHarmless(text: string): void {
  const found = CONTROL.exec(text);
  if (found)
    expect.fail(`shows ${JSON.stringify(text.slice(Math.max(found.index - 60, 0), found.index + 20))}`);
}

/** Expects what holds for every run: it ends in a sentence, never in a crash, and leaves the terminal alone. */
export function expectWellTold(
  { code, stdout, stderr }: Pick<RunResult, 'code' | 'stdout' | 'stderr'>,
  { json = false, debug = false } = {},
): void {
  expectHarmless(stdout);
  expectHarmless(stderr);
  const told = `${stdout}${stderr}`;
  expect(told).not.toMatch(/internal-error|inside the program/);
  if (!debug) expect(told).not.toMatch(/^\s+at .*[:(]/m);
  expect([0, 1, 2, 3, 4]).toContain(code);
  if (json) expect(JSON.parse(stdout)).toHaveProperty('version', 1);
  if (code !== 0) expect(stderr).toMatch(/^✖ \S/m);
}
