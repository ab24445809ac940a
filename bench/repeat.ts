/** One thing to measure: makes a single measurement and answers the figure. */
export type Sample = () => Promise<number>;

/** What came of measuring one thing against another. */
export interface Comparison {
  /** The median of the ratios, one of each round. */
  ratio: number;
  /** The median of what was measured. */
  figure: number;
  /** The median of what it was measured against. */
  yardstick: number;
}

/**
 * Measures things against a yardstick, in turn (A B C A B C …), and divides within each round, so that whatever else the
 * machine does falls on both alike. The first round is not counted: it warms the file system's cache.
 */
export async function compare<K extends string>(
  rounds: number,
  yardstick: Sample,
  samples: Record<K, Sample>,
): Promise<Record<K, Comparison>> {
  const names = Object.keys(samples) as K[];
  const taken: { base: number; figures: Record<string, number> }[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const base = await yardstick();
    const figures: Record<string, number> = {};
    for (const name of names) figures[name] = await samples[name]();
    if (round > 0) taken.push({ base, figures });
  }
  const middle = (pick: (base: number, figure: number) => number, name: K) =>
    median(taken.map(({ base, figures }) => pick(base, figures[name] ?? Number.NaN)));
  const comparison = (name: K): Comparison => ({
    ratio: middle((base, figure) => figure / base, name),
    figure: middle((_, figure) => figure, name),
    yardstick: middle((base) => base, name),
  });
  return Object.fromEntries(names.map((name) => [name, comparison(name)])) as Record<K, Comparison>;
}

/** The middle one of some figures; of an even number of them, the lower of the two in the middle. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
