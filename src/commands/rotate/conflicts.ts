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

function obstacleOf(secret: SecretState, all: SecretState[]): Conflict[] {
  const { name, region, ownedBy, replicaOf, deletedAt } = secret;
  if (ownedBy) return [blockedBy(secretMessages.owned(name, region, ownedBy))];
  if (deletedAt)
    return [blockedBy(messages.deleted(name, region, deletedAt), messages.deletedHint(region, secret.arn))];
  const hasPrimary = all.some((other) => other.region === replicaOf);
  if (replicaOf && !hasPrimary) {
    return [blockedBy(secretMessages.replica(name, region, replicaOf), messages.primaryHint(replicaOf))];
  }
  return [];
}

/** Returns the secrets that can be written. The others are replicas, which follow. */
export function primaries(found: SecretState[]): SecretState[] {
  return found.filter(({ replicaOf }) => replicaOf === undefined);
}

/** Returns warnings about the change from the old key to the new one. */
export function changeWarnings(secrets: SecretState[], key: KeyMaterial, rules: KeyRules): string[] {
  const old = secrets.flatMap(({ content }) => (content.kind === 'text' ? [content.key] : []));
  const usable = old.filter((each) => checkStoredKey(each, { keyType: rules.keyType }).length === 0);
  const hidden = secrets.filter((secret) => secret.hidden).length;
  const otherLength = rules.keyType === 'static-key' && usable.some((each) => each.length !== key.length);
  return [
    ...(hidden > 0 ? [messages.wasHidden] : []),
    ...(usable.length < secrets.length - hidden ? [messages.wasUnusable] : []),
    ...(otherLength ? [messages.otherAlgorithm] : []),
  ];
}

/** Returns warnings before the key of an earlier version becomes the current one again. */
export function rollbackWarnings(secrets: SecretState[], key: KeyMaterial, rules: KeyRules): string[] {
  const usable = checkStoredKey(key, { keyType: rules.keyType }).length === 0;
  return usable ? changeWarnings(secrets, key, rules) : [messages.willBeUnusable];
}
