/** Things of which at least one is there. */
export type NonEmptyArray<T> = [T, ...T[]];

/** Puts things together that have the same name, in the order in which the first of each came. */
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
