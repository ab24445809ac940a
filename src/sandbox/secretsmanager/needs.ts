import { keyArn } from '../kms/needs.ts';
import { recordsIn, scalarTextIn, stringIn, stringsIn, tagsIn } from '../permissions/input.ts';
import {
  type ConditionValues,
  type RequiredPermission,
  requestTagValues,
  resourceTagValues,
} from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { keyPermissions, kmsAccessDenied } from './keys.ts';
import type { Secret } from './store.ts';
import { CURRENT, encryptionKeyOf, versionWithLabel } from './versions.ts';

const LIST_SECRETS: RequiredPermission = {
  action: 'secretsmanager:ListSecrets',
  resource: '*',
  resourceInMessage: '',
};

/** Returns the permissions that Secrets Manager operations need, as the API reference lists them for each operation. */
export function requiredPermissions(call: Call, action: string, input: Input): RequiredPermission[] {
  if (action === 'ListSecrets') return [LIST_SECRETS];
  if (action === 'BatchGetSecretValue') {
    const batchRead = { ...LIST_SECRETS, action: 'secretsmanager:BatchGetSecretValue' };
    return recordsIn(input, 'Filters')?.length ? [batchRead, LIST_SECRETS] : [batchRead];
  }
  if (action === 'CreateSecret') return creationPermissions(call, input);
  const id = stringIn(input, 'SecretId') ?? '';
  const secret = call.account.secretsIn(call.region).find(id, call.now);
  const arn = secret?.arn ?? arnOfMissingSecret(call, id);
  const onSecret: RequiredPermission = {
    action: `secretsmanager:${action}`,
    resource: arn,
    resourceInMessage: id,
    conditionValues: {
      ...secretConditionValues(arn, secret),
      ...requestConditionValues(call, action, input),
    },
    resourcePolicy: secret?.policy,
  };
  return [onSecret, ...additionalPermissions(call, action, input, secret, arn)];
}

/**
 * Returns the ARN that a nonexistent secret would have. Only a caller with permission for that ARN learns that the secret does
 * not exist; others get an access denied error.
 */
function arnOfMissingSecret(call: Call, id: string): string {
  const { accountId, partition } = call.account;
  if (!id.startsWith('arn:')) {
    return `arn:${partition}:secretsmanager:${call.region}:${accountId}:secret:${id}-??????`;
  }
  return /-[A-Za-z0-9]{6}$/.test(id) ? id : `${id}-??????`;
}

function creationPermissions(call: Call, input: Input): RequiredPermission[] {
  const name = stringIn(input, 'Name') ?? '';
  const tags = tagsIn(input);
  const replicas = recordsIn(input, 'AddReplicaRegions') ?? [];
  const arn = arnOfMissingSecret(call, name);
  const conditionValues = {
    ...requestConditionValues(call, 'CreateSecret', input),
    'secretsmanager:Name': name,
  };
  const onSecret = (action: string): RequiredPermission => ({
    action,
    resource: arn,
    resourceInMessage: name,
    conditionValues,
  });
  return [
    onSecret('secretsmanager:CreateSecret'),
    ...(tags ? [onSecret('secretsmanager:TagResource')] : []),
    ...(replicas.length > 0 ? [onSecret('secretsmanager:ReplicateSecretToRegions')] : []),
    ...keyPermissions(call, ['kms:GenerateDataKey', 'kms:Decrypt'], stringIn(input, 'KmsKeyId'), arn),
    ...replicaKeyPermissions(call, replicas, arn),
  ];
}

function additionalPermissions(
  call: Call,
  action: string,
  input: Input,
  secret: Secret | undefined,
  arn: string,
): RequiredPermission[] {
  const currentKeyId = secret?.kmsKeyId;
  switch (action) {
    case 'GetSecretValue':
      return readKeyPermissions(call, input, secret, arn);
    case 'PutSecretValue':
      return keyPermissions(call, ['kms:GenerateDataKey', 'kms:Decrypt'], currentKeyId, arn);
    case 'UpdateSecret':
      return updateKeyPermissions(call, input, currentKeyId, arn);
    case 'ReplicateSecretToRegions': {
      const replicas = recordsIn(input, 'AddReplicaRegions') ?? [];
      return [
        ...keyPermissions(call, ['kms:Decrypt'], currentKeyId, arn),
        ...replicaKeyPermissions(call, replicas, arn),
      ];
    }
    case 'RotateSecret': {
      const lambda = stringIn(input, 'RotationLambdaARN') ?? secret?.rotation?.lambdaArn;
      return lambda ? [{ action: 'lambda:InvokeFunction', resource: lambda }] : [];
    }
    default:
      return [];
  }
}

