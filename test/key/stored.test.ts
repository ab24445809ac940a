import { describe, expect, test } from 'vitest';
import { checkStoredKey, KeyMaterial, type KeyRules } from '../../src/key/index.ts';
import { KEY } from './keys.ts';

const codes = (text: string, rules: KeyRules = { keyType: 'static-key' }) =>
  checkStoredKey(KeyMaterial.from(text), rules).map(({ code }) => code);

describe('what a secret holds', () => {
  test('is right when it is the key and nothing else', () => {
    expect(codes(KEY)).toEqual([]);
    expect(codes('correct horse', { keyType: 'srt-password' })).toEqual([]);
  });

  test.each([
    ['a newline', '\n'],
    ['a Windows line end', '\r\n'],
    ['two newlines', '\n\n'],
  ])('is wrong with %s at its end, though a key file may have it', (_, end) => {
    expect(codes(`${KEY}${end}`)).toEqual(['trailing-newline']);
    expect(codes(`correct horse${end}`, { keyType: 'srt-password' })).toEqual(['trailing-newline']);
  });

  test.each([
    ['JSON, as from a file', `{"key":"${KEY}"}\n`, 'json'],
    ['a line of a .env file', `KEY=${KEY}\n`, 'assignment'],
    ['a key that lacks a digit', `${KEY.slice(1)}\n`, 'odd-length'],
  ])('is told to be %s first, and only then to end in a newline', (_, text, code) => {
    expect(codes(text)).toEqual([code, 'trailing-newline']);
  });

  test('is not told by its length, nor by what is where in it', () => {
    const values = [
      ...['', KEY.slice(1), KEY.repeat(3), `${KEY}g`, `ö${KEY}`, `${KEY}\u200b`, KEY.replace('0', 'O')],
      ...[KEY.replace('1', ' '), `${KEY}\n${KEY}`, 'x'.repeat(2_000), '1.23457E+31', 'file://k.txt'],
    ];
    const passwords = ['short', 'x'.repeat(81)];
    const messages = [
      ...values.map((text) => [text, { keyType: 'static-key' }] as const),
      ...values.map((text) => [text, { keyType: 'static-key', algorithm: 'aes192' }] as const),
      ...passwords.map((text) => [text, { keyType: 'srt-password' }] as const),
    ].map(([text, rules]) => checkStoredKey(KeyMaterial.from(text), rules)[0]?.message);
    const allowed = /the 48 hexadecimal digits that aes192 takes|32, 48 or 64|10 to 80|UTF-16|Base64|0x|0-9/g;
    for (const message of messages) expect(message?.replace(allowed, '')).toMatch(/^The value [^\d]+\.$/);
  });

  test.each([
    ['a number of a spreadsheet', '1.23457E+31', 'spreadsheet'],
    ['a file that the AWS CLI did not read', 'file://k.txt', 'file-reference'],
  ])('is told to be %s', (_, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  test('is empty when there is only a newline', () => {
    expect(codes('\n')[0]).toBe('empty');
  });

  test('is wrong when it does not fit the algorithm', () => {
    expect(codes(KEY, { keyType: 'static-key', algorithm: 'aes256' })).toEqual(['wrong-algorithm']);
  });
});
