import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairedKey } from '../../src/key/check.ts';
import { checkKey, type KeyRules } from '../../src/key/index.ts';
import { anyText, SEED, validKey } from './arbitraries.ts';
import { KEY, KEYS } from './keys.ts';

const STATIC: KeyRules = { keyType: 'static-key' };
const pairs = KEY.match(/../g) ?? [];
const rows = KEYS.aes256.match(/.{16}/g) ?? [];

describe('repairedKey', () => {
  test.each<[string, string, Record<string, number>]>([
    ['spaces around it', ` ${KEY}  `, { space: 3 }],
    ['tabs and non-breaking spaces', `\t${KEY}\u00a0`, { space: 2 }],
    ['spaces between pairs', pairs.join(' '), { space: 15 }],
    ['colons', pairs.join(':'), { separator: 15 }],
    ['dashes between pairs of bytes', (KEY.match(/.{4}/g) ?? []).join('-'), { separator: 7 }],
    ['0x before it', `0x${KEY}`, { 'hex-prefix': 1 }],
    ['0X before it', `0X${KEY}`, { 'hex-prefix': 1 }],
    [
      '0x before each byte',
      pairs.map((pair) => `0x${pair}`).join(', '),
      { 'hex-prefix': 16, space: 15, separator: 15 },
    ],
    ['quotation marks around it', `"${KEY}"`, { quote: 2 }],
    ['one quotation mark', `${KEY}'`, { quote: 1 }],
    ['quotation marks and 0x', `"0x${KEY}"`, { quote: 2, 'hex-prefix': 1 }],
    ['backquotes and a space', `\`${KEY}\` `, { quote: 2, space: 1 }],
    ['an empty line before it', `\n${KEY}`, { 'line-break': 1 }],
    ['Windows line ends', `\r\n${KEY}\r\n\r\n`, { 'line-break': 3 }],
  ])('removes %s and counts what it removed', (_, text, removed) => {
    const repaired = repairedKey(text, STATIC);
    expect(repaired?.text).toBe(KEY);
    expect(Object.fromEntries(repaired?.removed.map(({ what, count }) => [what, count]) ?? [])).toEqual(
      removed,
    );
  });

  test('joins the rows of a key, and keeps the case of letters', () => {
    expect(repairedKey(rows.join('\n').toUpperCase(), STATIC)?.text).toBe(KEYS.aes256.toUpperCase());
  });

  test.each([
    ['a valid key', KEY],
    ['a valid key with the newline of a text file', `${KEY}\n`],
    ['a digit too few', ` ${KEY.slice(1)} `],
    ['a letter that is not hexadecimal', ` ${KEY.slice(1)}g`],
    ['nothing but what it would remove', '0x :: "" '],
    ['an empty text', ''],
    ['two keys on two lines', `${KEY}\n${KEY}`],
    ['two keys with a space between', `${KEY} ${KEY}`],
    ['two keys with 0x', `0x${KEY}, 0x${KEY}`],
    ['0x inside the digits', `${KEY.slice(0, 16)}0x${KEY.slice(16)}`],
    ['a number of a spreadsheet', `${'1234567890'.repeat(3)}1.0`],
    ['a name and an equals sign before it', `KEY=${KEY}`],
    ['JSON', `["${KEY}"]`],
    ['an invisible character', `${KEY}\u200b`],
  ])('leaves %s alone', (_, text) => {
    expect(repairedKey(text, STATIC)).toBeUndefined();
  });

  test('leaves an SRT password alone', () => {
    expect(repairedKey(` ${KEY} `, { keyType: 'srt-password' })).toBeUndefined();
  });

  test('leaves a key alone that does not fit the algorithm after the repair', () => {
    expect(repairedKey(` ${KEY}`, { ...STATIC, algorithm: 'aes256' })).toBeUndefined();
    expect(repairedKey(` ${KEY}`, { ...STATIC, algorithm: 'aes128' })?.text).toBe(KEY);
  });

  test('makes any text valid, with its digits in their order, or returns nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const repaired = repairedKey(text, STATIC);
        if (!repaired) return;
        expect(checkKey(repaired.text, STATIC).ok).toBe(true);
        expect(repaired.text).toBe(text.replace(/0x/gi, '').replace(/[^0-9a-f]/gi, ''));
        expect(repaired.removed.every(({ count }) => count > 0)).toBe(true);
      }),
      { seed: SEED, numRuns: 3_000 },
    );
  });

  test('finds any key again, in whatever groups it is written', () => {
    const separators = fc.constantFrom(' ', ':', '-', ', ', '_', '.');
    fc.assert(
      fc.property(validKey, fc.constantFrom(2, 4, 8), separators, (key, size, separator) => {
        const groups = key.match(new RegExp(`.{${size}}`, 'g')) ?? [];
        expect(repairedKey(groups.join(separator), STATIC)?.text).toBe(key);
      }),
      { seed: SEED },
    );
  });
});
