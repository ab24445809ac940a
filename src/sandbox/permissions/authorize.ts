import { AwsError, denialMessage } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import type { Tag } from '../shapes.ts';
import { type Decision, decide } from './evaluate.ts';
import type { Context } from './glob.ts';
import { type ConditionValues, type RequiredPermission, tagValues } from './need.ts';
import { policiesOfSource, roleWithId } from './permission-source.ts';
import type { Principal } from './principals.ts';

/**
 * Checks that the caller has a permission.
 * @throws AwsError the service's access denied error, in AWS's own words.
 */
export function authorize(call: Call, service: Service, permission: RequiredPermission): void {
  const decision = decisionFor(call, permission);
  if (decision.allowed) return;
  const reason = denialReason(decision, permission.action);
  throw permission.deniedError ?? accessDeniedError(call, service, permission, reason);
}

/** True if the caller has a permission. Throws nothing. */
export function isAllowed(call: Call, permission: RequiredPermission): boolean {
  return decisionFor(call, permission).allowed;
}

/** Evaluates the caller's policies, and the resource's own policy, for one permission. */
function decisionFor(call: Call, permission: RequiredPermission): Decision {
  const context = conditionContext(globalConditionValues(call), permission.conditionValues ?? {});
  const request = { action: permission.action, resource: permission.resource, context };
  return decide(request, principalOf(call), {
    ...policiesOfSource(call.caller.permissionSource, call.iam),
    resource: permission.resourcePolicy,
    resourceMustAllow: permission.resourcePolicyMustAllow ?? false,
  });
}

/**
 * Returns the access denied error in the service's form. By default, the reason is that no identity-based policy allows the
 * action.
 */
export function accessDeniedError(
  call: Call,
  service: Service,
  permission: RequiredPermission,
  reason?: string,
): AwsError {
  const [code, status] = service.protocol.deniedError;
  const resource = permission.resourceInMessage ?? permission.resource;
  const message = denialMessage(call.caller.arn, permission.action, resource || undefined, reason);
  return new AwsError(code, message, status);
}

function denialReason(decision: Decision & { allowed: false }, action: string): string {
  if (!decision.explicit) return `because no ${decision.policyKind} allows the ${action} action`;
  const article = /^[aeiou]/.test(decision.policyKind) ? 'an' : 'a';
  return `with an explicit deny in ${article} ${decision.policyKind}`;
}

/**
 * Returns condition values by lowercase key, because condition keys are case-insensitive. If a key occurs twice, the later value
 * counts.
 */
export function conditionContext(...valueSets: readonly ConditionValues[]): Context {
  const entries = valueSets
    .flatMap((values) => Object.entries(values))
    .filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined)
    .map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value] as const);
  return new Map(entries);
}

/**
 * Returns the global condition keys of a request. The sandbox stands in for AWS's encrypted endpoints, so its requests
 * count as encrypted.
 * Source: "AWS global condition context keys" in the IAM user guide.
 */
function globalConditionValues(call: Call): ConditionValues {
  const { caller, account, now } = call;
  const isSession = caller.roleArn !== undefined;
  return {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': account.accountId,
    'aws:PrincipalType': isSession ? 'AssumedRole' : 'User',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ResourceAccount': account.accountId,
    'aws:userid': caller.userId,
    'aws:username': isSession ? undefined : caller.arn.split('/').at(-1),
    'aws:RequestedRegion': call.region,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:MultiFactorAuthPresent': caller.temporary ? String(caller.mfa) : undefined,
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    'aws:ViaAWSService': 'false',
    ...tagValues('aws:PrincipalTag', principalTags(call)),
  };
}

function principalTags({ caller, iam }: Call): readonly Tag[] {
  const source = caller.permissionSource;
  if (source.kind !== 'role') return [];
  const roleTags = roleWithId(iam.visible, source.roleId)?.tags ?? [];
  return [...roleTags, ...source.sessionTags];
}

/** Returns the caller as policies see it. */
function principalOf({ caller, account }: Call): Principal {
  const { accountId, partition } = account;
  // The `userId` of a role session is ROLE-ID:SESSION.
  const [id = ''] = caller.userId.split(':');
  return { arn: caller.arn, roleArn: caller.roleArn, accountId, partition, id };
}
