import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { TOOL_TAG } from '../../../defaults.ts';
import { type AccountRef, type JsonObject, kmsCondition, kmsPermissions } from '../../../policy/index.ts';
import { EVERY_REGION, type Need, type PermissionRequest, type Sid } from './types.ts';

/** Needs that several commands share. Actions and their resource types: Service Authorization Reference. */

const DESCRIBE = 'secretsmanager:DescribeSecret';
const READ_VALUE = 'secretsmanager:GetSecretValue';
const READ_POLICY = 'secretsmanager:GetResourcePolicy';
const LIST_VERSIONS = 'secretsmanager:ListSecretVersionIds';

/** Returns the permission for these actions on all secrets of the request. */
export function needForSecrets(sid: Sid, actions: string[], { secrets }: PermissionRequest): Need {
  return { sid, actions, resources: secrets.map(({ arn }) => arn) };
}

/** Returns the permission to read the secrets with their values and resource policies. */
export function readSecrets(request: PermissionRequest): Need {
  return needForSecrets('ReadTheSecret', [DESCRIBE, READ_VALUE, READ_POLICY], request);
}

/** Returns the permission to read the secrets without their resource policies. */
export function readValues(request: PermissionRequest): Need {
  return needForSecrets('ReadTheValue', [DESCRIBE, READ_VALUE], request);
}

/** Returns the permission to read the values for the key type, which the command that undoes a teardown has to name. */
export function readKeyType(request: PermissionRequest): Need {
  return needForSecrets('OptionalReadKeyType', [READ_VALUE], request);
}

/** Returns the permission to find the secrets, without their values. */
export function findSecrets(request: PermissionRequest): Need {
  return needForSecrets('FindTheSecret', [DESCRIBE], request);
}

/** Returns the permission to read the secrets' resource policies, for an optional check. */
export function readResourcePolicies(request: PermissionRequest): Need {
  return needForSecrets('OptionalReadResourcePolicy', [READ_POLICY], request);
}

/** Returns the permission to list the secrets of the Regions. */
export function listSecrets(sid: Sid, request: PermissionRequest): Need {
  return inRegions(sid, 'secretsmanager:ListSecrets', request);
}

/**
 * Returns the permission to read many values in one request, for a manifest. Each value also requires `GetSecretValue` (API
 * reference, `BatchGetSecretValue`).
 */
export function batchReadValues(request: PermissionRequest): Need[] {
  if (!request.manifest) return [];
  return [inRegions('OptionalReadTogether', 'secretsmanager:BatchGetSecretValue', request)];
}

/** The action that reads each kind of MediaConnect resource. */
export const READ_MEDIACONNECT_ACTIONS = {
  flow: 'mediaconnect:DescribeFlow',
  routerInput: 'mediaconnect:GetRouterInput',
  routerOutput: 'mediaconnect:GetRouterOutput',
} as const;

export type MediaConnectKind = keyof typeof READ_MEDIACONNECT_ACTIONS;

/**
 * Returns the permissions to find the flows, router inputs and router outputs that use a secret. The list actions can't be
 * restricted to resources.
 */
export function findFlowsUsingSecret({ accountRef, regions }: PermissionRequest): Need[] {
  const lists = ['mediaconnect:ListFlows', 'mediaconnect:ListRouterInputs', 'mediaconnect:ListRouterOutputs'];
  return [
    { sid: 'OptionalFindFlows', actions: lists, resources: ['*'] },
    readMediaConnect('OptionalReadFlows', 'flow', accountRef, regions),
    readMediaConnect('OptionalReadRouterInputs', 'routerInput', accountRef, regions),
    readMediaConnect('OptionalReadRouterOutputs', 'routerOutput', accountRef, regions),
  ];
}

/** Returns the permission to read all MediaConnect resources of one kind in the Regions. */
export function readMediaConnect(
  sid: Sid,
  kind: MediaConnectKind,
  { partition, account }: AccountRef,
  regions: string[],
): Need {
  const resources = regions.map((region) => `arn:${partition}:mediaconnect:${region}:${account}:${kind}:*`);
  return { sid, actions: [READ_MEDIACONNECT_ACTIONS[kind]], resources };
}

/** Returns the permission for an action that can't be restricted to resources, but to Regions. */
function inRegions(sid: Sid, action: string, { regions }: PermissionRequest): Need {
  const need = { sid, actions: [action], resources: ['*'] };
  const condition = { StringEquals: { 'aws:RequestedRegion': regions } };
  return regions.includes(EVERY_REGION) ? need : { ...need, condition };
}

/**
 * Returns the permissions to use the customer managed key: one need for each Region and form of its name. Source: Secrets Manager
 * User Guide, "Secret encryption and decryption in AWS Secrets Manager".
 */
