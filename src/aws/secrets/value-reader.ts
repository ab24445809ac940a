import { isAccessDenied } from '../../failure.ts';
import { BATCH } from '../../limits.ts';
import type { Aws } from '../session.ts';
import { type Reading, readSecret, type SecretState } from './index.ts';
import { type CurrentValue, readValues, type Values } from './versions.ts';

/** The result of a batch read of a secret: its value, or that the secret doesn't exist. */
export type EarlyValue = { kind: 'found'; value: CurrentValue } | { kind: 'absent' };

/**
 * Reads the values of secrets. Values requested at the same time are read in batches, which takes fewer requests. Each read
 * updates the secret's date of last access.
 */
export interface ValueReader {
  /**
   * Returns undefined for a secret that has to be read individually, for example because few were requested. That read then
   * reports any error.
   */
  early(region: string, id: string): Promise<EarlyValue | undefined>;
}

/** Creates a reader for a run. */
export function valueReader(aws: Aws): ValueReader {
  const regions = new Map<string, RegionReader>();
  return {
    early(region, id) {
      const reader = regions.get(region) ?? new RegionReader(aws, region);
      regions.set(region, reader);
      return reader.early(id);
    },
  };
}

/** A secret that waits for its value. */
interface Asked {
  id: string;
  answer: (early: EarlyValue | undefined) => void;
}

class RegionReader {
  readonly #aws: Aws;
  readonly #region: string;
  #asked: Asked[] = [];
  /** True if batch reads are allowed here; they need a separate permission. Undefined until tried. */
  #allowed: boolean | undefined;

  constructor(aws: Aws, region: string) {
    this.#aws = aws;
    this.#region = region;
  }

  early(id: string): Promise<EarlyValue | undefined> {
    // Deferred until all ready continuations have run, because they may request values too.
    if (this.#asked.length === 0) queueMicrotask(() => process.nextTick(() => this.#begin()));
    return new Promise((answer) => this.#asked.push({ id, answer }));
  }

  #begin(): void {
    const asked = this.#asked.splice(0);
    if (asked.length < BATCH.least || this.#allowed === false) serve(asked);
    else void this.#readTogether(asked);
  }

  /**
   * Reads the values in batches. In each Region, the first batch goes alone, so that a missing permission doesn't fail all of
   * them.
   */
  async #readTogether(asked: Asked[]): Promise<void> {
    const batches: Asked[][] = [];
    while (asked.length > 0) batches.push(asked.splice(0, BATCH.most));
    if (this.#allowed === undefined) await this.#readBatch(batches.shift() ?? []);
    for (const batch of batches) {
      if (this.#allowed) void this.#readBatch(batch);
      else serve(batch);
    }
  }

  async #readBatch(batch: Asked[]): Promise<void> {
    const ids = batch.map(({ id }) => id);
    try {
      const values = await readValues(this.#aws, this.#region, ids);
      this.#allowed = true;
      serve(batch, values);
    } catch (error) {
      // Other failures concern only this batch.
      this.#allowed = !isAccessDenied(error);
      serve(batch);
    }
  }
}

function serve(asked: readonly Asked[], values?: Values): void {
  for (const { id, answer } of asked) answer(values && earlyIn(values, id));
}

function earlyIn({ found, absent }: Values, id: string): EarlyValue | undefined {
  const value = found.get(id);
  if (value) return { kind: 'found', value };
  return absent.has(id) ? { kind: 'absent' } : undefined;
}

/** Reads secrets. Secrets requested at the same time are read in batches, which takes fewer requests. */
export interface SecretReader {
  /** Returns what `readSecret` returns, with the same errors. */
  read(region: string, id: string, reading?: Pick<Reading, 'known'>): Promise<SecretState | undefined>;
}

/**
 * Creates a reader for a run.
 * @param withPolicies true to read the secrets' resource policies too
 */
export function secretReader(aws: Aws, { withPolicies = true } = {}): SecretReader {
  const values = valueReader(aws);
  return {
    async read(region, id, reading = {}) {
      const early = await values.early(region, id);
      if (early?.kind === 'absent') return undefined;
      const how = early ? { value: early.value } : reading;
      return readSecret(aws, region, id, { ...how, withPolicy: withPolicies });
    },
  };
}
