import { describe, expect, test } from 'vitest';
import { ALGORITHMS, generateKey, type KeyType, loadKey } from '../../src/key/index.ts';
import { KEY, KEYS } from './keys.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');

/** Returns the warnings about a key. It comes from a variable, which adds no warning of its own. */
async function warnings(key: string, keyType: KeyType = 'static-key'): Promise<string[]> {
  const stdin = process.stdin;
  const loaded = await loadKey({ kind: 'env', name: 'KEY' }, { keyType }, { stdin, env: { KEY: key } });
  expect(loaded.key.reveal()).toBe(key);
  return loaded.warnings;
}

describe('loadKey with a valid but suspicious static key', () => {
  test.each(['0', 'f', 'A'])('warns when every digit is %s', async (digit) => {
    for (const algorithm of ALGORITHMS) {
      const said = await warnings(digit.repeat(KEYS[algorithm].length));
      expect(said).toEqual([expect.stringContaining('Every digit of this key is the same')]);
    }
  });

  test('warns when it is one digit in lower and upper case', async () => {
    expect(await warnings('aA'.repeat(16))).toEqual([
      expect.stringContaining('Every digit of this key is the same'),
    ]);
  });

  test('warns when it is a number that a spreadsheet has rounded', async () => {
    expect(await warnings('12345678901234500000000000000000')).toEqual([
      expect.stringContaining('If a spreadsheet rounded it'),
    ]);
  });

  test.each([
    ['lower case', hex(KEY)],
    ['upper case', hex(KEY.toUpperCase()).toUpperCase()],
  ])('warns when it was converted to hexadecimal twice, in %s', async (_, twice) => {
    const [said, ...more] = await warnings(twice);
    expect(said).toContain('Decoded, it is 32 hexadecimal digits');
    expect(said).not.toContain(twice.slice(0, 4));
    expect(said).not.toContain(KEY.slice(0, 4));
    expect(more).toEqual([]);
  });
});

describe('loadKey', () => {
  test('gives no warning for an ordinary key', async () => {
    for (const algorithm of ALGORITHMS) {
      expect(await warnings(KEYS[algorithm])).toEqual([]);
      expect(await warnings(generateKey(algorithm).reveal())).toEqual([]);
    }
  });

  test('gives no warning when only the last digit differs', async () => {
    expect(await warnings(`${'0'.repeat(31)}1`)).toEqual([]);
  });

  test('gives no warning for the bytes of 16 or 24 digits, which are not a key by themselves', async () => {
    expect(await warnings(hex('0123456789abcdef'))).toEqual([]);
    expect(await warnings(hex('0123456789abcdef01234567'))).toEqual([]);
  });

  test('gives no warning for the bytes of 32 letters if one is not hexadecimal', async () => {
    expect(await warnings(hex(`${KEY.slice(1)}g`))).toEqual([]);
  });

  test('gives no warning for an SRT password, whatever it looks like', async () => {
    expect(await warnings('x'.repeat(32), 'srt-password')).toEqual([]);
    expect(await warnings(hex(KEY), 'srt-password')).toEqual([]);
  });
});
