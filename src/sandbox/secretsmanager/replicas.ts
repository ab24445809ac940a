import { partitionOfRegion } from '../partitions.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, list, required } from '../shapes.ts';
import { activeSecretOrThrow, changeOperation, isReplica } from './access.ts';
import { isKeyUsable } from './keys.ts';
import { invalidParameter, invalidRequest, region, replicaRegions, secretId } from './members.ts';
import type { Secret } from './store.ts';

interface ReplicaInput {
  Region?: string;
  KmsKeyId?: string;
}

/** Returns `ReplicationStatus` of a response; undefined if the secret has no replicas. */
export function replicationStatus(secret: Secret): object[] | undefined {
  if (secret.replicas.length === 0) return undefined;
  return secret.replicas.map((replica) => ({
    Region: replica.region,
    KmsKeyId: replica.kmsKeyId,
    Status: replica.status,
    StatusMessage: replica.statusMessage,
  }));
}

/**
 * Copies a secret to other Regions. If a Region already has a secret with that name, the replica there gets the status `Failed`,
 * unless `overwrite` is true.
 * @throws AwsError InvalidParameterException for a Region that cannot have a replica.
 */
export function addReplicas(
  call: Call,
  secret: Secret,
  replicaInputs: readonly ReplicaInput[],
  overwrite: boolean,
): void {
  const regions = replicaInputs.map((replica) => replica.Region ?? '');
  const invalidRegion = regions.find(
    (name) => partitionOfRegion(name) !== call.account.partition || name === '',
  );
  if (invalidRegion !== undefined) throw invalidParameter(`Invalid replica region: ${invalidRegion}.`);
  if (regions.includes(call.region)) throw invalidParameter('Invalid replica region.');
  secret.primaryRegion = call.region;
  for (const { Region = '', KmsKeyId } of replicaInputs) {
    addReplica(call, secret, Region, KmsKeyId, overwrite);
  }
}

function addReplica(
  call: Call,
  secret: Secret,
  regionName: string,
  kmsKeyId: string | undefined,
  overwrite: boolean,
): void {
  const store = call.account.secretsIn(regionName);
  const existing = store.byName(secret.name, call.now);
  let problem: string | undefined;
  if (existing && (!overwrite || existing.replicas.length > 0)) {
    problem = `Secret name ${secret.name} already exists in this region.`;
  } else if (!isKeyUsable(call, kmsKeyId, regionName)) {
    problem = 'The KMS key cannot be used.';
  }
  secret.replicas = secret.replicas.filter((replica) => replica.region !== regionName);
  secret.replicas.push({
    region: regionName,
    kmsKeyId: kmsKeyId ?? 'alias/aws/secretsmanager',
    status: problem === undefined ? 'InSync' : 'Failed',
    statusMessage: problem === undefined ? 'Replication succeeded' : `Replication failed: ${problem}`,
  });
  if (problem === undefined) store.addReplica(secret, call.region, kmsKeyId);
}

export const replicationOperations: Operations = {
  ReplicateSecretToRegions: changeOperation(
    'ReplicateSecretToRegions',
    { AddReplicaRegions: required(replicaRegions), ForceOverwriteReplicaSecret: flag },
    (secret, input, call) => {
      addReplicas(call, secret, input.AddReplicaRegions, input.ForceOverwriteReplicaSecret ?? false);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) };
    },
  ),
  RemoveRegionsFromReplication: changeOperation(
    'RemoveRegionsFromReplication',
    { RemoveReplicaRegions: required(list(region, { min: 1 })) },
    (secret, input, call) => {
      for (const regionName of input.RemoveReplicaRegions) removeReplica(call, secret, regionName);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) ?? [] };
    },
  ),
  StopReplicationToReplica: operation({ SecretId: secretId }, (call, input) => {
    const replica = activeSecretOrThrow(call, input.SecretId, 'StopReplicationToReplica');
    const primaryRegion = replica.primaryRegion;
    if (primaryRegion === undefined || !isReplica(call, replica)) {
      throw invalidRequest('You can only stop replication on a replica secret.');
    }
    const primary = call.account.secretsIn(primaryRegion).byName(replica.name, call.now);
    if (primary) removeReplicaEntry(primary, call.region);
    delete replica.primaryRegion;
    replica.versions = new Map([...replica.versions].map(([id, version]) => [id, { ...version }]));
    replica.tags = replica.tags && [...replica.tags];
    return { ARN: replica.arn };
  }),
};

function removeReplica(call: Call, secret: Secret, regionName: string): void {
  const replica = secret.replicas.find((candidate) => candidate.region === regionName);
  if (!replica) throw invalidParameter(`The secret is not replicated to ${regionName}.`);
  removeReplicaEntry(secret, regionName);
  const store = call.account.secretsIn(regionName);
  const replicaSecret = store.byName(secret.name, call.now);
  if (replicaSecret && replica.status === 'InSync') store.remove(replicaSecret);
}

function removeReplicaEntry(primary: Secret, regionName: string): void {
  primary.replicas = primary.replicas.filter((replica) => replica.region !== regionName);
  if (primary.replicas.length === 0) delete primary.primaryRegion;
}
