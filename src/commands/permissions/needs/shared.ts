import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { TOOL_TAG } from '../../../defaults.ts';
import { type JsonObject, kmsCondition, kmsPermissions } from '../../../policy/index.ts';
import { EVERY_REGION, type Need, type PermissionRequest } from './types.ts';

/** Needs that several commands share. Actions and their resource types: Service Authorization Reference. */

const DESCRIBE = 'secretsmanager:DescribeSecret';
const READ_VALUE = 'secretsmanager:GetSecretValue';
const READ_POLICY = 'secretsmanager:GetResourcePolicy';

/** Returns the permission to read the secrets with their values and resource policies. */
export function readSecrets({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheSecret', actions: [DESCRIBE, READ_VALUE, READ_POLICY], resources };
}

/** Returns the permission to read the secrets without their resource policies. */
export function readValues({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheValue', actions: [DESCRIBE, READ_VALUE], resources };
}

/** Returns the permission to read the values for the key type, which the command that undoes a teardown has to name. */
export function readKeyType({ secrets }: PermissionRequest): Need {
  return { sid: 'OptionalReadKeyType', actions: [READ_VALUE], resources: secrets.map(({ arn }) => arn) };
}

/** Returns the permission to find the secrets, without their values. */
export function findSecrets({ secrets }: PermissionRequest): Need {
  return { sid: 'FindTheSecret', actions: [DESCRIBE], resources: secrets.map(({ arn }) => arn) };
}

/** Returns the permission to read the secrets' resource policies, for an optional check. */
export function readResourcePolicies({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalReadResourcePolicy', actions: [READ_POLICY], resources };
}

/** Returns the permission to list the secrets of the Regions. */
export function listSecrets(sid: Need['sid'], request: PermissionRequest): Need {
  return inRegions(sid, 'secretsmanager:ListSecrets', request);
}

/**
 * Returns the permission to read many values in one request, for a manifest. Each value also requires `GetSecretValue` (API
 * reference, `BatchGetSecretValue`).
 */
export function batchReadValues(request: PermissionRequest): Need[] {
  return request.manifest
    ? [inRegions('OptionalReadTogether', 'secretsmanager:BatchGetSecretValue', request)]
    : [];
}

/**
 * Returns the permissions to find the flows, router inputs and router outputs that use a secret. Their list actions don't support
 * resources.
 */
export function findFlowsUsingSecret({ accountRef, regions }: PermissionRequest): Need[] {
  const arns = (kind: string) =>
    regions.map(
      (region) => `arn:${accountRef.partition}:mediaconnect:${region}:${accountRef.account}:${kind}:*`,
    );
  const lists = ['mediaconnect:ListFlows', 'mediaconnect:ListRouterInputs', 'mediaconnect:ListRouterOutputs'];
  return [
    { sid: 'OptionalFindFlows', actions: lists, resources: ['*'] },
    { sid: 'OptionalReadFlows', actions: ['mediaconnect:DescribeFlow'], resources: arns('flow') },
    {
      sid: 'OptionalReadRouterInputs',
      actions: ['mediaconnect:GetRouterInput'],
      resources: arns('routerInput'),
    },
    {
      sid: 'OptionalReadRouterOutputs',
      actions: ['mediaconnect:GetRouterOutput'],
      resources: arns('routerOutput'),
    },
  ];
}

/** Returns the permission for an action without resource support, which can only be restricted to Regions. */
function inRegions(sid: Need['sid'], action: string, { regions }: PermissionRequest): Need {
  return {
    sid,
    actions: [action],
    resources: ['*'],
    ...(regions.includes(EVERY_REGION)
      ? {}
      : { condition: { StringEquals: { 'aws:RequestedRegion': regions } } }),
  };
}

/**
 * Returns the permissions to use the customer managed key: one need for each Region and form of its name. Source: Secrets Manager
 * User Guide, "Secret encryption and decryption in AWS Secrets Manager".
 */
export function useKmsKey(
  { accountRef, kmsKeyId, secrets }: PermissionRequest,
  actions: string[],
  sid: Need['sid'] = 'UseTheKmsKey',
): Need[] {
  if (kmsKeyId === undefined) return [];
  // A single-Region key determines the Region of the secret if nothing else does.
  const keyRegion = /:key\/(?!mrk-)/.test(kmsKeyId) ? parseArn(kmsKeyId)?.region : undefined;
  const readable = secrets.map((secret) => {
    const region = secret.region === EVERY_REGION ? (keyRegion ?? EVERY_REGION) : secret.region;
    const kmsKey = kmsKeyRef(kmsKeyId, region, accountRef);
    return { arn: secret.arn, region, kmsKey };
  });
  return kmsPermissions(readable, accountRef).map((grant) => ({
    sid,
    actions,
    resources: grant.resources,
    condition: kmsCondition(grant, accountRef.partition),
  }));
}

/**
 * Returns the permission to list the versions of the secrets, which replacing a value again requires after its staging labels were
 * moved by hand.
 */
export function listSecretVersions({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalListVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources };
}

/** Returns the permissions to check who may decrypt: to read the KMS keys of the current versions, and the keys' policies. */
export function readDecryption(
  request: PermissionRequest,
  { optional = false }: { optional?: boolean } = {},
): Need[] {
  const secrets = request.secrets.map(({ arn }) => arn);
  return [
    {
      sid: optional ? 'OptionalReadVersionKeys' : 'ReadVersionKeys',
      actions: ['secretsmanager:ListSecretVersionIds'],
      resources: secrets,
    },
    ...requestKmsDirectly(request, optional ? 'OptionalReadKeyPolicy' : 'ReadKeyPolicy', 'kms:GetKeyPolicy'),
  ];
}

/**
 * Returns the permissions for requests to KMS itself, rather than through Secrets Manager. An alias is matched on the key that has
 * it.
 */
export function requestKmsDirectly(request: PermissionRequest, sid: Need['sid'], action: string): Need[] {
  return useKmsKey(request, [action]).map(({ resources, condition }) => {
    const aliases = condition?.['ForAnyValue:StringEquals'];
    return {
      sid,
      actions: [action],
      resources,
      condition: aliases === undefined ? undefined : { 'ForAnyValue:StringEquals': aliases },
    };
  });
}

/** What Secrets Manager does with the KMS key when it stores a value. */
export const WRITING_WITH_KMS = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** A new policy version is created next to the default one, and becomes the default only if that is still the same. */
export const POLICY_VERSION_ACTIONS = [
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:DeletePolicyVersion',
];

/**
 * Returns the permission to read all policies. An existing role may have any of the account's or AWS's policies, and their
 * content decides what it may do.
 */
export function readPolicies({ accountRef }: PermissionRequest, sid: Need['sid'] = 'ReadPolicies'): Need {
  const { partition } = accountRef;
  return {
    sid,
    actions: ['iam:ListPolicyVersions', 'iam:GetPolicyVersion'],
    resources: [policyArn(accountRef, '*'), policyArn({ partition, account: 'aws' }, '*')],
  };
}

/** Returns the permission to read the role with its policies. */
export function readRole(request: PermissionRequest, sid: Need['sid'] = 'ReadTheRole'): Need {
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

/** Returns the condition for resources that this program created only, unless other resources may be removed too. */
export function onlyOurResources({ includeUntagged }: PermissionRequest): { condition?: JsonObject } {
  return includeUntagged ? {} : { condition: { Null: { [`aws:ResourceTag/${TOOL_TAG}`]: 'false' } } };
}
