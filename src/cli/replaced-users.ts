import { allSettledOrThrow } from '../aws/requests/concurrency.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import { userMessages as messages } from '../aws/secrets/messages.ts';
import { findUsers, reasonUnseen, type SecretUser } from '../aws/secrets/users.ts';
import type { Identity } from '../aws/session.ts';
import { misfits } from '../checks/verify/flow/key-users.ts';
import type { VerifyCheck } from '../checks/verify/result.ts';
import type { KeyMaterial } from '../key/index.ts';
import { HTTP } from '../limits.ts';
import type { Conflict } from '../plan-types.ts';
import { conflictWithoutChoices } from '../steps/conflict.ts';
import { groupedBy } from '../text.ts';
import type { CommandRun } from './run-command.ts';

/** Secrets that get a new value, and their new key. */
export interface ReplacedSecrets {
  secrets: SecretState[];
  key: KeyMaterial | undefined;
}

/** The users of the secrets of one key. */
export interface UsersOfKey {
  /** Sentences that name the users, and say which have to be updated. */
  warnings: string[];
  /** Users that can't use the new key even after an update. */
  conflicts: Conflict[];
  /** What has to be updated before it can use the new key: checks with the verdict `warning`. */
  outdated: VerifyCheck[];
}

/**
 * Finds the users of the secrets whose values a run replaces, and checks each user against the new key. Users that can't be read
 * don't stop the run.
 * @param isRollback true if the run restores an earlier key; a user that can't use that key is then no conflict
 * @returns the users of each key, and sentences about the users that could not be read
 */
export async function usersOfReplaced(
  { aws, progress }: Pick<CommandRun, 'aws' | 'progress'>,
  replaced: ReplacedSecrets[],
  { isRollback = false }: { isRollback?: boolean } = {},
): Promise<{ keys: UsersOfKey[]; unseen: string[] }> {
  const keys = replaced.map((): UsersOfKey => ({ warnings: [], conflicts: [], outdated: [] }));
  const replacements = replaced.flatMap(({ secrets, key }, index) =>
    secrets.flatMap(withReplicas).map((secret) => ({ secret, key, usersOfKey: keys[index] })),
  );
  if (replacements.length === 0) return { keys, unseen: [] };
  progress.start(messages.lookingForUsers);
  const identity = await aws.identity();
  const searches = [...groupedBy(replacements, ({ secret }) => secret.region)].map(
    async ([region, inRegion]) => {
      const arns = inRegion.map(({ secret }) => secret.arn);
      const { users, unseen } = await findUsers(aws, region, arns, { limitMs: HTTP.searchLimitMs });
      for (const { secret, key, usersOfKey } of inRegion)
        for (const user of users.get(secret.arn) ?? [])
          if (usersOfKey) addUser(usersOfKey, user, { secret, key, isRollback, identity });
      return unseen.map(({ kind, failure }) => ({
        region,
        kind,
        why: reasonUnseen(failure) ?? failure.message.replace(/\.$/, ''),
      }));
    },
  );
  const unseen = await allSettledOrThrow(searches);
  progress.stop();
  return { keys, unseen: messages.couldNotCheck(unseen.flat(), messages.readsNew) };
}

/** A secret whose value is replaced. */
interface Replacement {
  secret: SecretState;
  /** Undefined if the new key isn't known yet. */
  key: KeyMaterial | undefined;
  isRollback: boolean;
  identity: Identity;
}

function addUser(
  { warnings, conflicts, outdated }: UsersOfKey,
  user: SecretUser,
  { secret, key, isRollback, identity }: Replacement,
): void {
  const { kind, arn, places, disabled, resource } = user;
  const { name, region } = secret;
  const sentence = disabled ? messages.namedBy : messages.willRead;
  warnings.push(sentence(name, region, kind, arn, places));
  for (const { check, isFixedByUpdate } of key ? misfits(resource, { secret, key, identity }) : []) {
    const cannotUse = messages.cannotUse(kind, arn, check.detail);
    if (isFixedByUpdate || isRollback) {
      outdated.push(check);
      warnings.push(isFixedByUpdate ? `${cannotUse} ${messages.updateAfter(kind, arn)}` : cannotUse);
    } else conflicts.push(conflictWithoutChoices(cannotUse, check.remedy ?? ''));
  }
}

/** Returns the secret and its replicas, which also get its new value. The ARN of a replica differs only in the Region. */
function withReplicas(primary: SecretState): SecretState[] {
  const { arn, replicas = [] } = primary;
  const copies = replicas.map((region) => ({
    ...primary,
    region,
    arn: arn.replace(`:${primary.region}:`, `:${region}:`),
  }));
  return [primary, ...copies];
}
