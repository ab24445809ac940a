import { groupedBy, type Some } from '../grouping.ts';

/** More lines of one kind than this nobody reads; they are folded. */
export const MOST_LINES = 20;

/**
 * Puts things of which the same is to be said together, in the order in which the first of each came.
 * @param alike what is the same of things that belong together; absent where each stands for itself
 */
export function folded<T>(things: T[], alike: ((thing: T) => string) | undefined): Some<T>[] {
  return alike ? [...groupedBy(things, alike).values()] : things.map((thing) => [thing]);
}
