import { randomUUID } from 'node:crypto';
import { jsonProtocol } from '../protocols/json.ts';
import type { QuotaName } from '../request-rates.ts';
import { accountOrThrow, type SandboxState } from '../sandbox-state.ts';
import type { Operations, Service } from '../service.ts';
import type { ServiceOwnedSecret } from '../types.ts';
import { createSecret } from './create.ts';
import { metadataOperations } from './listing.ts';
import { requiredPermissions } from './needs.ts';
import { readOperations } from './reading.ts';
import { replicationOperations } from './replicas.ts';
import { lifecycleOperations, rotationOperations } from './rotation.ts';
import { resourcePolicyOperations, tagOperations } from './tagging.ts';
import { valueOperations } from './values.ts';
import { storeVersion } from './versions.ts';

const operations: Operations = {
  CreateSecret: createSecret,
  ...metadataOperations,
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

function quotasFor(action: string): QuotaName[] {
  const names = Object.keys(ACTIONS_BY_QUOTA) as QuotaName[];
  return names.filter((name) => ACTIONS_BY_QUOTA[name]?.includes(action));
}

/**
 * Adds a secret that an AWS service owns.
 * @returns its ARN.
 * @throws RangeError if the Region is not available to the account.
 */
export function addServiceOwnedSecret(
  sandbox: SandboxState,
  { region, name, secretString, owningService }: ServiceOwnedSecret,
): string {
  const secret = accountOrThrow(sandbox, region).secretsIn(region).add(name, sandbox.now());
  secret.owningService = owningService;
  storeVersion(secret, { SecretString: secretString }, secret.createdAt, { token: randomUUID() });
  return secret.arn;
}

/**
 * Allows Secrets Manager to invoke a Lambda function.
 * @throws RangeError if the ARN is not that of a Lambda function, or if its Region is not available to the account.
 */
export function addRotationFunction(sandbox: SandboxState, arn: string): void {
  const [, region] = /^arn:[^:]+:lambda:([^:]+):\d{12}:function:.+$/.exec(arn) ?? [];
  if (region === undefined) throw new RangeError(`${arn} is not the ARN of a Lambda function.`);
  accountOrThrow(sandbox, region).rotationFunctions.add(arn);
}
