import { algorithmOfLength } from './generate.ts';
import type { KeyMaterial, KeyType } from './key-material.ts';
import { keyWords as words } from './messages.ts';

/**
 * What is odd about a key that passed `checkKey`. These are warnings, not problems, because the other end of the stream
 * may use just this key, and then no other one decrypts. An SRT password gets none: what it may look like is up to the user.
 */
export function keyWarnings(key: KeyMaterial, keyType: KeyType): string[] {
  if (keyType !== 'static-key') return [];
  const digits = key.reveal();
  if (/^(.)\1*$/i.test(digits)) return [words.sameDigit];
  // A spreadsheet keeps 15 digits of a number.
  if (/^[1-9]\d{14}0+$/.test(digits)) return [words.roundedNumber];
  const inner = Buffer.from(digits, 'hex').toString('latin1');
  // In a random key of 32 bytes each byte is a hexadecimal digit about once in 10^34 times.
  const isKey = /^[0-9a-f]+$/i.test(inner) && algorithmOfLength(inner.length) !== undefined;
  return isKey ? [words.encodedTwice(inner.length)] : [];
}
