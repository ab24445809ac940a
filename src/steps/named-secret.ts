import type { Whereabouts } from '../aws/everywhere.ts';
import type { Conflict } from '../report/types.ts';
import { namedSecretWords as words } from '../report/words/named-secret.ts';
import { blockedBy } from './conflict.ts';

/** ARNs that were given and are not those of what was found: a name can be given again after a deletion. */
export function otherThanGiven(arns: string[], { found }: Pick<Whereabouts, 'found'>): Conflict[] {
  return arns
    .filter((arn) => found.length > 0 && !found.some((secret) => secret.arn === arn))
    .map((arn) => blockedBy(words.otherArn(arn), words.copyArn));
}

/** In which Regions it could not be seen whether the secret lives there. */
export function unseenWarnings({ unseen }: Whereabouts): string[] {
  return unseen.length > 0 ? [words.unseen(unseen)] : [];
}

/**
 * That a command acts on a secret in some Regions only.
 * @param regions those that were named; none means every Region it lives in
 */
export function regionWarnings(regions: string[]): string[] {
  return regions.length > 0 ? [words.onlyThere(regions)] : [];
}
