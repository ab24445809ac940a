import { AwsError } from '../errors.ts';
import { trustPolicyView } from '../iam/role-policies.ts';
import type { Role } from '../iam/store.ts';
import { stringIn, stringsIn, tagsIn } from '../permissions/input.ts';
import { type ConditionValues, type RequiredPermission, requestTagValues } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { documentPattern, list, number, record, required, tagKeyList, tagList, text } from '../shapes.ts';

/** The trust policy of a role that does not exist. It allows nothing. */
const NO_TRUST = '{}';

/**
 * Returns the permissions that STS operations need. GetCallerIdentity and GetSessionToken need none.
 * Source: "Permissions for GetSessionToken" in the IAM user guide, and AssumeRole in the STS API reference.
 */
export function requiredPermissions(call: Call, action: string, input: Input): RequiredPermission[] {
  if (action !== 'AssumeRole') return [];
  const stsActions = ['sts:AssumeRole'];
  if (tagsIn(input)) stsActions.push('sts:TagSession');
  if (stringIn(input, 'SourceIdentity') !== undefined) stsActions.push('sts:SetSourceIdentity');
  const roleArn = stringIn(input, 'RoleArn') ?? '';
  const role = roleWithArn(call, roleArn);
  return stsActions.map((stsAction) => ({
    action: stsAction,
    resource: roleArn,
    conditionValues: assumeRoleValues(call, input),
    resourcePolicy: role ? trustPolicyView(call, role) : NO_TRUST,
    resourcePolicyMustAllow: true,
    deniedError: assumeRoleDenied(call, stsAction, roleArn),
  }));
}

export function roleWithArn(call: Call, arn: string): Role | undefined {
  return [...call.iam.visible.roles.values()].find((role) => role.arn === arn);
}

function assumeRoleValues(call: Call, input: Input): ConditionValues {
  const hasMfaMember =
    stringIn(input, 'SerialNumber') !== undefined || stringIn(input, 'TokenCode') !== undefined;
  return {
    // If only one of the two members is set, the operation itself rejects the request, with a better message.
    ...((hasMfaMember || call.caller.mfa) && { 'aws:MultiFactorAuthPresent': 'true' }),
    'sts:ExternalId': stringIn(input, 'ExternalId'),
    'sts:RoleSessionName': stringIn(input, 'RoleSessionName'),
    'sts:SourceIdentity': stringIn(input, 'SourceIdentity'),
    'sts:TransitiveTagKeys': stringsIn(input, 'TransitiveTagKeys'),
    ...requestTagValues(tagsIn(input)),
  };
}

/** Returns the access denied error. STS gives no reason, because it would tell strangers whether a role exists. */
function assumeRoleDenied(call: Call, action: string, roleArn: string): AwsError {
  const message = `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}`;
  return new AwsError('AccessDenied', message, 403);
}

/**
 * True if a request proves possession of an MFA device. The sandbox accepts any device and any six digits.
 * @throws AwsError AccessDenied if only one of the two members is set.
 */
export function provesMfa(input: { SerialNumber?: string; TokenCode?: string }): boolean {
  const { SerialNumber, TokenCode } = input;
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  if (SerialNumber === undefined || TokenCode === undefined) {
    throw new AwsError(
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      403,
    );
  }
  return true;
}

// The inputs of STS operations. Source: the service's API model.

/** The Region and the account of an ARN can be empty. */
const ARN = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/;

const mfaMembers = {
  SerialNumber: text({ min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ }),
  TokenCode: text({ min: 6, max: 6, pattern: /^[\d]*$/ }),
};

export const assumeRoleMembers = {
  ...mfaMembers,
  RoleArn: required(
    text({ min: 20, max: 2048, pattern: ARN, mismatchMessage: (value) => `${value} is invalid` }),
  ),
  RoleSessionName: required(text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ })),
  DurationSeconds: number({ min: 900, max: 43_200 }),
  Policy: text({ min: 1, max: 2048, pattern: documentPattern }),
  PolicyArns: list(record({ arn: text({ min: 20, max: 2048 }) }), { max: 10 }),
  Tags: tagList,
  TransitiveTagKeys: tagKeyList,
  ExternalId: text({ min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ }),
  SourceIdentity: text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ }),
};

export const sessionTokenMembers = { ...mfaMembers, DurationSeconds: number({ min: 900, max: 129_600 }) };
