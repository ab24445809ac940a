import { BATCH } from '../defaults.ts';
import { readValues, type Values } from './secret-values.ts';
import { type FoundSecret, type Reading, readSecret } from './secrets.ts';
import type { Aws } from './session.ts';

/** Reads secrets. Those that are asked for at the same moment are read together, which takes fewer requests. */
export interface SecretReader {
  /** Answers what `readSecret` answers, and fails as it does. */
  read(region: string, id: string, reading?: Pick<Reading, 'known'>): Promise<FoundSecret | undefined>;
}

/** A secret that somebody waits for. */
interface Asked {
  id: string;
  reading: Pick<Reading, 'known'>;
  answer: (found: Promise<FoundSecret | undefined>) => void;
}

/** Makes a reader for a run. */
export function secretReader(aws: Aws): SecretReader {
  const regions = new Map<string, RegionReader>();
  return {
    read(region, id, reading = {}) {
      const reader = regions.get(region) ?? new RegionReader(aws, region);
      regions.set(region, reader);
      return reader.read(id, reading);
    },
  };
}

class RegionReader {
  readonly #aws: Aws;
  readonly #region: string;
  #asked: Asked[] = [];
  /** Whether values can be read together here: it takes a permission of its own. Unknown before it was tried. */
  #together: boolean | undefined;

  constructor(aws: Aws, region: string) {
    this.#aws = aws;
    this.#region = region;
  }

  read(id: string, reading: Pick<Reading, 'known'>): Promise<FoundSecret | undefined> {
    // Not at the end of this task, but when all that is ready to go on has had its turn, and may have asked too.
    if (this.#asked.length === 0) queueMicrotask(() => process.nextTick(() => this.#begin()));
    return new Promise((answer) => this.#asked.push({ id, reading, answer }));
  }

  #begin(): void {
    const asked = this.#asked.splice(0);
    if (asked.length < BATCH.least || this.#together === false) this.#serve(asked);
    else void this.#readTogether(asked);
  }

  /** Reads the values in batches. The first one of a Region goes ahead, so that not all are refused. */
  async #readTogether(asked: Asked[]): Promise<void> {
    const batches: Asked[][] = [];
    while (asked.length > 0) batches.push(asked.splice(0, BATCH.most));
    if (this.#together === undefined) await this.#readBatch(batches.shift() ?? []);
    for (const batch of batches) {
      if (this.#together) void this.#readBatch(batch);
      else this.#serve(batch);
    }
  }

  async #readBatch(batch: Asked[]): Promise<void> {
    const values = await readValues(
      this.#aws,
      this.#region,
      batch.map(({ id }) => id),
    );
    this.#together ??= values !== undefined;
    this.#serve(batch, values);
  }

  #serve(asked: readonly Asked[], values?: Values): void {
    for (const { id, reading, answer } of asked) answer(this.#readOne(id, reading, values));
  }

  async #readOne(
    id: string,
    reading: Pick<Reading, 'known'>,
    values: Values | undefined,
  ): Promise<FoundSecret | undefined> {
    if (values?.absent.has(id)) return undefined;
    const value = values?.found.get(id);
    return readSecret(this.#aws, this.#region, id, value ? { value } : reading);
  }
}
