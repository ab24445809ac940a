import { describe, expect, test } from 'vitest';
import { checkStoredKey, KeyMaterial, type KeyRules } from '../../src/key/index.ts';
import { KEY } from './keys.ts';

const codes = (text: string, rules: KeyRules = { keyType: 'static-key' }) =>
  checkStoredKey(KeyMaterial.from(text), rules).map(({ code }) => code);

describe('checkStoredKey', () => {
  test('accepts a value that is the key and nothing else', () => {
    expect(codes(KEY)).toEqual([]);
    expect(codes('correct horse', { keyType: 'srt-password' })).toEqual([]);
  });

  test.each([
    ['a newline', '\n'],
    ['a Windows line end', '\r\n'],
    ['two newlines', '\n\n'],
  ])('rejects a value with %s at its end, although a key file may have it', (_, end) => {
    expect(codes(`${KEY}${end}`)).toEqual(['trailing-newline']);
    expect(codes(`correct horse${end}`, { keyType: 'srt-password' })).toEqual(['trailing-newline']);
  });

  test.each([
    ['JSON, as from a file', `{"key":"${KEY}"}\n`, 'json'],
    ['a line of a .env file', `KEY=${KEY}\n`, 'assignment'],
    ['a key that lacks a digit', `${KEY.slice(1)}\n`, 'odd-length'],
  ])('reports %s first, and then the newline at the end', (_, text, code) => {
    expect(codes(text)).toEqual([code, 'trailing-newline']);
  });

  test('reveals neither the length of a value nor positions in it', () => {
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
    const allowed = /An AES-192 key has 48|32, 48 or 64|10–80|UTF-16|Base64|0x|0–9/g;
    for (const message of messages) expect(message?.replace(allowed, '')).toMatch(/^The value [^\d]+\.$/);
  });

  test.each([
    ['a number in spreadsheet notation', '1.23457E+31', 'spreadsheet'],
    ['a file that the AWS CLI did not read', 'file://k.txt', 'file-reference'],
  ])('reports %s', (_, text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  test('reports a value of only a newline as empty', () => {
    expect(codes('\n')[0]).toBe('empty');
  });

  test('reports a key that does not match the algorithm', () => {
    expect(codes(KEY, { keyType: 'static-key', algorithm: 'aes256' })).toEqual(['wrong-algorithm']);
  });
});