/**
 * Returns the key permissions for reading a version. A version is decrypted with the key that it was encrypted with, which may no
 * longer be the secret's key.
 */
function readKeyPermissions(
  call: Call,
  input: Input,
  secret: Secret | undefined,
  arn: string,
): RequiredPermission[] {
  if (!secret) return [];
  const id = stringIn(input, 'VersionId');
  const version =
    id === undefined
      ? versionWithLabel(secret, stringIn(input, 'VersionStage') ?? CURRENT)
      : secret.versions.get(id);
  const permissions = keyPermissions(call, ['kms:Decrypt'], encryptionKeyOf(secret, version), arn);
  if (version?.earlierKeyId === undefined) return permissions;
  const deniedError = kmsAccessDenied(' This version of secret is not encrypted with the current KMS key.');
  return permissions.map((permission) => ({ ...permission, deniedError }));
}

/**
 * Returns the key permissions for an update. A new value requires the secret's key, and a new key must be usable. The permissions
 * for re-encrypting versions are not required: without them, the versions stay unchanged.
 */
function updateKeyPermissions(
  call: Call,
  input: Input,
  currentKeyId: string | undefined,
  arn: string,
): RequiredPermission[] {
  const newKeyId = stringIn(input, 'KmsKeyId');
  const changesValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
  const key = newKeyId ?? (changesValue ? currentKeyId : undefined);
  return keyPermissions(call, ['kms:GenerateDataKey', 'kms:Decrypt'], key, arn);
}

function replicaKeyPermissions(call: Call, replicas: readonly Input[], arn: string): RequiredPermission[] {
  const actions = ['kms:GenerateDataKey', 'kms:Encrypt'];
  return replicas.flatMap((replica) =>
    keyPermissions(call, actions, stringIn(replica, 'KmsKeyId'), arn, stringIn(replica, 'Region')),
  );
}

function secretConditionValues(arn: string, secret: Secret | undefined): ConditionValues {
  return {
    'secretsmanager:SecretId': arn,
    'secretsmanager:SecretPrimaryRegion': secret?.primaryRegion,
    'secretsmanager:resource/AllowRotationLambdaArn': secret?.rotation?.lambdaArn,
    'secretsmanager:resource/Type': secret?.type,
    ...resourceTagValues('secretsmanager', secret?.tags ?? []),
  };
}

/** The request members that are condition keys, by action. Source: the service authorization reference. */
const CONDITION_KEY_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  CreateSecret: ['Description', 'KmsKeyId', 'Type', 'ForceOverwriteReplicaSecret'],
  DeleteSecret: ['ForceDeleteWithoutRecovery', 'RecoveryWindowInDays'],
  GetSecretValue: ['VersionId', 'VersionStage'],
  PutResourcePolicy: ['BlockPublicPolicy'],
  ReplicateSecretToRegions: ['ForceOverwriteReplicaSecret'],
  RotateSecret: ['RotationLambdaARN', 'RotateImmediately'],
  UpdateSecret: ['Description', 'KmsKeyId', 'Type'],
  UpdateSecretVersionStage: ['VersionStage'],
};

/**
 * Returns the condition values of a request. A condition key has a value only if the caller set the member; default values of
 * members do not count.
 */
function requestConditionValues(call: Call, action: string, input: Input): ConditionValues {
  const keys = CONDITION_KEY_MEMBERS[action] ?? [];
  const keyId = keys.includes('KmsKeyId') ? stringIn(input, 'KmsKeyId') : undefined;
  const replicas = recordsIn(input, 'AddReplicaRegions');
  return {
    ...Object.fromEntries(keys.map((key) => [`secretsmanager:${key}`, scalarTextIn(input, key)])),
    'secretsmanager:KmsKeyArn': keyId && keyArn(call, keyId),
    'secretsmanager:AddReplicaRegions': replicas?.flatMap((replica) => stringIn(replica, 'Region') ?? []),
    'aws:TagKeys': stringsIn(input, 'TagKeys'),
    ...requestTagValues(tagsIn(input)),
  };
}
