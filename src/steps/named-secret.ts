import { parseSecretArn } from '../aws/arn.ts';
import type { Whereabouts } from '../aws/secrets/find-in-regions.ts';
import { namedSecretWords as words } from '../aws/secrets/messages.ts';
import type { Identity } from '../aws/session.ts';
import type { Conflict } from '../plan-types.ts';
import { blockedBy } from './conflict.ts';
import { secretWords } from './messages.ts';

/**
 * ARNs that were given and are not those of what was found: those of another account, and others of its name, which can be
 * given again after a deletion.
 */
export function otherThanGiven(
  arns: string[],
  { found }: Pick<Whereabouts, 'found'>,
  { account }: Pick<Identity, 'account'>,
): Conflict[] {
  return arns
    .filter((arn) => !found.some((secret) => secret.arn === arn))
    .flatMap((arn) => {
      if (parseSecretArn(arn)?.account !== account) return [blockedBy(secretWords.foreignArn(arn, account))];
      return found.length > 0 ? [blockedBy(words.otherArn(arn), words.copyArn)] : [];
    });
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
