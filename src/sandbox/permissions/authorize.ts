import { AwsError, denialMessage } from '../errors.ts';
import type { Call, Service } from '../service.ts';
import type { Tag } from '../shapes.ts';
import { type Decision, decide } from './evaluate.ts';
import type { Context } from './glob.ts';
import { policiesOf, roleWithId } from './grants.ts';
import { type Facts, type Need, tagFacts } from './need.ts';
import type { Asker } from './principals.ts';

/**
 * Checks that the caller has a permission.
 * @throws AwsError the service's access denied error, in AWS's own words.
 */
export function authorize(call: Call, service: Service, need: Need): void {
  const decision = decisionOn(call, need);
  if (!decision.allowed) {
    throw need.refusal ?? denial(call, service, need, reasonOf(decision, need.action));
  }
}

/** True if the caller has a permission. */
export function isAllowed(call: Call, need: Need): boolean {
  return decisionOn(call, need).allowed;
}

/** Evaluates the caller's policies, and the resource's own policy, for one permission. */
function decisionOn(call: Call, need: Need): Decision {
  const context = contextOf(globalFacts(call), need.facts ?? {});
  const question = { action: need.action, resource: need.resource, context };
  return decide(question, askerOf(call), {
    ...policiesOf(call.caller.bearer, call.iam),
    resource: need.resourcePolicy,
    resourceMustAllow: need.resourcePolicyMustAllow ?? false,
  });
}

/**
 * Returns the access denied error in the service's form. By default, the reason is that no identity-based policy allows the
 * action.
 */
export function denial(call: Call, service: Service, need: Need, reason?: string): AwsError {
  const [code, status] = service.protocol.deniedError;
  const shown = need.shown ?? need.resource;
  return new AwsError(
    code,
    denialMessage(call.caller.arn, need.action, shown === '' ? undefined : shown, reason),
    status,
  );
}

function reasonOf(decision: Decision & { allowed: false }, action: string): string {
  if (!decision.explicit) {
    return `because no ${decision.by} allows the ${action} action`;
  }
  const article = /^[aeiou]/.test(decision.by) ? 'an' : 'a';
  return `with an explicit deny in ${article} ${decision.by}`;
}

/**
 * Returns facts in the form in which policies look them up. Keys are case-insensitive; if a key occurs twice, the later one
 * counts.
 */
export function contextOf(...facts: readonly Facts[]): Context {
  const entries = facts
    .flatMap((each) => Object.entries(each))
    .filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined)
    .map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value] as const);
  return new Map(entries);
}

/**
 * Returns the global condition keys of a request. The sandbox stands in for encrypted endpoints, so its requests count as
 * encrypted.
 * Source: "AWS global condition context keys" in the IAM user guide.
 */
function globalFacts(call: Call): Facts {
  const { caller, world, now } = call;
  const isSession = caller.roleArn !== undefined;
  return {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': world.account,
    'aws:PrincipalType': isSession ? 'AssumedRole' : 'User',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ResourceAccount': world.account,
    'aws:userid': caller.userId,
    'aws:username': isSession ? undefined : caller.arn.split('/').at(-1),
    'aws:RequestedRegion': call.region,
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:MultiFactorAuthPresent': caller.temporary ? String(caller.mfa) : undefined,
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    'aws:ViaAWSService': 'false',
    ...tagFacts('aws:PrincipalTag', principalTags(call)),
  };
}

function principalTags({ caller, iam }: Call): readonly Tag[] {
  const { bearer } = caller;
  return bearer.kind === 'role' ? [...(roleWithId(iam.seen, bearer.id)?.tags ?? []), ...bearer.tags] : [];
}

/** Returns the caller as policies see it. */
function askerOf({ caller, world }: Call): Asker {
  const { account, partition } = world;
  const [id = ''] = caller.userId.split(':');
  return { arn: caller.arn, account, partition, id, ...(caller.roleArn && { roleArn: caller.roleArn }) };
}
