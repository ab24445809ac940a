import type { QuotaName } from '../quotas.ts';

/** The operations that AWS counts together. Source: "AWS Secrets Manager quotas" in its user guide. */
const COUNTED: { readonly [name in QuotaName]?: readonly string[] } = {
  secretCreationsPerSecond: ['CreateSecret'],
  secretDeletionsPerSecond: ['DeleteSecret'],
  secretRestorationsPerSecond: ['RestoreSecret'],
  secretUpdatesPerSecond: [
    'PutSecretValue',
    'UpdateSecret',
    'UpdateSecretVersionStage',
    'ReplicateSecretToRegions',
    'RemoveRegionsFromReplication',
    'StopReplicationToReplica',
  ],
  secretTaggingsPerSecond: ['TagResource', 'UntagResource'],
  secretPolicyRequestsPerSecond: ['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy'],
  secretRotationsPerSecond: ['RotateSecret', 'CancelRotateSecret'],
  secretDescriptionsPerSecond: ['DescribeSecret'],
  secretReadsPerSecond: ['GetSecretValue'],
  batchReadsPerSecond: ['BatchGetSecretValue'],
  secretListingsPerSecond: ['ListSecrets'],
  versionListingsPerSecond: ['ListSecretVersionIds'],
};

/** The quotas that a request of this operation counts against. */
export function quotasOn(action: string): readonly QuotaName[] {
  return QUOTAS.get(action) ?? [];
}

const QUOTAS = new Map<string, QuotaName[]>(
  Object.entries(COUNTED).flatMap(([name, actions]) =>
    actions.map((action): [string, QuotaName[]] => [action, [name as QuotaName]]),
  ),
);
