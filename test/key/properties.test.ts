import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import {
  ALGORITHMS,
  checkKey,
  checkStoredKey,
  generateKey,
  KeyMaterial,
  type KeyRules,
  type KeySource,
  loadKey,
} from '../../src/key/index.ts';
import { messageText } from '../../src/ui/plan.ts';
import { anyText, SEED, validKey } from './arbitraries.ts';
import { KEYS } from './keys.ts';
import { isSentence, numbersIn } from './sentences.ts';

const STATIC: KeyRules = { keyType: 'static-key' };
const anyRules = fc.oneof(
  fc.constant<KeyRules>({ keyType: 'srt-password' }),
  fc.constant(STATIC),
  fc.constantFrom(...ALGORITHMS).map((algorithm): KeyRules => ({ ...STATIC, algorithm })),
);

/** Expects that a message shows nothing of a key but counts of its characters. */
function expectToShowNothing(message: string, text: string): void {
  expect(isSentence(message), message).toBe(true);
  const largest = Math.max(256, text.length);
  expect(numbersIn(message).every((number) => number <= largest)).toBe(true);
}

async function failureOf(source: KeySource, env: NodeJS.ProcessEnv = {}): Promise<Failure | undefined> {
  try {
    await loadKey(source, STATIC, { stdin: process.stdin, env });
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

describe('a message about a key', () => {
  test('shows nothing of any text given as a key', () => {
    fc.assert(
      fc.property(anyText, anyRules, (text, rules) => {
        const given = checkKey(text, rules);
        const problems = [
          ...(given.ok ? [] : given.problems),
          ...checkStoredKey(KeyMaterial.from(text), rules),
        ];
        for (const { message } of problems) expectToShowNothing(message, text);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  test('shows nothing of any text in the variable of a key', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const failure = await failureOf({ kind: 'env', name: 'KEY' }, { KEY: text });
        const said = [failure?.message ?? '', ...(failure?.details ?? []), failure?.hint ?? ''].map(
          messageText,
        );
        for (const message of said
          .filter((line) => line !== '')
          .map((line) => line.replace('--key-env KEY', '--key-file -')))
          expectToShowNothing(message, text);
        expect(failure?.cause).toBeUndefined();
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('shows nothing of any text given as the name of a file or of a variable', async () => {
    const keyLike = anyText.filter((text) => text.length >= 10 && !existsSync(text));
    await fc.assert(
      fc.asyncProperty(keyLike, async (text) => {
        const failures = [
          await failureOf({ kind: 'file', path: text }),
          await failureOf({ kind: 'env', name: text }),
        ];
        for (const failure of failures) {
          expect(failure).toBeInstanceOf(Failure);
          expectToShowNothing(failure?.message ?? '', text);
          expect(failure?.cause).toBeUndefined();
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});

describe('a valid key', () => {
  test('is accepted, kept unchanged, and valid when it is read back', () => {
    fc.assert(
      fc.property(validKey, fc.constantFrom('', '\n', '\r\n'), (text, end) => {
        const result = checkKey(text + end, STATIC);
        expect(result.ok && result.key.reveal()).toBe(text);
        expect(checkStoredKey(KeyMaterial.from(text), STATIC)).toEqual([]);
      }),
      { seed: SEED },
    );
  });

  test('is rejected after one typing mistake, unless the result is another valid key', () => {
    const slip = fc.oneof(
      fc.constantFrom(
        '\n',
        '\r',
        '\r\n',
        ' ',
        '\t',
        '\u00a0',
        '\u200b',
        '\ufeff',
        '\0',
        'O',
        'l',
        'g',
        '"',
        '0',
        'F',
      ),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      fc.constant(''),
    );
    fc.assert(
      fc.property(validKey, fc.nat(64), fc.nat(1), slip, (text, index, dropped, inserted) => {
        const changed = text.slice(0, index) + inserted + text.slice(index + dropped);
        const result = checkKey(changed, STATIC);
        if (result.ok) expect(result.key.reveal()).toMatch(/^([0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i);
        const stored = checkStoredKey(KeyMaterial.from(changed), STATIC);
        expect(stored.length === 0).toBe(/^([0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})(?!\n)$/i.test(changed));
      }),
      { seed: SEED, numRuns: 3_000 },
    );
  });
});

describe('a generated key', () => {
  test.each(ALGORITHMS)(
    'for %s is valid, has the right length, is in lower case, and never repeats',
    (algorithm) => {
      const keys = Array.from({ length: 200 }, () => generateKey(algorithm));
      for (const key of keys) {
        expect(checkStoredKey(key, { ...STATIC, algorithm })).toEqual([]);
        expect(key.reveal()).toMatch(/^[0-9a-f]+$/);
        expect(key.length).toBe(KEYS[algorithm].length);
      }
      expect(new Set(keys.map((key) => key.reveal())).size).toBe(keys.length);
    },
  );

  test('uses every digit in every position', () => {
    const keys = Array.from({ length: 500 }, () => generateKey('aes128').reveal());
    for (let place = 0; place < 32; place++) {
      expect(new Set(keys.map((key) => key[place])).size).toBe(16);
    }
  });
});
