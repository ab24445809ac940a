import type { SecretLocations } from '../../aws/secrets/find-in-regions.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { checkStoredKey, type KeyMaterial, type KeyRules } from '../../key/index.ts';
import type { Conflict } from '../../plan-types.ts';
import { conflictWithoutChoices } from '../../steps/conflict.ts';
import { secretMessages } from '../../steps/store-secret/messages.ts';
import { rotateMessages as messages } from './messages.ts';

/**
 * Returns the conflicts that prevent a new value for the secrets with one name.
 * @param regions the Regions that the user named; all of them must have the secret
 */
export function rotationConflicts(
  name: string,
  regions: string[],
  { found, absent }: SecretLocations,
): Conflict[] {
  if (found.length === 0 && regions.length === 0)
    return [conflictWithoutChoices(messages.nowhere(name), messages.nowhereHint())];
  const missing = regions.filter((region) => absent.includes(region));
  return [
    ...missing.map((region) =>
      conflictWithoutChoices(messages.absent(name, region), messages.absentHint(name, region)),
    ),
    ...found.flatMap((secret) => conflictsOf(secret, found)),
  ];
}

function conflictsOf(secret: SecretState, foundSecrets: SecretState[]): Conflict[] {
  const { name, region, owningService, primaryRegion, deletedAt } = secret;
  if (owningService) return [conflictWithoutChoices(secretMessages.owned(name, region, owningService))];
  if (deletedAt)
    return [
      conflictWithoutChoices(
        messages.deleted(name, region, deletedAt),
        messages.deletedHint(region, secret.arn),
      ),
    ];
  const hasPrimary = foundSecrets.some((other) => other.region === primaryRegion);
  if (primaryRegion && !hasPrimary)
    return [
      conflictWithoutChoices(
        secretMessages.replica(name, region, primaryRegion),
        messages.primaryHint(primaryRegion),
      ),
    ];
  return [];
}

/** Returns the secrets without the replicas, to which Secrets Manager copies each new value. */
export function withoutReplicas(found: SecretState[]): SecretState[] {
  return found.filter(({ primaryRegion }) => primaryRegion === undefined);
}

/** Returns warnings about the change from the old key to the new one. */
export function changeWarnings(secrets: SecretState[], key: KeyMaterial, rules: KeyRules): string[] {
  const oldKeys = secrets.flatMap(({ content }) => (content.kind === 'text' ? [content.key] : []));
  const usableKeys = oldKeys.filter((old) => checkStoredKey(old, { keyType: rules.keyType }).length === 0);
  const undecryptableCount = secrets.filter((secret) => secret.undecryptable).length;
  const hasOtherLength =
    rules.keyType === 'static-key' && usableKeys.some((old) => old.length !== key.length);
  return [
    ...(undecryptableCount > 0 ? [messages.wasHidden] : []),
    ...(usableKeys.length < secrets.length - undecryptableCount ? [messages.wasUnusable] : []),
    ...(hasOtherLength ? [messages.otherAlgorithm] : []),
  ];
}

/** Returns warnings about the change from the current key back to an earlier one. */
export function rollbackWarnings(secrets: SecretState[], key: KeyMaterial, rules: KeyRules): string[] {
  const isUsable = checkStoredKey(key, { keyType: rules.keyType }).length === 0;
  return isUsable ? changeWarnings(secrets, key, rules) : [messages.willBeUnusable];
}
