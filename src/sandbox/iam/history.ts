import { isDeepStrictEqual } from 'node:util';

const RETENTION_MS = 2 * 60 * 1000;

interface TimelineEntry<T> {
  readonly visibleAt: number;
  /** Undefined if the entry was deleted. */
  readonly value: T | undefined;
}

/**
 * The history of a map's entries. Each entry has its own timeline, because each change propagates separately. A write to one role
 * does not make a slow write to another role visible. Times are milliseconds on the clock of `performance.now()`.
 */
export class History<T> {
  /** Each timeline in the order of the writes. Of its visible entries, the last one counts, and includes the writes before it. */
  readonly #timelines = new Map<string, TimelineEntry<T>[]>();

  /** @param initial the entries that count as having always existed. */
  constructor(initial: ReadonlyMap<string, T>) {
    this.record(initial, Number.NEGATIVE_INFINITY);
  }

  /**
   * Records what has changed in the map since the last call.
   * @param visibleAt when the changes become visible.
   */
  record(current: ReadonlyMap<string, T>, visibleAt: number): void {
    for (const key of new Set([...this.#timelines.keys(), ...current.keys()])) {
      const timeline = this.#timelines.get(key) ?? [];
      const value = current.get(key);
      if (!isDeepStrictEqual(timeline.at(-1)?.value, value)) {
        this.#timelines.set(key, [...timeline, { visibleAt, value: structuredClone(value) }]);
      }
    }
  }

  /** Returns the map as it was visible at a time. */
  asOf(time: number): Map<string, T> {
    const visible = new Map<string, T>();
    for (const [key, timeline] of this.#timelines) {
      const value = timeline.findLast((entry) => entry.visibleAt <= time)?.value;
      if (value !== undefined) visible.set(key, value);
    }
    return visible;
  }

  /** Drops entries that are too old to be read. */
  prune(now: number): void {
    const cutoff = now - RETENTION_MS;
    for (const [key, timeline] of this.#timelines) {
      const firstNeeded = timeline.findLastIndex((entry) => entry.visibleAt <= cutoff);
      const keptEntries = timeline.slice(Math.max(0, firstNeeded));
      // A deletion that is older than the cutoff leaves nothing to remember.
      if (keptEntries.length === 1 && keptEntries[0]?.value === undefined && firstNeeded >= 0) {
        this.#timelines.delete(key);
      } else {
        this.#timelines.set(key, keptEntries);
      }
    }
  }
}
