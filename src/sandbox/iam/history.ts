import { isDeepStrictEqual } from 'node:util';

/** How far back the past can be asked for, in milliseconds. */
const KEPT_MS = 2 * 60 * 1000;

interface Remembered<T> {
  readonly visibleAt: number;
  /** Undefined where it was deleted. */
  readonly value: T | undefined;
}

/**
 * What became of a map's entries over time. Each entry has its own time-line, because each spreads at its own pace: a write to
 * one role does not make a slow one to another visible. Times are milliseconds on the clock of `performance.now()`.
 */
export class History<T> {
  /** In the order of writing. Of the writes that are visible, the last one counts, and it has those before it in it. */
  readonly #timelines = new Map<string, Remembered<T>[]>();

  /** @param initial what was always there, as far as this history can tell. */
  constructor(initial: ReadonlyMap<string, T>) {
    this.record(initial, Number.NEGATIVE_INFINITY);
  }

  /** Notes what has changed in the map since the last time, as visible from a time on. */
  record(live: ReadonlyMap<string, T>, visibleAt: number): void {
    for (const key of new Set([...this.#timelines.keys(), ...live.keys()])) {
      const timeline = this.#timelines.get(key) ?? [];
      const value = live.get(key);
      if (!isDeepStrictEqual(timeline.at(-1)?.value, value)) {
        this.#timelines.set(key, [...timeline, { visibleAt, value: structuredClone(value) }]);
      }
    }
  }

  /** The map as it was visible at a time. */
  at(time: number): Map<string, T> {
    const visible = new Map<string, T>();
    for (const [key, timeline] of this.#timelines) {
      const value = timeline.findLast((entry) => entry.visibleAt <= time)?.value;
      if (value !== undefined) {
        visible.set(key, value);
      }
    }
    return visible;
  }

  /** Drops what nobody can ask for any more. */
  prune(now: number): void {
    const oldest = now - KEPT_MS;
    for (const [key, timeline] of this.#timelines) {
      const first = timeline.findLastIndex((entry) => entry.visibleAt <= oldest);
      const kept = timeline.slice(Math.max(0, first));
      if (kept.length === 1 && kept[0]?.value === undefined && first >= 0) {
        this.#timelines.delete(key);
      } else {
        this.#timelines.set(key, kept);
      }
    }
  }
}
