import { Failure, isCredentialFailure } from '../failure.ts';
/** A value that was read, or the failure that kept it from being read. */
export type Observed<T> = { seen: T } | { unseen: Failure };

/**
 * Awaits a read. A failure becomes part of the result, so that it doesn't hide other results.
 * @throws Failure if the caller's credentials are invalid, because all other reads would fail too
 */
export async function observed<T>(reading: Promise<T>): Promise<Observed<T>> {
  try {
    return { seen: await reading };
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return { unseen: error };
    throw error;
  }
}

/** Returns the value if it was read. */
export function seenIn<T>(observed: Observed<T> | undefined): T | undefined {
  return observed && 'seen' in observed ? observed.seen : undefined;
}
