import { parseSecretArn } from '../aws/arn.ts';
import type { SecretLocations } from '../aws/secrets/find-in-regions.ts';
import { namedSecretMessages as messages } from '../aws/secrets/messages.ts';
import type { Identity } from '../aws/session.ts';
import type { Conflict } from '../plan-types.ts';
import { conflictWithoutChoices } from './conflict.ts';
import { secretMessages } from './store-secret/messages.ts';

/**
 * Returns conflicts for requested ARNs that none of the secrets found has: ARNs of a different account, and ARNs whose name now
 * belongs to a secret with another ARN, such as after a deletion.
 */
export function arnConflicts(
  arns: string[],
  { found }: Pick<SecretLocations, 'found'>,
  { account }: Pick<Identity, 'account'>,
): Conflict[] {
  return arns
    .filter((arn) => !found.some((secret) => secret.arn === arn))
    .flatMap((arn) => {
      if (parseSecretArn(arn)?.account !== account)
        return [conflictWithoutChoices(secretMessages.foreignArn(arn, account))];
      return found.length > 0 ? [conflictWithoutChoices(messages.otherArn(arn), messages.copyArn)] : [];
    });
}

/** Returns a warning with the Regions that could not be searched for the secret. */
export function skippedRegionWarnings({ unreadable }: SecretLocations): string[] {
  return unreadable.length > 0 ? [messages.unseen(unreadable)] : [];
}

/**
 * Returns a warning that a command acts on a secret only in some Regions.
 * @param regions the Regions that the user named; none means all Regions that have the secret
 */
export function regionWarnings(regions: string[]): string[] {
  return regions.length > 0 ? [messages.onlyThere(regions)] : [];
}
