import { parseArn, policyArn, roleArn } from '../../../aws/arn.ts';
import { kmsKeyRef } from '../../../aws/kms/index.ts';
import { TOOL_TAG } from '../../../defaults.ts';
import { type JsonObject, kmsCondition, kmsGrants } from '../../../policy/index.ts';
import { EVERY_REGION, type Need, type PermissionRequest } from './types.ts';

/** What several commands do. Actions and their resource types: Service Authorization Reference. */

const DESCRIBE = 'secretsmanager:DescribeSecret';
const READ_VALUE = 'secretsmanager:GetSecretValue';
const READ_POLICY = 'secretsmanager:GetResourcePolicy';

export function readSecrets({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheSecret', actions: [DESCRIBE, READ_VALUE, READ_POLICY], resources };
}

/** The same without their resource policies. */
export function readValues({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'ReadTheValue', actions: [DESCRIBE, READ_VALUE], resources };
}

/** For the command that undoes a teardown, which names the type of the key. */
export function readKeyType({ secrets }: PermissionRequest): Need {
  return { sid: 'OptionalReadKeyType', actions: [READ_VALUE], resources: secrets.map(({ arn }) => arn) };
}

export function findSecrets({ secrets }: PermissionRequest): Need {
  return { sid: 'FindTheSecret', actions: [DESCRIBE], resources: secrets.map(({ arn }) => arn) };
}

/** For a check that can be left out. */
export function readResourcePolicies({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalReadResourcePolicy', actions: [READ_POLICY], resources };
}

export function listSecrets(sid: Need['sid'], request: PermissionRequest): Need {
  return inRegions(sid, 'secretsmanager:ListSecrets', request);
}

/** Many values with one request. Each of them takes `GetSecretValue` besides (API reference, `BatchGetSecretValue`). */
export function readTogether(request: PermissionRequest): Need[] {
  return request.manifest
    ? [inRegions('OptionalReadTogether', 'secretsmanager:BatchGetSecretValue', request)]
    : [];
}

/** For finding what uses a secret: flows, router inputs and router outputs. Their lists know no resources. */
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

/** An action that knows no resources; the Region is all that it can be limited to. */
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
 * The use of the customer-managed key, one need for each Region and kind of name.
 * Source: Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
 */
export function useKmsKey(
  { where, kmsKeyId, secrets }: PermissionRequest,
  actions: string[],
  sid: Need['sid'] = 'UseTheKmsKey',
): Need[] {
  if (kmsKeyId === undefined) return [];
  // A key that is of one Region says where the secret is, if nothing else does.
  const ofKey = /:key\/(?!mrk-)/.test(kmsKeyId) ? parseArn(kmsKeyId)?.region : undefined;
  const readable = secrets.map((secret) => {
    const region = secret.region === EVERY_REGION ? (ofKey ?? EVERY_REGION) : secret.region;
    const kmsKey = kmsKeyRef(kmsKeyId, region, where);
    return { arn: secret.arn, region, ...(kmsKey ? { kmsKey } : {}) };
  });
  return kmsGrants(readable, where).map((grant) => ({
    sid,
    actions,
    resources: grant.resources,
    condition: kmsCondition(grant, where.partition),
  }));
}

/** For a secret that was given another value at this point before, as its versions show. */
export function listSecretVersions({ secrets }: PermissionRequest): Need {
  const resources = secrets.map(({ arn }) => arn);
  return { sid: 'OptionalListVersions', actions: ['secretsmanager:ListSecretVersionIds'], resources };
}

/** For the checks of who may decrypt: with which KMS keys the current versions are encrypted, and what the policies of these say. */
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

/** Asked of KMS itself, so not through Secrets Manager. An alias is found by the key that has it. */
export function ofKmsKey(request: PermissionRequest, sid: Need['sid'], action: string): Need[] {
  return useKmsKey(request, [action]).map(({ resources, condition }) => {
    const aliases = condition?.['ForAnyValue:StringEquals'];
    return {
      sid,
      actions: [action],
      resources,
      ...(aliases === undefined ? {} : { condition: { 'ForAnyValue:StringEquals': aliases } }),
    };
  });
}

export const WRITING_WITH_KMS = ['kms:GenerateDataKey', 'kms:Decrypt'];

/** A new version of a policy is made beside the default one, and made the default only if that is still the same. */
export const POLICY_VERSION_ACTIONS = [
  'iam:CreatePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:DeletePolicyVersion',
];

/**
 * Reading policies: any, because a role that exists may have any of the account's or of AWS's attached, and what those
 * allow or deny decides.
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

/** The policy, and those that take what does not fit into it: `NAME-2` up to `NAME-99`. */
export function policiesOf({ where, policyName }: PermissionRequest): string[] {
  return [policyName, `${policyName}-?`, `${policyName}-??`].map((name) => policyArn(where, name));
}

/** Only the program's policies, so that this permission can't attach `AdministratorAccess`. */
export function onlyItsPolicies(request: PermissionRequest): JsonObject {
  return { ArnLike: { 'iam:PolicyARN': policiesOf(request) } };
}

/** No other tags than these, as tags may decide who may do what. It holds as well where the service does not pass the keys on. */
export function onlyTheseTags({ tagKeys }: PermissionRequest): JsonObject {
  return { 'ForAllValues:StringEquals': { 'aws:TagKeys': tagKeys } };
}

/** Only what this program made, unless other things may be removed too. */
export function onlyOwn({ includeUntagged }: PermissionRequest): { condition?: JsonObject } {
  return includeUntagged ? {} : { condition: { Null: { [`aws:ResourceTag/${TOOL_TAG}`]: 'false' } } };
}
