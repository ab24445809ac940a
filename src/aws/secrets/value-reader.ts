import { isAccessDenied } from '../../failure.ts';
import { BATCH_GET_SECRET_VALUE } from '../../limits.ts';
import type { Aws } from '../session.ts';
import { readSecret, type SecretReadOptions, type SecretState } from './index.ts';
import { type BatchValues, type CurrentValue, readValues } from './versions.ts';

/** What a batch read says of one secret: its current value, or that the secret doesn't exist. */
export type BatchedValue = { kind: 'found'; value: CurrentValue } | { kind: 'absent' };

/**
 * Reads the values of secrets. Values requested at the same time are read in batches, which takes fewer requests. Each read
 * updates the secret's date of last access.
 */
export interface ValueReader {
  /**
   * Returns what a batch read says of the secret. Returns undefined if the caller has to read the secret individually, for
   * example because too few secrets were requested for a batch. That read then reports any error.
   */
  fromBatch(region: string, id: string): Promise<BatchedValue | undefined>;
}

/** Creates the value reader of a run. */
export function valueReader(aws: Aws): ValueReader {
  const batchers = new Map<string, RegionBatcher>();
  return {
    fromBatch(region, id) {
      const batcher = batchers.get(region) ?? new RegionBatcher(aws, region);
      batchers.set(region, batcher);
      return batcher.request(id);
    },
  };
}

/** A requested value. `resolve` is called with undefined if the secret has to be read individually. */
interface PendingValue {
  id: string;
  resolve: (value: BatchedValue | undefined) => void;
}

/** Collects the values requested in one Region at the same time, and reads them in batches. */
class RegionBatcher {
  readonly #aws: Aws;
  readonly #region: string;
  #pending: PendingValue[] = [];
  /** True if the caller may read in batches in this Region, which needs a separate permission. Undefined until tried. */
  #isBatchAllowed: boolean | undefined;

  constructor(aws: Aws, region: string) {
    this.#aws = aws;
    this.#region = region;
  }

  request(id: string): Promise<BatchedValue | undefined> {
    // Deferred until all ready continuations have run, because they may request values too.
    if (this.#pending.length === 0) queueMicrotask(() => process.nextTick(() => this.#begin()));
    return new Promise((resolve) => this.#pending.push({ id, resolve }));
  }

  #begin(): void {
    const pending = this.#pending.splice(0);
    const isTooFew = pending.length < BATCH_GET_SECRET_VALUE.minSecrets;
    if (isTooFew || this.#isBatchAllowed === false) resolveAll(pending);
    else void this.#readInBatches(pending);
  }

  /** Reads the values in batches. The first batch goes alone, so that a missing permission doesn't make all of them fail. */
  async #readInBatches(pending: PendingValue[]): Promise<void> {
    const batches: PendingValue[][] = [];
    while (pending.length > 0) batches.push(pending.splice(0, BATCH_GET_SECRET_VALUE.maxSecrets));
    if (this.#isBatchAllowed === undefined) await this.#readBatch(batches.shift() ?? []);
    for (const batch of batches) {
      if (this.#isBatchAllowed) void this.#readBatch(batch);
      else resolveAll(batch);
    }
  }

  async #readBatch(batch: PendingValue[]): Promise<void> {
    const ids = batch.map(({ id }) => id);
    try {
      const values = await readValues(this.#aws, this.#region, ids);
      this.#isBatchAllowed = true;
      resolveAll(batch, values);
    } catch (error) {
      // Failures other than a missing permission concern only this batch.
      this.#isBatchAllowed = !isAccessDenied(error);
      resolveAll(batch);
    }
  }
}

function resolveAll(pending: readonly PendingValue[], values?: BatchValues): void {
  for (const { id, resolve } of pending) resolve(values && valueIn(values, id));
}

function valueIn({ values, absentIds }: BatchValues, id: string): BatchedValue | undefined {
  const value = values.get(id);
  if (value) return { kind: 'found', value };
  return absentIds.has(id) ? { kind: 'absent' } : undefined;
}

/** Reads secrets. Secrets requested at the same time are read in batches, which takes fewer requests. */
export interface SecretReader {
  /** Returns what `readSecret` returns, with the same errors. */
  read(
    region: string,
    id: string,
    options?: Pick<SecretReadOptions, 'exists'>,
  ): Promise<SecretState | undefined>;
}

/**
 * Creates the secret reader of a run.
 * @param withPolicies true to read the secrets' resource policies too
 */
export function secretReader(aws: Aws, { withPolicies = true } = {}): SecretReader {
  const values = valueReader(aws);
  return {
    async read(region, id, options = {}) {
      const batched = await values.fromBatch(region, id);
      if (batched?.kind === 'absent') return undefined;
      const readOptions = batched ? { value: batched.value } : options;
      return readSecret(aws, region, id, { ...readOptions, withPolicy: withPolicies });
    },
  };
}
