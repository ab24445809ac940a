import { randomInt } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** Returns a new IAM unique ID: a four-letter prefix such as `AROA`, and 17 more characters. */
export function newUniqueId(prefix: string): string {
  return prefix + randomText(BASE32, 17);
}

/** Returns a new access key ID: `AKIA` (long-term) or `ASIA` (temporary), and 16 more characters. */
export function newAccessKeyId(prefix: 'AKIA' | 'ASIA'): string {
  return prefix + randomText(BASE32, 16);
}

/** Returns random letters and digits, as in secret ARNs, secret access keys and session tokens. */
export function randomAlphanumeric(length: number): string {
  return randomText(ALPHANUMERIC, length);
}
