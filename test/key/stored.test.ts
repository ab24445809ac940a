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

  test('is empty when there is only a newline', () => {
    expect(codes('\n')[0]).toBe('empty');
  });

  test('is wrong when it does not fit the algorithm', () => {
    expect(codes(KEY, { keyType: 'static-key', algorithm: 'aes256' })).toEqual(['wrong-algorithm']);
  });
});
