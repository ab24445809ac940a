import { BATCH } from '../../defaults.ts';
import { isAccessDenied } from '../../failure.ts';
import type { Aws } from '../session.ts';
import { type Reading, readSecret, type SecretState } from './index.ts';
import { type CurrentValue, readValues, type Values } from './versions.ts';

/** What was read of a secret together with others: its value, or that there is no such secret. */
export type EarlyValue = { kind: 'found'; value: CurrentValue } | { kind: 'absent' };

/**
 * Reads the values of secrets. Those that are asked for at the same moment are read together, which takes fewer requests and
 * moves their dates of last access.
 */
export interface ValueReader {
  /** Returns undefined for a secret that has to be read alone, be it that few were asked for; it then fails with its own reason. */
  early(region: string, id: string): Promise<EarlyValue | undefined>;
}

/** Makes a reader for a run. */
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

/** A secret whose value is being waited for. */
interface Asked {
  id: string;
  answer: (early: EarlyValue | undefined) => void;
}

class RegionReader {
  readonly #aws: Aws;
  readonly #region: string;
  #asked: Asked[] = [];
  /** Whether values may be read together here: it takes a permission of its own. Unknown before it was tried. */
  #allowed: boolean | undefined;

  constructor(aws: Aws, region: string) {
    this.#aws = aws;
    this.#region = region;
  }

  early(id: string): Promise<EarlyValue | undefined> {
    // Not at the end of this task, but when all that is ready to go on has had its turn, and may have asked too.
    if (this.#asked.length === 0) queueMicrotask(() => process.nextTick(() => this.#begin()));
    return new Promise((answer) => this.#asked.push({ id, answer }));
  }

  #begin(): void {
    const asked = this.#asked.splice(0);
    if (asked.length < BATCH.least || this.#allowed === false) serve(asked);
    else void this.#readTogether(asked);
  }

  /** Reads the values in batches. The first one of a Region goes ahead, so that not all are refused. */
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
      // What else may fail is a matter of this batch alone.
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

/** Reads secrets. Those that are asked for at the same moment are read together, which takes fewer requests. */
export interface SecretReader {
  /** Returns what `readSecret` returns, and fails as it does. */
  read(region: string, id: string, reading?: Pick<Reading, 'known'>): Promise<SecretState | undefined>;
}

/**
 * Makes a reader for a run.
 * @param withPolicies whether it reads the secrets' resource policies too
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
