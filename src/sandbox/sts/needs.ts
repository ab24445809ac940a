import { AwsError } from '../errors.ts';
import { shownTrust } from '../iam/inline.ts';
import type { Role } from '../iam/store.ts';
import { tagsIn, textIn, textsIn } from '../permissions/input.ts';
import { type Facts, type Need, requestTags } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { documentText, list, number, record, required, tagKeyList, tagList, text } from '../shapes.ts';

const NO_TRUST = '{}';

/**
 * Returns the permissions that STS operations need. GetCallerIdentity and GetSessionToken need none.
 * Source: "Permissions for GetSessionToken" in the IAM user guide, and AssumeRole in the STS API reference.
 */
export function needs(call: Call, action: string, input: Input): Need[] {
  if (action !== 'AssumeRole') {
    return [];
  }
  const further = [
    ...(tagsIn(input) ? ['sts:TagSession'] : []),
    ...(textIn(input, 'SourceIdentity') === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  const roleArn = textIn(input, 'RoleArn') ?? '';
  const role = roleWithArn(call, roleArn);
  return ['sts:AssumeRole', ...further].map((permission) => ({
    action: permission,
    resource: roleArn,
    facts: assumeFacts(call, input),
    resourcePolicy: role ? shownTrust(call, role) : NO_TRUST,
    resourcePolicyMustAllow: true,
    refusal: refusal(call, permission, roleArn),
  }));
}

/** Returns the role with this ARN; undefined if there is none. */
export function roleWithArn(call: Call, arn: string): Role | undefined {
  return [...call.iam.seen.roles.values()].find((role) => role.arn === arn);
}

function assumeFacts(call: Call, input: Input): Facts {
  const givesProof = textIn(input, 'SerialNumber') !== undefined || textIn(input, 'TokenCode') !== undefined;
  return {
    // If only one of the two is given, the operation itself refuses the request with a better reason.
    ...((givesProof || call.caller.mfa) && { 'aws:MultiFactorAuthPresent': 'true' }),
    'sts:ExternalId': textIn(input, 'ExternalId'),
    'sts:RoleSessionName': textIn(input, 'RoleSessionName'),
    'sts:SourceIdentity': textIn(input, 'SourceIdentity'),
    'sts:TransitiveTagKeys': textsIn(input, 'TransitiveTagKeys'),
    ...requestTags(tagsIn(input)),
  };
}

/** Returns the access denied error. STS gives no reason, because it would tell strangers whether a role exists. */
function refusal(call: Call, permission: string, roleArn: string): AwsError {
  const message = `User: ${call.caller.arn} is not authorized to perform: ${permission} on resource: ${roleArn}`;
  return new AwsError('AccessDenied', message, 403);
}

interface MfaInput {
  SerialNumber?: string;
  TokenCode?: string;
}

/**
 * True if a request proves possession of an MFA device. The sandbox accepts any device and any six digits.
 * @throws AwsError AccessDenied if only half of the proof is given.
 */
export function provesMfa(input: MfaInput): boolean {
  if (input.SerialNumber === undefined && input.TokenCode === undefined) {
    return false;
  }
  if (input.SerialNumber === undefined || input.TokenCode === undefined) {
    throw new AwsError(
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
      403,
    );
  }
  return true;
}

/** The inputs of STS operations. Source: the service's API model. */
const sessionPolicies = list(record({ arn: text({ min: 20, max: 2048 }) }), { max: 10 });

/** The Region and the account of an ARN can be empty. */
const ARN = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/;

const mfa = {
  SerialNumber: text({ min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ }),
  TokenCode: text({ min: 6, max: 6, pattern: /^[\d]*$/ }),
};

export const assumeRoleMembers = {
  ...mfa,
  RoleArn: required(text({ min: 20, max: 2048, pattern: ARN, invalid: (value) => `${value} is invalid` })),
  RoleSessionName: required(text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ })),
  DurationSeconds: number({ min: 900, max: 43_200 }),
  Policy: text({ min: 1, max: 2048, pattern: documentText }),
  PolicyArns: sessionPolicies,
  Tags: tagList,
  TransitiveTagKeys: tagKeyList,
  ExternalId: text({ min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ }),
  SourceIdentity: text({ min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ }),
};

export const sessionTokenMembers = { ...mfa, DurationSeconds: number({ min: 900, max: 129_600 }) };
