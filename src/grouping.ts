/** An array with at least one element. */
export type NonEmptyArray<T> = [T, ...T[]];

/** Groups items by name, in the order in which each name first appears. */
export function groupedBy<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<string, NonEmptyArray<T>> {
  const groups = new Map<string, NonEmptyArray<T>>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
