import type { FoundSecret } from '../aws/secrets.ts';
import type { Conflict } from '../report/types.ts';
import { secretWords } from '../report/words/steps.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { blockedBy } from '../steps/conflict.ts';
import { otherThanGiven } from '../steps/named-secret.ts';
import type { Findings, TeardownRequest } from './types.ts';

/**
 * What keeps the secret from being taken down.
 * @param staying the Regions where it stays anyway, so that nothing is in the way
 */
export function obstacles(
  { arns }: TeardownRequest,
  { where, flows }: Findings,
  staying: string[],
): Conflict[] {
  const going = where.found.filter(({ region, deletedAt }) => !deletedAt && !staying.includes(region));
  return [
    ...otherThanGiven(arns, where),
    ...going.flatMap(obstacleOf),
    ...flows
      .filter(({ secret }) => going.includes(secret))
      .map(({ secret, use: { flow, parts } }) =>
        blockedBy(
          words.usedByFlow(
            secret.name,
            secret.region,
            flow.arn,
            parts.map(({ kind, name }) => `${kind} ${name}`),
          ),
          words.usedByFlowHint,
        ),
      ),
  ];
}

function obstacleOf({ name, region, arn, ownedBy, stack, replicaOf, replicas }: FoundSecret): Conflict[] {
  if (ownedBy) return [blockedBy(secretWords.owned(name, region, ownedBy))];
  if (stack) return [blockedBy(words.ofStack(name, region, stack))];
  if (replicaOf) return [blockedBy(words.isReplica(name, region, replicaOf))];
  if (replicas) {
    return [blockedBy(words.replicated(name, region, replicas), words.replicatedHint(region, arn, replicas))];
  }
  return [];
}
