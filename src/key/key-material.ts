import { randomBytes, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';

/** What a key is to MediaConnect (API reference, `KeyType`). */
export type KeyType = 'static-key' | 'srt-password';

/** The encryption algorithms of static keys (API reference, `Algorithm`). */
export type Algorithm = 'aes128' | 'aes192' | 'aes256';

const REDACTED = '[redacted]';

/**
 * A key on its way from the user to Secrets Manager. Every textual form of it is `[redacted]`; only `reveal` gives the
 * text, and only the calls that store it and the checks in this folder use that.
 */
export class KeyMaterial {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** Wraps a text as it is, without checking it. */
  static from(text: string): KeyMaterial {
    return new KeyMaterial(text);
  }

  /** The key itself. For the calls that store it and the checks in this folder, and for nothing else. */
  reveal(): string {
    return this.#text;
  }

  /** The number of characters. */
  get length(): number {
    return this.#text.length;
  }

  /**
   * Whether both are the same key. The hexadecimal letters of a static key mean the same in either case; an SRT password
   * is compared as it is.
   */
  sameKey(other: KeyMaterial, keyType: KeyType): boolean {
    const form = (text: string) => Buffer.from(keyType === 'static-key' ? text.toLowerCase() : text);
    const [mine, theirs] = [form(this.#text), form(other.#text)];
    return mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }

  /** The text with `[redacted]` wherever it repeats the key: as it is, or as JSON or a URL spells it. */
  redactIn(text: string): string {
    const spellings = [JSON.stringify(this.#text).slice(1, -1), encodeURIComponent(this.#text), this.#text];
    return spellings.reduce((rest, spelling) => rest.replaceAll(spelling, REDACTED), text);
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
