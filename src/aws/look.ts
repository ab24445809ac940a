import { Failure } from '../failure.ts';
import { isAboutCaller } from './secrets/find-in-regions.ts';

/** What a look at something has shown, or why it could not be looked at. */
export type Look<T> = { seen: T } | { unseen: Failure };

/**
 * Waits for a look at something. A failure is part of the answer, so that it hides nothing else.
 * @throws Failure when it is the caller's credentials that are wrong: no other look would be any better
 */
export async function look<T>(reading: Promise<T>): Promise<Look<T>> {
  try {
    return { seen: await reading };
  } catch (error) {
    if (error instanceof Failure && !isAboutCaller(error)) return { unseen: error };
    throw error;
  }
}

/** What was seen, if anything was. */
export function seenIn<T>(look: Look<T> | undefined): T | undefined {
  return look && 'seen' in look ? look.seen : undefined;
}
