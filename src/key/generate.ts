import { randomBytes } from 'node:crypto';
import { type Algorithm, KeyMaterial } from './key-material.ts';

/** Characters of a static key for each algorithm: two hexadecimal digits a byte. */
export const KEY_LENGTH: Record<Algorithm, number> = { aes128: 32, aes192: 48, aes256: 64 };

export const ALGORITHMS = Object.keys(KEY_LENGTH) as Algorithm[];

/** Bytes of the keys of each algorithm. */
export const KEY_BYTES = Object.values(KEY_LENGTH).map((digits) => digits / 2);

/** Makes a key of the system's cryptographic randomness, in lower-case hexadecimal. */
export function generateKey(algorithm: Algorithm): KeyMaterial {
  return KeyMaterial.from(randomBytes(KEY_LENGTH[algorithm] / 2).toString('hex'));
}

/** The algorithm whose keys have this many characters. */
export function algorithmOfLength(length: number): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => KEY_LENGTH[algorithm] === length);
}
