/** More lines of one kind than this nobody reads; they are folded. */
export const MOST_LINES = 20;

/** Things of which at least one is there. */
export type Some<T> = [T, ...T[]];

/**
 * Puts things of which the same is to be said together, in the order in which the first of each came.
 * @param alike what is the same of things that belong together; absent where each stands for itself
 */
export function folded<T>(things: T[], alike: ((thing: T) => string) | undefined): Some<T>[] {
  if (!alike) return things.map((thing) => [thing]);
  const groups = new Map<string, Some<T>>();
  for (const thing of things) {
    const group = groups.get(alike(thing));
    if (group) group.push(thing);
    else groups.set(alike(thing), [thing]);
  }
  return [...groups.values()];
}
