import type { SecretLocations } from '../../aws/secrets/find-in-regions.ts';
import type { SecretState } from '../../aws/secrets/index.ts';
import { checkStoredKey, type KeyMaterial, type KeyRules } from '../../key/index.ts';
import type { Conflict } from '../../plan-types.ts';
import { blockedBy } from '../../steps/conflict.ts';
import { secretMessages } from '../../steps/store-secret/messages.ts';
import { rotateMessages as messages } from './messages.ts';

/**
 * Returns what prevents a new value for the secrets with one name.
 * @param regions the Regions that the user named; all of them must have the secret
 */
export function obstacles(name: string, regions: string[], { found, absent }: SecretLocations): Conflict[] {
  if (found.length === 0 && regions.length === 0)
    return [blockedBy(messages.nowhere(name), messages.nowhereHint)];
  const missing = regions.filter((region) => absent.includes(region));
  return [
    ...missing.map((region) => blockedBy(messages.absent(name, region), messages.absentHint(name, region))),
    ...found.flatMap((secret) => obstacleOf(secret, found)),
  ];
}

function obstacleOf(secret: SecretState, foundSecrets: SecretState[]): Conflict[] {
  const { name, region, owningService, replicaOf, deletedAt } = secret;
  if (owningService) return [blockedBy(secretMessages.owned(name, region, owningService))];
  if (deletedAt)
    return [blockedBy(messages.deleted(name, region, deletedAt), messages.deletedHint(region, secret.arn))];
  const hasPrimary = foundSecrets.some((other) => other.region === replicaOf);
  if (replicaOf && !hasPrimary) {
    return [blockedBy(secretMessages.replica(name, region, replicaOf), messages.primaryHint(replicaOf))];
  }
  return [];
}

/** Returns the secrets that can be written, without replicas, to which Secrets Manager copies each new value. */
export function primaries(found: SecretState[]): SecretState[] {
  return found.filter(({ replicaOf }) => replicaOf === undefined);
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

/** Returns warnings before the key of an earlier version becomes the current one again. */
export function rollbackWarnings(secrets: SecretState[], key: KeyMaterial, rules: KeyRules): string[] {
  const isUsable = checkStoredKey(key, { keyType: rules.keyType }).length === 0;
  return isUsable ? changeWarnings(secrets, key, rules) : [messages.willBeUnusable];
}
