import { randomBytes, randomUUID } from 'node:crypto';
import type { Tag } from '../shapes.ts';
import { type KeyName, MULTI_REGION_ID, parseKeyName } from './names.ts';

/** A state that only keys in custom key stores, keys with imported key material, or multi-Region keys can have. */
export interface ForcedKeyState {
  readonly state: 'Unavailable' | 'PendingImport' | 'Creating' | 'Updating';
  readonly customKeyStoreId?: string;
}

/** A symmetric encryption key. All times are milliseconds since the epoch. */
export interface Key {
  readonly id: string;
  readonly arn: string;
  /** The ID of its key material: 64 hexadecimal digits. */
  readonly materialId: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  readonly multiRegion: boolean;
  readonly description: string;
  readonly createdAt: number;
  enabled: boolean;
  /** The key policy, if it is not the default one. */
  policy?: string;
  /** A state that a test has set, and that no request to the sandbox can produce. */
  forcedState?: ForcedKeyState;
  /** When the waiting period ends; set only while the key is pending deletion. */
  deletedAt?: number;
  readonly tags: readonly Tag[];
}

export interface Alias {
  /** Including `alias/`. */
  readonly name: string;
  readonly arn: string;
  readonly keyId: string;
  readonly createdAt: number;
}

/** The properties of a new key that differ from the defaults. */
type NewKeyOptions = Partial<Pick<Key, 'id' | 'manager' | 'multiRegion' | 'description' | 'tags'>>;

/** The keys and aliases of one Region. */
export class KeyStore {
  /** `arn:PARTITION:kms:REGION:ACCOUNT:` */
  readonly arnPrefix: string;
  readonly #keys = new Map<string, Key>();
  readonly #aliases = new Map<string, Alias>();
  /** The IDs of deleted keys: an ID is never used twice. */
  readonly #deletedIds = new Set<string>();

  constructor(arnPrefix: string) {
    this.arnPrefix = arnPrefix;
  }

  /**
   * Returns the keys that exist now, oldest first. When the waiting period of a key has ended, the key and its aliases no longer
   * exist.
   */
  keys(now: number): Key[] {
    for (const { id, deletedAt = Number.POSITIVE_INFINITY } of this.#keys.values()) {
      if (deletedAt <= now) {
        this.#keys.delete(id);
        this.#deletedIds.add(id);
      }
    }
    return [...this.#keys.values()];
  }

  aliases(now: number): Alias[] {
    const ids = new Set(this.keys(now).map(({ id }) => id));
    return [...this.#aliases.values()].filter(({ keyId }) => ids.has(keyId));
  }

  /** Returns the key that a key ID, a key ARN, an alias or an alias ARN of this Region refers to. */
  find(text: string, now: number): Key | undefined {
    const name = parseKeyName(text, this.arnPrefix);
    return name && this.#findByName(name, now);
  }

  add(now: number, options: NewKeyOptions = {}): Key {
    const multiRegion = options.multiRegion ?? false;
    const id = options.id ?? (multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID());
    const key: Key = {
      manager: 'CUSTOMER',
      description: '',
      tags: [],
      ...options,
      id,
      arn: `${this.arnPrefix}key/${id}`,
      materialId: randomBytes(32).toString('hex'),
      multiRegion,
      createdAt: now,
      enabled: true,
    };
    this.#keys.set(id, key);
    return key;
  }

  addAlias(name: string, keyId: string, now: number): void {
    this.#aliases.set(name, { name, arn: this.arnPrefix + name, keyId, createdAt: now });
  }

  /**
   * Returns the key with this name, and creates it if there is none. The sandbox's account starts empty, but users rehearse
   * commands that name keys of their real account, and should not have to create those keys first.
   * @returns undefined if the name is not that of a key in this Region, or if it is the ID of a deleted key.
   */
  findOrCreate(text: string, now: number): Key | undefined {
    const name = parseKeyName(text, this.arnPrefix);
    const existing = name && this.#findByName(name, now);
    if (!name || existing || this.#deletedIds.has(name.text)) return existing;
    if (name.kind === 'id') {
      return this.add(now, { id: name.text, multiRegion: MULTI_REGION_ID.test(name.text) });
    }
    const key = this.add(now, { manager: name.text.startsWith('alias/aws/') ? 'AWS' : 'CUSTOMER' });
    this.addAlias(name.text, key.id, now);
    return key;
  }

  #findByName(name: KeyName, now: number): Key | undefined {
    const id =
      name.kind === 'id' ? name.text : this.aliases(now).find((alias) => alias.name === name.text)?.keyId;
    return this.keys(now).find((key) => key.id === id);
  }
}
