import { keyArn } from '../kms/needs.ts';
import { recordsIn, tagsIn, textIn, textsIn, wordIn } from '../permissions/input.ts';
import { type Facts, type Need, requestTags, resourceTags } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { keyNeeds, kmsDenied } from './keys.ts';
import type { Secret } from './store.ts';
import { CURRENT, keyOf, versionWith } from './versions.ts';

const LISTING: Need = { action: 'secretsmanager:ListSecrets', resource: '*', shown: '' };

/** Returns the permissions that Secrets Manager operations need, as the API reference lists them for each operation. */
export function needs(call: Call, action: string, input: Input): Need[] {
  const permission = `secretsmanager:${action}`;
  if (action === 'ListSecrets') {
    return [LISTING];
  }
  if (action === 'BatchGetSecretValue') {
    const own = { action: permission, resource: '*', shown: '' };
    return recordsIn(input, 'Filters')?.length ? [own, LISTING] : [own];
  }
  if (action === 'CreateSecret') {
    return creation(call, input);
  }
  const id = textIn(input, 'SecretId') ?? '';
  const secret = call.world.secretsIn(call.region).find(id, call.now);
  const arn = secret?.arn ?? absentArn(call, id);
  const own: Need = {
    action: permission,
    resource: arn,
    shown: id,
    facts: { ...secretFacts(arn, secret), ...requestFacts(call, action, input) },
    resourcePolicy: secret?.policy,
  };
  return [own, ...furtherNeeds(call, action, input, secret, arn)];
}

/**
 * Returns the ARN that a nonexistent secret would have. A caller who may read that ARN learns that the secret does not exist;
 * nobody else does.
 */
function absentArn(call: Call, id: string): string {
  const { account, partition } = call.world;
  if (!id.startsWith('arn:')) {
    return `arn:${partition}:secretsmanager:${call.region}:${account}:secret:${id}-??????`;
  }
  return /-[A-Za-z0-9]{6}$/.test(id) ? id : `${id}-??????`;
}

function creation(call: Call, input: Input): Need[] {
  const name = textIn(input, 'Name') ?? '';
  const tags = tagsIn(input);
  const replicas = recordsIn(input, 'AddReplicaRegions') ?? [];
  const arn = absentArn(call, name);
  const facts = { ...requestFacts(call, 'CreateSecret', input), 'secretsmanager:Name': name };
  const on = (action: string): Need => ({ action, resource: arn, shown: name, facts });
  return [
    on('secretsmanager:CreateSecret'),
    ...(tags ? [on('secretsmanager:TagResource')] : []),
    ...(replicas.length > 0 ? [on('secretsmanager:ReplicateSecretToRegions')] : []),
    ...keyNeeds(call, ['kms:GenerateDataKey', 'kms:Decrypt'], textIn(input, 'KmsKeyId'), arn),
    ...replicaKeyNeeds(call, replicas, arn),
  ];
}

function furtherNeeds(
  call: Call,
  action: string,
  input: Input,
  secret: Secret | undefined,
  arn: string,
): Need[] {
  const present = secret?.kmsKeyId;
  switch (action) {
    case 'GetSecretValue':
      return readingNeeds(call, input, secret, arn);
    case 'PutSecretValue':
      return keyNeeds(call, ['kms:GenerateDataKey', 'kms:Decrypt'], present, arn);
    case 'UpdateSecret':
      return updateKeyNeeds(call, input, present, arn);
    case 'ReplicateSecretToRegions': {
      const replicas = recordsIn(input, 'AddReplicaRegions') ?? [];
      return [...keyNeeds(call, ['kms:Decrypt'], present, arn), ...replicaKeyNeeds(call, replicas, arn)];
    }
    case 'RotateSecret': {
      const lambda = textIn(input, 'RotationLambdaARN') ?? secret?.rotation?.lambdaArn;
      return lambda ? [{ action: 'lambda:InvokeFunction', resource: lambda }] : [];
    }
    default:
      return [];
  }
}

/**
 * Returns the permissions for reading a version. It is decrypted with the key that it was encrypted with, which may no longer be
 * the secret's key.
 */
function readingNeeds(call: Call, input: Input, secret: Secret | undefined, arn: string): Need[] {
  if (!secret) {
    return [];
  }
  const id = textIn(input, 'VersionId');
  const version =
    id === undefined
      ? versionWith(secret, textIn(input, 'VersionStage') ?? CURRENT)
      : secret.versions.get(id);
  const isEarlier = version?.earlierKeyId !== undefined;
  return keyNeeds(call, ['kms:Decrypt'], keyOf(secret, version), arn).map((need) =>
    isEarlier ? { ...need, refusal: kmsDenied(NOT_CURRENT_KEY) } : need,
  );
}

const NOT_CURRENT_KEY = ' This version of secret is not encrypted with the current KMS key.';

/**
 * Returns the key permissions for an update. A new value requires the secret's key, and a new key must be usable. Versions are
 * re-encrypted if the caller has the permissions for it, and stay unchanged otherwise.
 */
function updateKeyNeeds(call: Call, input: Input, present: string | undefined, arn: string): Need[] {
  const wanted = textIn(input, 'KmsKeyId');
  const changesValue = input.SecretString !== undefined || input.SecretBinary !== undefined;
  const key = wanted ?? (changesValue ? present : undefined);
  return keyNeeds(call, ['kms:GenerateDataKey', 'kms:Decrypt'], key, arn);
}

function replicaKeyNeeds(call: Call, replicas: readonly Input[], arn: string): Need[] {
  return replicas.flatMap((replica) => {
    const actions = ['kms:GenerateDataKey', 'kms:Encrypt'];
    return keyNeeds(call, actions, textIn(replica, 'KmsKeyId'), arn, textIn(replica, 'Region'));
  });
}

function secretFacts(arn: string, secret: Secret | undefined): Facts {
  return {
    'secretsmanager:SecretId': arn,
    'secretsmanager:SecretPrimaryRegion': secret?.primaryRegion,
    'secretsmanager:resource/AllowRotationLambdaArn': secret?.rotation?.lambdaArn,
    'secretsmanager:resource/Type': secret?.type,
    ...resourceTags('secretsmanager', secret?.tags ?? []),
  };
}

/** The request members that are condition keys, by action. Source: the service authorization reference. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
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
 * Returns the condition keys of a request. A key is in the request only if the caller set the member; default values do not
 * count.
 */
function requestFacts(call: Call, action: string, input: Input): Facts {
  const keys = KEYS[action] ?? [];
  const keyId = keys.includes('KmsKeyId') ? textIn(input, 'KmsKeyId') : undefined;
  const replicas = recordsIn(input, 'AddReplicaRegions');
  return {
    ...Object.fromEntries(keys.map((key) => [`secretsmanager:${key}`, wordIn(input, key)])),
    'secretsmanager:KmsKeyArn': keyId && keyArn(call, keyId),
    'secretsmanager:AddReplicaRegions': replicas?.flatMap((replica) => textIn(replica, 'Region') ?? []),
    'aws:TagKeys': textsIn(input, 'TagKeys'),
    ...requestTags(tagsIn(input)),
  };
}
