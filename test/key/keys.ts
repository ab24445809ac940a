import type { Algorithm } from '../../src/key/index.ts';

/** Obvious examples that no one encrypts with. */
export const KEYS: Record<Algorithm, string> = {
  aes128: '0123456789abcdef0123456789abcdef',
  aes192: '0123456789abcdef0123456789abcdef0123456789abcdef',
  aes256: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
};

export const KEY = KEYS.aes128;