export function useKmsKey(
  { accountRef, kmsKeyId, secrets }: PermissionRequest,
  actions: string[],
  sid: Sid = 'UseTheKmsKey',
): Need[] {
  if (kmsKeyId === undefined) return [];
  // A single-Region key determines the Region of the secret if nothing else does.
  const keyRegion = /:key\/(?!mrk-)/.test(kmsKeyId) ? parseArn(kmsKeyId)?.region : undefined;
  const readableSecrets = secrets.map((secret) => {
    const region = secret.region === EVERY_REGION ? (keyRegion ?? EVERY_REGION) : secret.region;
    return { arn: secret.arn, region, kmsKey: kmsKeyRef(kmsKeyId, region, accountRef) };
  });
  return kmsPermissions(readableSecrets, accountRef).map((permission) => ({
    sid,
    actions,
    resources: permission.resources,
    condition: kmsCondition(permission, accountRef.partition),
  }));
}

/** Returns the permission to store another value in the secrets. */
export function replaceKey(request: PermissionRequest): Need {
  return needForSecrets('ReplaceTheKey', ['secretsmanager:PutSecretValue'], request);
}

/**
 * Returns the permission to list the versions of the secrets, which replacing a value again requires after its staging labels were
 * moved by hand.
 */
export function listSecretVersions(request: PermissionRequest): Need {
  return needForSecrets('OptionalListVersions', [LIST_VERSIONS], request);
}

/**
 * Returns the permissions to check who can decrypt: to read which KMS keys encrypt the current versions, and the policies of these
 * KMS keys.
 */
export function readDecryption(request: PermissionRequest, { optional = false } = {}): Need[] {
  return [
    needForSecrets(optional ? 'OptionalReadVersionKeys' : 'ReadVersionKeys', [LIST_VERSIONS], request),
    ...requestKmsDirectly(request, optional ? 'OptionalReadKeyPolicy' : 'ReadKeyPolicy', 'kms:GetKeyPolicy'),
  ];
}

/** Returns the permissions for requests to KMS itself, rather than through Secrets Manager. */
export function requestKmsDirectly(request: PermissionRequest, sid: Sid, action: string): Need[] {
  return useKmsKey(request, [action]).map(({ resources, condition }) => {
    // `kms:ViaService` doesn't apply. The condition on the aliases of the KMS key, if any, does.
    const aliases = condition?.['ForAnyValue:StringEquals'];
    return {
      sid,
      actions: [action],
      resources,
      condition: aliases === undefined ? undefined : { 'ForAnyValue:StringEquals': aliases },
    };
  });
}

/** The actions of Secrets Manager on the KMS key when it stores a value. */
export const KMS_WRITE_ACTIONS = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** The actions that change a policy. A new version becomes the default only if the default version is still the same as before. */
export const POLICY_VERSION_ACTIONS = [
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:DeletePolicyVersion',
];

/**
 * Returns the permission to read all policies. An existing role may have any of the account's or AWS's policies, and their
 * content decides what it can do.
 */
export function readPolicies({ accountRef }: PermissionRequest, sid: Sid = 'ReadPolicies'): Need {
  const { partition } = accountRef;
  return {
    sid,
    actions: ['iam:ListPolicyVersions', 'iam:GetPolicyVersion'],
    resources: [policyArn(accountRef, '*'), policyArn({ partition, account: 'aws' }, '*')],
  };
}

/** Returns the permission to read the role with its policies. */
export function readRole(request: PermissionRequest, sid: Sid = 'ReadTheRole'): Need {
  return {
    sid,
    actions: ['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy'],
    resources: [roleOf(request)],
  };
}

/** Returns the ARN of the role. */
export function roleOf({ accountRef, roleName, roleArn: knownArn }: PermissionRequest): string {
  return knownArn ?? roleArn(accountRef, roleName);
}

/** Returns ARN patterns for the policy and its continuations, `NAME-2` to `NAME-99`. */
export function policiesOf({ accountRef, policyName }: PermissionRequest): string[] {
  return [policyName, `${policyName}-?`, `${policyName}-??`].map((name) => policyArn(accountRef, name));
}

/** Returns the condition for these policies only, so that the permission can't attach `AdministratorAccess`. */
export function onlyOurPolicies(request: PermissionRequest): JsonObject {
  return { ArnLike: { 'iam:PolicyARN': policiesOf(request) } };
}

/**
 * Returns the condition for these tags only, because tags may control access. The condition is also true if a service doesn't pass
 * on the tag keys.
 */
export function onlyTheseTags({ tagKeys }: PermissionRequest): JsonObject {
  return { 'ForAllValues:StringEquals': { 'aws:TagKeys': tagKeys } };
}

/** Returns the condition for resources that this program created only; undefined if other resources may be removed too. */
export function onlyOurResources({ includeUntagged }: PermissionRequest): JsonObject | undefined {
  return includeUntagged ? undefined : { Null: { [`aws:ResourceTag/${TOOL_TAG}`]: 'false' } };
}
