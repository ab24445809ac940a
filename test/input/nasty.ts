import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { exhaustive, runs } from '../support/exhaustive.ts';
import type { RunResult } from '../support/runs/run.ts';

// One test runs thousands of cases.
if (exhaustive) vi.setConfig({ testTimeout: 900_000 });

/** A fixed seed makes failures reproducible; FAULTS_SEED gives the exhaustive run another one. */
const SEED = Number(process.env.FAULTS_SEED ?? 20_250_302);

/** Returns the number of cases, for `npm test` and for the exhaustive run, with the seed. */
export function cases(normal: number, all: number) {
  return { numRuns: runs(normal, all), seed: SEED };
}

/** Texts that control a terminal, that a reader cannot see, or that trip shells and parsers. */
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

/** Any text, mostly of the harmful kinds, and some of it long. */
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

/** The same within the limits of an argument or an environment variable: without NUL and within 128 KiB. */
export const nastyWord = nasty
  .map((text) => text.replaceAll('\0', '').slice(0, 20_000))
  .filter((text) => text !== '');

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));

/** Keys and parts of keys, as they end up in the wrong place. */
export const straying = fc
  .tuple(fc.constantFrom(16, 24, 31, 32, 33, 48, 64), fc.constantFrom('', ' ', ':', '-'), fc.boolean())
  .chain(([digits, gap, upper]) =>
    hex(digits).map((key) => {
      const grouped = gap ? (key.match(/.{1,4}/g) ?? []).join(gap) : key;
      return upper ? grouped.toUpperCase() : grouped;
    }),
  );

/** Expects that a text has no piece of a key with this many digits. */
export function expectNoPiece(text: string, key: string, digits = 10): void {
  const [shown, hidden] = [text, key].map((each) => each.toLowerCase().replace(/[\s:-]/g, '')) as [
    string,
    string,
  ];
  for (let at = 0; at + digits <= hidden.length; at++)
    expect(shown).not.toContain(hidden.slice(at, at + digits));
}

/** Control characters other than the line break, and marks that change the direction of writing. */
const CONTROL = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

const ESCAPE = '\u001b';

/** Returns a text without the escape sequences of this form, which a program may print. */
export function without(sequences: RegExp, text: string): string {
  return text.replaceAll(new RegExp(ESCAPE + sequences.source, 'g'), '');
}

/** Color sequences. */
export const COLORS = /\[\d+m/;

/** Expects that a text has nothing that controls a terminal. */
export function expectHarmless(text: string): void {
  const found = CONTROL.exec(text);
  if (found)
    expect.fail(`shows ${JSON.stringify(text.slice(Math.max(found.index - 60, 0), found.index + 20))}`);
}

/** Expects what every run must do: end with a message, never with a crash, and print nothing that controls a terminal. */
export function expectWellTold(
  { code, stdout, stderr }: Pick<RunResult, 'code' | 'stdout' | 'stderr'>,
  { json = false, debug = false } = {},
): void {
  expectHarmless(stdout);
  expectHarmless(stderr);
  const told = `${stdout}${stderr}`;
  expect(told).not.toMatch(/internal-error|Unexpected error/);
  if (!debug) expect(told).not.toMatch(/^\s+at .*[:(]/m);
  expect([0, 1, 2, 3, 4]).toContain(code);
  if (json) expect(JSON.parse(stdout)).toHaveProperty('version', 1);
  if (code !== 0) expect(stderr).toMatch(/^✖ \S/m);
}
