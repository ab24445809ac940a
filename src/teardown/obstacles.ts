import type { SecretUser } from '../aws/secret-users.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { Conflict } from '../report/types.ts';
import { secretWords } from '../report/words/steps.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { userWords } from '../report/words/users.ts';
import { blockedBy } from '../steps/conflict.ts';
import { otherThanGiven } from '../steps/named-secret.ts';
import type { Findings, TargetPlan } from './types.ts';

/** What keeps a secret from being taken down. Nothing is in the way of one that stays anyway. */
export function obstacles(
  { target, secrets }: Pick<TargetPlan, 'target' | 'secrets'>,
  { users, identity }: Pick<Findings, 'users' | 'identity'>,
): Conflict[] {
  const going = secrets.flatMap(({ secret, fate }) => (fate === 'schedule' ? [secret] : []));
  return [
    ...otherThanGiven(target.arns, { found: secrets.map(({ secret }) => secret) }, identity),
    ...going.flatMap(obstacleOf),
    ...going.flatMap((secret) =>
      (users.get(secret.arn) ?? []).flatMap((user) => (user.disabled ? [] : [usedBy(secret, user)])),
    ),
  ];
}

function usedBy({ name, region }: FoundSecret, { kind, arn, places }: SecretUser): Conflict {
  return blockedBy(userWords.usedBy(name, region, kind, arn, places), userWords.usedByHint(kind));
}

function obstacleOf({ name, region, arn, ownedBy, stack, replicaOf, replicas }: FoundSecret): Conflict[] {
  if (ownedBy) return [blockedBy(secretWords.owned(name, region, ownedBy))];
  if (stack) return [blockedBy(words.ofStack(name, region, stack))];
  if (replicaOf) {
    const primary = arn.replace(`:secretsmanager:${region}:`, `:secretsmanager:${replicaOf}:`);
    return [
      blockedBy(words.isReplica(name, region, replicaOf), words.replicatedHint(replicaOf, primary, [region])),
    ];
  }
  if (replicas) {
    return [blockedBy(words.replicated(name, region, replicas), words.replicatedHint(region, arn, replicas))];
  }
  return [];
}
