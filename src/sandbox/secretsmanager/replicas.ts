import { partitionOfRegion } from '../partitions.ts';
import { type Call, type Operations, operation } from '../service.ts';
import { flag, list, required } from '../shapes.ts';
import { change, isReplica, liveSecret } from './access.ts';
import { isUsable } from './keys.ts';
import { invalidParameter, invalidRequest, region, replicaRegions, secretId } from './members.ts';
import type { Secret } from './store.ts';

interface ReplicaInput {
  Region?: string;
  KmsKeyId?: string;
}

/** Returns what a response says about the replicas; undefined if there are none. */
export function replicationStatus(secret: Secret): object[] | undefined {
  if (secret.replicas.length === 0) {
    return undefined;
  }
  return secret.replicas.map((replica) => ({
    Region: replica.region,
    KmsKeyId: replica.kmsKeyId,
    Status: replica.status,
    StatusMessage: replica.statusMessage,
  }));
}

/**
 * Copies a secret to other Regions. If a secret with that name is in the way, the replica fails with a message, unless that
 * secret may be overwritten.
 * @throws AwsError InvalidParameterException for a Region that cannot have a replica.
 */
export function addReplicas(
  call: Call,
  secret: Secret,
  wanted: readonly ReplicaInput[],
  overwrite: boolean,
): void {
  const regions = wanted.map((replica) => replica.Region ?? '');
  const unusable = regions.find((name) => partitionOfRegion(name) !== call.world.partition || name === '');
  if (unusable !== undefined) {
    throw invalidParameter(`Invalid replica region: ${unusable}.`);
  }
  if (regions.includes(call.region)) {
    throw invalidParameter('Invalid replica region.');
  }
  secret.primaryRegion = call.region;
  for (const { Region = '', KmsKeyId } of wanted) {
    addReplica(call, secret, Region, KmsKeyId, overwrite);
  }
}

function addReplica(
  call: Call,
  secret: Secret,
  regionName: string,
  key: string | undefined,
  overwrite: boolean,
): void {
  const store = call.world.secretsIn(regionName);
  const present = store.byName(secret.name, call.now);
  const inTheWay = present !== undefined && (!overwrite || present.replicas.length > 0);
  const problem = inTheWay
    ? `Secret name ${secret.name} already exists in this region.`
    : isUsable(call, key, regionName)
      ? undefined
      : 'The KMS key cannot be used.';
  secret.replicas = secret.replicas.filter((replica) => replica.region !== regionName);
  secret.replicas.push({
    region: regionName,
    kmsKeyId: key ?? 'alias/aws/secretsmanager',
    status: problem === undefined ? 'InSync' : 'Failed',
    statusMessage: problem === undefined ? 'Replication succeeded' : `Replication failed: ${problem}`,
  });
  if (problem === undefined) {
    store.addReplica(secret, call.region, key);
  }
}

export const replication: Operations = {
  ReplicateSecretToRegions: change(
    'ReplicateSecretToRegions',
    { AddReplicaRegions: required(replicaRegions), ForceOverwriteReplicaSecret: flag },
    (secret, input, call) => {
      addReplicas(call, secret, input.AddReplicaRegions, input.ForceOverwriteReplicaSecret ?? false);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) };
    },
  ),
  RemoveRegionsFromReplication: change(
    'RemoveRegionsFromReplication',
    { RemoveReplicaRegions: required(list(region, { min: 1 })) },
    (secret, input, call) => {
      for (const name of input.RemoveReplicaRegions) {
        removeReplica(call, secret, name);
      }
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret) ?? [] };
    },
  ),
  StopReplicationToReplica: operation({ SecretId: secretId }, (call, input) => {
    const replica = liveSecret(call, input.SecretId, 'StopReplicationToReplica');
    const primaryRegion = replica.primaryRegion;
    if (primaryRegion === undefined || !isReplica(call, replica)) {
      throw invalidRequest('You can only stop replication on a replica secret.');
    }
    const primary = call.world.secretsIn(primaryRegion).byName(replica.name, call.now);
    if (primary) {
      forget(primary, call.region);
    }
    delete replica.primaryRegion;
    replica.versions = new Map([...replica.versions].map(([id, version]) => [id, { ...version }]));
    replica.tags = replica.tags && [...replica.tags];
    return { ARN: replica.arn };
  }),
};

function removeReplica(call: Call, secret: Secret, regionName: string): void {
  const known = secret.replicas.find((replica) => replica.region === regionName);
  if (!known) {
    throw invalidParameter(`The secret is not replicated to ${regionName}.`);
  }
  forget(secret, regionName);
  const store = call.world.secretsIn(regionName);
  const copy = store.byName(secret.name, call.now);
  if (copy && known.status === 'InSync') {
    store.remove(copy);
  }
}

function forget(primary: Secret, regionName: string): void {
  primary.replicas = primary.replicas.filter((replica) => replica.region !== regionName);
  if (primary.replicas.length === 0) {
    delete primary.primaryRegion;
  }
}
