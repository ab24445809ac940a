import type { FoundSecret } from '../aws/secrets.ts';
import type { Conflict } from '../report/types.ts';
import { secretWords } from '../report/words/steps.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
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
    ...arns
      .filter((arn) => where.found.length > 0 && !where.found.some((secret) => secret.arn === arn))
      .map((arn) => conflict(words.otherArn(arn), words.otherArnHint)),
    ...going.flatMap(obstacleOf),
    ...flows
      .filter(({ secret }) => going.includes(secret))
      .map(({ secret, use: { flow, parts } }) =>
        conflict(
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
  if (ownedBy) return [conflict(secretWords.owned(name, region, ownedBy))];
  if (stack) return [conflict(words.ofStack(name, region, stack))];
  if (replicaOf) return [conflict(words.isReplica(name, region, replicaOf))];
  if (replicas) {
    return [conflict(words.replicated(name, region, replicas), words.replicatedHint(region, arn, replicas))];
  }
  return [];
}

function conflict(found: string, ...details: string[]): Conflict {
  return { found, details, choices: [] };
}
