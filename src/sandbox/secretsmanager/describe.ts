import { type Operations, operation } from '../service.ts';
import { findSecret } from './access.ts';
import { secretId } from './members.ts';
import { replicationStatus } from './replicas.ts';
import { nextRotation } from './rotation.ts';
import type { Secret } from './store.ts';

/** DescribeSecret. It works on a secret that is scheduled for deletion too. */
export const describing: Operations = {
  DescribeSecret: operation({ SecretId: secretId }, (call, input) => {
    const secret = findSecret(call, input.SecretId, 'DescribeSecret');
    return {
      ...commonEntry(secret),
      VersionIdsToStages: stagesById(secret),
      ReplicationStatus: replicationStatus(secret),
    };
  }),
};

/** What DescribeSecret and ListSecrets both tell of a secret. */
export function commonEntry(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Type: secret.type,
    Description: secret.description || undefined,
    KmsKeyId: secret.kmsKeyId || undefined,
    RotationEnabled: secret.rotation?.enabled,
    RotationLambdaARN: secret.rotation?.lambdaArn,
    RotationRules: secret.rotation?.rules,
    LastRotatedDate: dateOrNone(secret.rotation?.rotatedAt),
    NextRotationDate: dateOrNone(nextRotation(secret)),
    LastChangedDate: new Date(secret.changedAt),
    LastAccessedDate: dateOrNone(secret.accessedAt),
    DeletedDate: dateOrNone(secret.deletedAt),
    Tags: secret.tags,
    OwningService: secret.owningService,
    CreatedDate: new Date(secret.createdAt),
    PrimaryRegion: secret.primaryRegion,
  };
}

/** The versions that have a staging label; undefined for a secret without a value. */
export function stagesById(secret: Secret): Record<string, string[]> | undefined {
  const labelled = [...secret.versions.values()].filter((version) => version.stages.length > 0);
  return labelled.length === 0
    ? undefined
    : Object.fromEntries(labelled.map((version) => [version.id, version.stages]));
}

function dateOrNone(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}
