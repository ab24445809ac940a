import { randomUUID } from 'node:crypto';
import type { SandboxState } from '../machine.ts';
import { jsonProtocol } from '../protocols/json.ts';
import type { QuotaName } from '../request-rates.ts';
import type { Operations, Service } from '../service.ts';
import type { ServiceOwnedSecret } from '../types.ts';
import type { Account } from '../world.ts';
import { createSecret } from './create.ts';
import { describeOperations, listOperations } from './listing.ts';
import { requiredPermissions } from './needs.ts';
import { readOperations } from './reading.ts';
import { replicationOperations } from './replicas.ts';
import { lifecycleOperations, rotationOperations } from './rotation.ts';
import { resourcePolicyOperations, tagOperations } from './tagging.ts';
import { valueOperations } from './values.ts';
import { storeVersion } from './versions.ts';

const operations: Operations = {
  CreateSecret: createSecret,
  ...describeOperations,
  ...listOperations,
  ...readOperations,
  ...valueOperations,
  ...lifecycleOperations,
  ...tagOperations,
  ...resourcePolicyOperations,
  ...rotationOperations,
  ...replicationOperations,
};

const NOT_IMPLEMENTED = ['GetRandomPassword', 'ValidateResourcePolicy'];

/** AWS Secrets Manager, API version 2017-10-17. */
export const secretsManager: Service = {
  name: 'secretsmanager',
  protocol: jsonProtocol('secretsmanager'),
  operations,
  operationNames: new Set([...Object.keys(operations), ...NOT_IMPLEMENTED]),
  internalError: ['InternalServiceError', 'An error occurred on the server side.'],
  quotasFor,
  requiredPermissions,
};

/** The operations that share each quota. Source: "AWS Secrets Manager quotas" in its user guide. */
const ACTIONS_BY_QUOTA: { readonly [name in QuotaName]?: readonly string[] } = {
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
function quotasFor(action: string): readonly QuotaName[] {
  return QUOTAS_BY_ACTION.get(action) ?? [];
}

const QUOTAS_BY_ACTION = new Map<string, QuotaName[]>(
  Object.entries(ACTIONS_BY_QUOTA).flatMap(([name, actions]) =>
    actions.map((action): [string, QuotaName[]] => [action, [name as QuotaName]]),
  ),
);

/**
 * Adds a secret that an AWS service owns.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addServiceOwnedSecret(sandbox: SandboxState, newSecret: ServiceOwnedSecret): string {
  const account = accountOrThrow(sandbox, newSecret.region);
  const secret = account.secretsIn(newSecret.region).add(newSecret.name, sandbox.now());
  secret.owningService = newSecret.owningService;
  storeVersion(secret, { SecretString: newSecret.secretString }, secret.createdAt, {
    token: randomUUID(),
  });
  return secret.arn;
}

/**
 * Allows Secrets Manager to invoke a Lambda function.
 * @throws RangeError if the ARN is not that of a Lambda function, or if its Region is not available to the account.
 */
export function addRotationFunction(sandbox: SandboxState, arn: string): void {
  const [, region] = /^arn:[^:]+:lambda:([^:]+):\d{12}:function:.+$/.exec(arn) ?? [];
  if (region === undefined) {
    throw new RangeError(`${arn} is not the ARN of a Lambda function.`);
  }
  accountOrThrow(sandbox, region).rotationFunctions.add(arn);
}

function accountOrThrow(sandbox: SandboxState, region: string): Account {
  const account = sandbox.accountIn(region);
  if (!account) {
    throw new RangeError(`The account of this sandbox is not in ${region}.`);
  }
  return account;
}
