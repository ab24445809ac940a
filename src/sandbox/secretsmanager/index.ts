import { randomUUID } from 'node:crypto';
import type { Machine } from '../machine.ts';
import { jsonProtocol } from '../protocols/json.ts';
import type { QuotaName } from '../request-rates.ts';
import type { Operations, Service } from '../service.ts';
import type { OwnedSecret } from '../types.ts';
import type { World } from '../world.ts';
import { createSecret } from './create.ts';
import { describing, listing } from './listing.ts';
import { needs } from './needs.ts';
import { reading } from './reading.ts';
import { replication } from './replicas.ts';
import { lifecycle, rotation } from './rotation.ts';
import { resourcePolicy, tagging } from './tagging.ts';
import { values } from './values.ts';
import { storeVersion } from './versions.ts';

const operations: Operations = {
  CreateSecret: createSecret,
  ...describing,
  ...listing,
  ...reading,
  ...values,
  ...lifecycle,
  ...tagging,
  ...resourcePolicy,
  ...rotation,
  ...replication,
};

const ABSENT = ['GetRandomPassword', 'ValidateResourcePolicy'];

/** AWS Secrets Manager, API version 2017-10-17. */
export const secretsManager: Service = {
  name: 'secretsmanager',
  protocol: jsonProtocol('secretsmanager'),
  operations,
  operationNames: new Set([...Object.keys(operations), ...ABSENT]),
  internalError: ['InternalServiceError', 'An error occurred on the server side.'],
  quotasOn,
  needs,
};

/** The operations that share each quota. Source: "AWS Secrets Manager quotas" in its user guide. */
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

/** Returns the quotas that a request for this operation counts against. */
function quotasOn(action: string): readonly QuotaName[] {
  return QUOTAS.get(action) ?? [];
}

const QUOTAS = new Map<string, QuotaName[]>(
  Object.entries(COUNTED).flatMap(([name, actions]) =>
    actions.map((action): [string, QuotaName[]] => [action, [name as QuotaName]]),
  ),
);

/**
 * Adds a secret that an AWS service owns.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addOwnedSecret(machine: Machine, owned: OwnedSecret): string {
  const world = demandWorld(machine, owned.region);
  const secret = world.secretsIn(owned.region).add(owned.name, machine.now());
  secret.owningService = owned.owningService;
  storeVersion(secret, { SecretString: owned.secretString }, secret.createdAt, {
    token: randomUUID(),
  });
  return secret.arn;
}

/**
 * Allows Secrets Manager to invoke a Lambda function.
 * @throws RangeError if the ARN is not that of a Lambda function, or if its Region is not available to the account.
 */
export function addRotationFunction(machine: Machine, arn: string): void {
  const [, region] = /^arn:[^:]+:lambda:([^:]+):\d{12}:function:.+$/.exec(arn) ?? [];
  if (region === undefined) {
    throw new RangeError(`${arn} is not the ARN of a Lambda function.`);
  }
  demandWorld(machine, region).rotationFunctions.add(arn);
}

function demandWorld(machine: Machine, region: string): World {
  const world = machine.worldOf(region);
  if (!world) {
    throw new RangeError(`The account of this sandbox is not in ${region}.`);
  }
  return world;
}
