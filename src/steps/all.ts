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
