import { randomBytes, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** The key type in MediaConnect (API reference, `KeyType`). */
export type KeyType = 'static-key' | 'srt-password';

/** Encryption algorithms for static keys (API reference, `Algorithm`). */
export type Algorithm = 'aes128' | 'aes192' | 'aes256';

const REDACTED = '[redacted]';

/** A key on its way to Secrets Manager. Every conversion to text gives `[redacted]`; only `reveal` returns the plaintext. */
export class KeyMaterial {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Wraps a text without checking it. */
  static from(text: string): KeyMaterial {
    return new KeyMaterial(text);
  }

  /** Returns the key as plaintext. Only for the calls that store it and the checks in this folder. */
  reveal(): string {
    return this.#text;
  }

  /** The number of characters. */
  get length(): number {
    return this.#text.length;
  }

  /**
   * Returns true if both are the same key. Static keys are compared case-insensitively because they are hexadecimal; SRT
   * passwords are compared exactly.
   */
  equals(other: KeyMaterial, keyType: KeyType): boolean {
    const comparable = (text: string) => Buffer.from(keyType === 'static-key' ? text.toLowerCase() : text);
    const [mine, theirs] = [comparable(this.#text), comparable(other.#text)];
    return mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }

  /** Replaces the key in a text with `[redacted]`: verbatim, JSON-escaped or URL-encoded. */
  redactIn(text: string): string {
    const spellings = [JSON.stringify(this.#text).slice(1, -1), encodeURIComponent(this.#text), this.#text];
    return spellings.reduce((redacted, spelling) => redacted.replaceAll(spelling, REDACTED), text);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** Length of a static key in characters: two hexadecimal digits a byte. */
export const KEY_LENGTH: Record<Algorithm, number> = { aes128: 32, aes192: 48, aes256: 64 };

/** Returns the name of an algorithm as the MediaConnect console shows it, such as `AES-256`. */
export function algorithmName(algorithm: string): string {
  return algorithm.replace('aes', 'AES-');
}

export const ALGORITHMS = Object.keys(KEY_LENGTH) as Algorithm[];

/** Length of a static key in bytes, for each algorithm. */
export const KEY_BYTE_LENGTHS = Object.values(KEY_LENGTH).map((digits) => digits / 2);

/** Generates a key with the system's cryptographic random number generator, in lowercase hexadecimal. */
export function generateKey(algorithm: Algorithm): KeyMaterial {
  return KeyMaterial.from(randomBytes(KEY_LENGTH[algorithm] / 2).toString('hex'));
}

/** Returns the algorithm whose keys have this many characters. */
export function algorithmOfLength(length: number): Algorithm | undefined {
  return ALGORITHMS.find((algorithm) => KEY_LENGTH[algorithm] === length);
}
