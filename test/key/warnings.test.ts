import { describe, expect, test } from 'vitest';
import { ALGORITHMS, generateKey, type KeyType, loadKey } from '../../src/key/index.ts';
import { KEY, KEYS } from './keys.ts';

const hex = (text: string) => Buffer.from(text).toString('hex');

/** What the user is warned of when the key comes from a variable, which gives no warning of its own. */
async function warnings(key: string, keyType: KeyType = 'static-key'): Promise<string[]> {
  const stdin = process.stdin;
  const loaded = await loadKey({ kind: 'env', name: 'KEY' }, { keyType }, { stdin, env: { KEY: key } });
  expect(loaded.key.reveal()).toBe(key);
  return loaded.warnings;
}

describe('a static key is used, with a warning,', () => {
  test.each(['0', 'f', 'A'])('when it is the digit %s from beginning to end', async (digit) => {
    for (const algorithm of ALGORITHMS) {
      const said = await warnings(digit.repeat(KEYS[algorithm].length));
      expect(said).toEqual([expect.stringContaining('the same digit from beginning to end')]);
    }
  });

  test('when it is the same digit in small letters and in capitals', async () => {
    expect(await warnings('aA'.repeat(16))).toEqual([expect.stringContaining('the same digit')]);
  });

  test('when it is a number that a spreadsheet has rounded', async () => {
    expect(await warnings('12345678901234500000000000000000')).toEqual([
      expect.stringContaining('If a spreadsheet rounded it'),
    ]);
  });

  test.each([
    ['small letters', hex(KEY)],
    ['capitals', hex(KEY.toUpperCase()).toUpperCase()],
  ])('when it was turned into hexadecimal twice, in %s', async (_, twice) => {
    const [said, ...more] = await warnings(twice);
    expect(said).toContain('reads as 32 hexadecimal digits');
    expect(said).not.toContain(twice.slice(0, 4));
    expect(said).not.toContain(KEY.slice(0, 4));
    expect(more).toEqual([]);
  });
});

describe('no warning', () => {
  test('comes with an ordinary key', async () => {
    for (const algorithm of ALGORITHMS) {
      expect(await warnings(KEYS[algorithm])).toEqual([]);
      expect(await warnings(generateKey(algorithm).reveal())).toEqual([]);
    }
  });

  test('comes with a key whose last digit only is another', async () => {
    expect(await warnings(`${'0'.repeat(31)}1`)).toEqual([]);
  });

  test('comes with the bytes of 16 or 24 letters that are digits, which are no key by themselves', async () => {
    expect(await warnings(hex('0123456789abcdef'))).toEqual([]);
    expect(await warnings(hex('0123456789abcdef01234567'))).toEqual([]);
  });

  test('comes with the bytes of 32 letters of which one is no digit', async () => {
    expect(await warnings(hex(`${KEY.slice(1)}g`))).toEqual([]);
  });

  test('comes with an SRT password, whatever it looks like', async () => {
    expect(await warnings('x'.repeat(32), 'srt-password')).toEqual([]);
    expect(await warnings(hex(KEY), 'srt-password')).toEqual([]);
  });
});
