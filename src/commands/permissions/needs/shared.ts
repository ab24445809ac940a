import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { TOOL_TAG } from '../../../defaults.ts';
import { type JsonObject, kmsCondition, kmsGrants } from '../../../policy/index.ts';
import { EVERY_REGION, type Need, type PermissionRequest } from './types.ts';

/** Needs that several commands share. Actions and their resource types: Service Authorization Reference. */

const DESCRIBE = 'secretsmanager:DescribeSecret';
const READ_VALUE = 'secretsmanager:GetSecretValue';
const READ_POLICY = 'secretsmanager:GetResourcePolicy';

export function readSecrets({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheSecret', actions: [DESCRIBE, READ_VALUE, READ_POLICY], resources };
}

/** The same, without resource policies. */
export function readValues({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheValue', actions: [DESCRIBE, READ_VALUE], resources };
}

/** For the command that undoes a teardown, which includes the key type. */
export function readKeyType({ secrets }: PermissionRequest): Need {
  return { sid: 'OptionalReadKeyType', actions: [READ_VALUE], resources: secrets.map(({ arn }) => arn) };
}

export function findSecrets({ secrets }: PermissionRequest): Need {
  return { sid: 'FindTheSecret', actions: [DESCRIBE], resources: secrets.map(({ arn }) => arn) };
}

/** For an optional check. */
export function readResourcePolicies({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalReadResourcePolicy', actions: [READ_POLICY], resources };
}

export function listSecrets(sid: Need['sid'], request: PermissionRequest): Need {
  return inRegions(sid, 'secretsmanager:ListSecrets', request);
}

/** For reading many values in one request. Each of them also requires `GetSecretValue` (API reference, `BatchGetSecretValue`). */
export function readTogether(request: PermissionRequest): Need[] {
  return request.manifest
    ? [inRegions('OptionalReadTogether', 'secretsmanager:BatchGetSecretValue', request)]
    : [];
}

/** For finding the users of a secret: flows, router inputs and router outputs. Their list actions don't support resources. */
export function findUsers({ where, regions }: PermissionRequest): Need[] {
  const arns = (kind: string) =>
    regions.map((region) => `arn:${where.partition}:mediaconnect:${region}:${where.account}:${kind}:*`);
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

/** Returns an action without resource support. It can only be restricted to Regions. */
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
  { where, kmsKeyId, secrets }: PermissionRequest,
  actions: string[],
  sid: Need['sid'] = 'UseTheKmsKey',
): Need[] {
  if (kmsKeyId === undefined) return [];
  // A single-Region key determines the Region of the secret if nothing else does.
  const ofKey = /:key\/(?!mrk-)/.test(kmsKeyId) ? parseArn(kmsKeyId)?.region : undefined;
  const readable = secrets.map((secret) => {
    const region = secret.region === EVERY_REGION ? (ofKey ?? EVERY_REGION) : secret.region;
    const kmsKey = kmsKeyRef(kmsKeyId, region, where);
    return { arn: secret.arn, region, kmsKey };
  });
  return kmsGrants(readable, where).map((grant) => ({
    sid,
    actions,
    resources: grant.resources,
    condition: kmsCondition(grant, where.partition),
  }));
}

/** Needed if the current version was already replaced once, so that the secret's versions have to be listed. */
export function listSecretVersions({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalListVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources };
}

/** For checking who may decrypt: the KMS keys of the current versions, and the policies of these keys. */
export function readDecryption(request: PermissionRequest, isOptional = false): Need[] {
  const secrets = request.secrets.map(({ arn }) => arn);
  return [
    {
      sid: isOptional ? 'OptionalReadVersionKeys' : 'ReadVersionKeys',
      actions: ['secretsmanager:ListSecretVersionIds'],
      resources: secrets,
    },
    ...ofKmsKey(request, isOptional ? 'OptionalReadKeyPolicy' : 'ReadKeyPolicy', 'kms:GetKeyPolicy'),
  ];
}

/** For requests to KMS itself, rather than through Secrets Manager. An alias is matched on the key that has it. */
export function ofKmsKey(request: PermissionRequest, sid: Need['sid'], action: string): Need[] {
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
export function readPolicies({ where }: PermissionRequest, sid: Need['sid'] = 'ReadPolicies'): Need {
  const { partition } = where;
  return {
    sid,
    actions: ['iam:ListPolicyVersions', 'iam:GetPolicyVersion'],
    resources: [policyArn(where, '*'), policyArn({ partition, account: 'aws' }, '*')],
  };
}

export function readRole(request: PermissionRequest, sid: Need['sid'] = 'ReadTheRole'): Need {
  return {
    sid,
    actions: ['iam:GetRole', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies', 'iam:GetRolePolicy'],
    resources: [roleOf(request)],
  };
}

export function roleOf({ where, roleName, roleArn: given }: PermissionRequest): string {
  return given ?? roleArn(where, roleName);
}

/** Returns the policy and its continuations, `NAME-2` to `NAME-99`. */
export function policiesOf({ where, policyName }: PermissionRequest): string[] {
  return [policyName, `${policyName}-?`, `${policyName}-??`].map((name) => policyArn(where, name));
}

/** Restricts the permission to the program's policies, so that it can't attach `AdministratorAccess`. */
export function onlyItsPolicies(request: PermissionRequest): JsonObject {
  return { ArnLike: { 'iam:PolicyARN': policiesOf(request) } };
}

/**
 * Allows only these tags, because tags may control access. The condition is also true if a service doesn't pass on the tag keys.
 */
export function onlyTheseTags({ tagKeys }: PermissionRequest): JsonObject {
  return { 'ForAllValues:StringEquals': { 'aws:TagKeys': tagKeys } };
}

/** Allows only resources that this program created, unless other resources may be removed too. */
export function onlyOwn({ includeUntagged }: PermissionRequest): { condition?: JsonObject } {
  return includeUntagged ? {} : { condition: { Null: { [`aws:ResourceTag/${TOOL_TAG}`]: 'false' } } };
}
