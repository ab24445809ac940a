/**
 * Waits for all, also after one has failed, so that nothing is left under way; then throws the first failure, if any.
 */
export async function allOrFirstFailure<T>(running: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(running);
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/**
 * Does a piece of work for each item, at most `limit` at once, and answers the results in the order of the items. When one
 * fails, no further one is begun, and those under way are waited for.
 * @throws what a piece of work that failed has thrown
 */
export async function atMost<T, R>(
  limit: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const worker = async () => {
    for (const [at, item] of waiting) {
      if (failed) return;
      try {
        results[at] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await allOrFirstFailure(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
