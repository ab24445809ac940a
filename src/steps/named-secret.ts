import { parseSecretArn } from '../aws/arn.ts';
import type { SecretLocations } from '../aws/secrets/find-in-regions.ts';
import { namedSecretMessages as messages } from '../aws/secrets/messages.ts';
import type { Identity } from '../aws/session.ts';
import type { Conflict } from '../plan-types.ts';
import { blockedBy } from './conflict.ts';
import { secretMessages } from './messages.ts';

/**
 * ARNs that were given and are not those of what was found: those of another account, and others of its name, which can be
 * given again after a deletion.
 */
export function otherThanGiven(
  arns: string[],
  { found }: Pick<SecretLocations, 'found'>,
  { account }: Pick<Identity, 'account'>,
): Conflict[] {
  return arns
    .filter((arn) => !found.some((secret) => secret.arn === arn))
    .flatMap((arn) => {
      if (parseSecretArn(arn)?.account !== account)
        return [blockedBy(secretMessages.foreignArn(arn, account))];
      return found.length > 0 ? [blockedBy(messages.otherArn(arn), messages.copyArn)] : [];
    });
}

/** In which Regions it could not be seen whether the secret lives there. */
export function unseenWarnings({ unseen }: SecretLocations): string[] {
  return unseen.length > 0 ? [messages.unseen(unseen)] : [];
}

/**
 * That a command acts on a secret in some Regions only.
 * @param regions those that were named; none means every Region it lives in
 */
export function regionWarnings(regions: string[]): string[] {
  return regions.length > 0 ? [messages.onlyThere(regions)] : [];
}
