import { Failure, isCredentialFailure } from '../failure.ts';
/** What a look at something has shown, or why it could not be looked at. */
export type Observed<T> = { seen: T } | { unseen: Failure };

/**
 * Waits for a look at something. A failure is part of the answer, so that it hides nothing else.
 * @throws Failure when it is the caller's credentials that are wrong: no other look would be any better
 */
export async function observed<T>(reading: Promise<T>): Promise<Observed<T>> {
  try {
    return { seen: await reading };
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return { unseen: error };
    throw error;
  }
}

/** What was seen, if anything was. */
export function seenIn<T>(observed: Observed<T> | undefined): T | undefined {
  return observed && 'seen' in observed ? observed.seen : undefined;
}
