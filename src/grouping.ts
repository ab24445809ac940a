/** An array with at least one element. */
export type NonEmptyArray<T> = [T, ...T[]];

/** Groups items by name, in the order in which each name first appears. */
export function groupedBy<T>(
  things: Iterable<T>,
  nameOf: (thing: T) => string,
): Map<string, NonEmptyArray<T>> {
  const groups = new Map<string, NonEmptyArray<T>>();
  for (const thing of things) {
    const name = nameOf(thing);
    const group = groups.get(name);
    if (group) group.push(thing);
    else groups.set(name, [thing]);
  }
  return groups;
}
