import type { Call } from '../service.ts';
import type { Tag } from '../tags.ts';

import { roleWithId } from './grants.ts';
import { type Facts, tagFacts } from './need.ts';
import type { Asker } from './principals.ts';
import type { Context } from './variables.ts';

/** Facts as policies look them up. A key that differs by case only is the same key; the later one counts. */
export function contextOf(...facts: readonly Facts[]): Context {
  const entries = facts
    .flatMap((each) => Object.entries(each))
    .filter((entry): entry is [string, string | readonly string[]] => entry[1] !== undefined)
    .map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value] as const);
  return new Map(entries);
}

/**
 * The condition keys of every request. The sandbox stands for endpoints that are encrypted, so its requests count as such.
 * Source: "AWS global condition context keys" in the IAM user guide.
 */
export function globalFacts(call: Call): Facts {
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

/** The caller as policies see it. */
export function askerOf({ caller, world }: Call): Asker {
  const { account, partition } = world;
  const [id = ''] = caller.userId.split(':');
  return { arn: caller.arn, account, partition, id, ...(caller.roleArn && { roleArn: caller.roleArn }) };
}
