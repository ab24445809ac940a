import { randomInt } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function pick(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** Returns a new IAM unique ID: a four-letter prefix such as `AROA`, and 17 more characters. */
export function uniqueId(prefix: string): string {
  return prefix + pick(BASE32, 17);
}

/** Returns a new access key ID: `AKIA` (long-term) or `ASIA` (temporary), and 16 more characters. */
export function accessKeyId(prefix: 'AKIA' | 'ASIA'): string {
  return prefix + pick(BASE32, 16);
}

/** Returns random letters and digits, as in secret ARNs, secret access keys and session tokens. */
export function alphanumeric(length: number): string {
  return pick(ALPHANUMERIC, length);
}
