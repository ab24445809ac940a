import { allSettledOrThrow } from '../aws/requests/concurrency.ts';
import type { SecretState } from '../aws/secrets/index.ts';
import { userMessages as messages } from '../aws/secrets/messages.ts';
import { findUsers, reasonUnseen, type SecretUser } from '../aws/secrets/users.ts';
import type { Identity } from '../aws/session.ts';
import { misfits } from '../checks/verify/flow/key-users.ts';
import type { VerifyCheck } from '../checks/verify/result.ts';
import { groupedBy } from '../grouping.ts';
import type { KeyMaterial } from '../key/index.ts';
import { HTTP } from '../limits.ts';
import type { Conflict } from '../plan-types.ts';
import { blockedBy } from '../steps/conflict.ts';
import type { CommandRun } from './run-command.ts';

/** Secrets that get a new value, and their new key. */
export interface Replaced {
  secrets: SecretState[];
  key: KeyMaterial | undefined;
}

/** The users of the secrets of one key. */
export interface UsersOfKey {
  /** Sentences that name them, and say which have to be updated. */
  warnings: string[];
  /** Users that can't use the new key even after an update. */
  conflicts: Conflict[];
  /** What has to be updated before it can use the new key: checks with the verdict `warning`. */
  outdated: VerifyCheck[];
}

/** The users of the secrets whose values a run replaces. */
export interface UsersOfReplaced {
  /** One item for each key. */
  keys: UsersOfKey[];
  /** Sentences about what could not be read. */
  unseen: string[];
}

/**
 * Finds the users of the secrets whose values a run replaces, and checks each user against the new key. Something that can't be
 * read doesn't stop the run.
 * @param isBack true if an earlier key is restored; a user that can't use it is then no conflict
 */
export async function usersOfReplaced(
  { aws, progress }: Pick<CommandRun, 'aws' | 'progress'>,
  replaced: Replaced[],
  { isBack = false }: { isBack?: boolean } = {},
): Promise<UsersOfReplaced> {
  const keys = replaced.map((): UsersOfKey => ({ warnings: [], conflicts: [], outdated: [] }));
  const all = replaced.flatMap(({ secrets, key }, place) =>
    secrets.flatMap(withReplicas).map((secret) => ({ secret, key, of: keys[place] })),
  );
  if (all.length === 0) return { keys, unseen: [] };
  progress.start(messages.looking);
  const identity = await aws.identity();
  const looks = [...groupedBy(all, ({ secret }) => secret.region)].map(async ([region, some]) => {
    const arns = some.map(({ secret }) => secret.arn);
    const { users, unseen } = await findUsers(aws, region, arns, { limitMs: HTTP.searchLimitMs });
    for (const { secret, key, of } of some)
      for (const user of users.get(secret.arn) ?? [])
        if (of) add(of, user, { secret, key, isBack, identity });
    return unseen.map(({ kind, failure }) => ({
      region,
      kind,
      why: reasonUnseen(failure) ?? failure.message.replace(/\.$/, ''),
    }));
  });
  const unseen = await allSettledOrThrow(looks);
  progress.stop();
  return { keys, unseen: messages.unknown(unseen.flat(), messages.readsNew) };
}

/** A secret whose value is replaced. `key` is undefined if it isn't known yet. */
interface Replacement {
  secret: SecretState;
  key: KeyMaterial | undefined;
  isBack: boolean;
  identity: Identity;
}

function add(
  { warnings, conflicts, outdated }: UsersOfKey,
  user: SecretUser,
  { secret, key, isBack, identity }: Replacement,
): void {
  const { kind, arn, places, disabled, found } = user;
  const { name, region } = secret;
  const sentence = disabled ? messages.namedBy : messages.willRead;
  warnings.push(sentence(name, region, kind, arn, places));
  for (const { check, canFollow } of key ? misfits(found, { secret, key, identity }) : []) {
    const cannotUse = messages.cannotUse(kind, arn, check.detail);
    if (!canFollow && !isBack) {
      conflicts.push(blockedBy(cannotUse, check.remedy ?? ''));
      continue;
    }
    outdated.push(check);
    warnings.push(canFollow ? `${cannotUse} ${messages.updateAfter(kind, arn)}` : cannotUse);
  }
}

/** Replicas of a secret also get its new value. Their ARNs differ only in the Region. */
function withReplicas(secret: SecretState): SecretState[] {
  const { region, arn, replicas = [] } = secret;
  const copies = replicas.map((other) => ({
    ...secret,
    region: other,
    arn: arn.replace(`:${region}:`, `:${other}:`),
  }));
  return [secret, ...copies];
}
