import { recordsIn, textIn } from '../permissions/input.ts';
import { type Need, resourceTags } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { roleWithArn } from '../sts/needs.ts';
import { forbidden, type PartKind } from './store.ts';

export const SERVICE_PRINCIPAL = 'mediaconnect.amazonaws.com';

/** What operations work on in addition to the flow: an existing part, named by a member of the request, or new parts. */
const PARTS: Readonly<Record<string, PartKind>> = {
  AddFlowSources: 'source',
  AddFlowOutputs: 'output',
  GrantFlowEntitlements: 'entitlement',
  UpdateFlowSource: 'source',
  UpdateFlowOutput: 'output',
  RemoveFlowOutput: 'output',
  RevokeFlowEntitlement: 'entitlement',
};
const LISTS: Readonly<Record<PartKind, string>> = {
  source: 'sources',
  output: 'outputs',
  entitlement: 'entitlements',
};

/**
 * Returns the permissions that MediaConnect operations need. Source: "Actions, resources, and condition keys for AWS Elemental
 * MediaConnect" in the service authorization reference; for the role, "Granting a user permissions to pass a role to an AWS
 * service" in the IAM user guide.
 */
export function needs(call: Call, action: string, input: Input): Need[] {
  const permission = `mediaconnect:${action}`;
  return [
    ...resourcesOf(call, action, input).map((resource) => ({ action: permission, resource })),
    ...rolesIn(input).map((arn) => passRole(call, arn)),
  ];
}

function resourcesOf(call: Call, action: string, input: Input): string[] {
  const { account, partition } = call.world;
  const newArn = (kind: string, name: string | undefined) =>
    `arn:${partition}:mediaconnect:${call.region}:${account}:${kind}:1-*:${name ?? '*'}`;
  if (action === 'CreateFlow') {
    return [newArn('flow', textIn(input, 'name'))];
  }
  const router = /^(Create|Get|Delete|List)(Router(?:In|Out)put)s?$/.exec(action);
  if (router) {
    const kind = router[2] === 'RouterInput' ? 'routerInput' : 'routerOutput';
    const made = `arn:${partition}:mediaconnect:${call.region}:${account}:${kind}:*`;
    return [router[1] === 'Create' ? made : (textIn(input, 'arn') ?? '*')];
  }
  const flow = textIn(input, 'flowArn') ?? '*';
  const kind = Object.hasOwn(PARTS, action) ? PARTS[action] : undefined;
  if (kind === undefined) {
    return [flow];
  }
  const present = textIn(input, `${kind}Arn`);
  const parts = recordsIn(input, LISTS[kind]) ?? [];
  const added = parts.map((part) => newArn(kind, textIn(part, 'name')));
  return [flow, ...(present === undefined ? added : [present])];
}

/** Returns the roles in a request, at any depth. */
function rolesIn(input: Input): string[] {
  const roles = Object.entries(input).flatMap(([member, value]) => {
    if (member === 'roleArn' && typeof value === 'string') {
      return [value];
    }
    return typeof value === 'object' && value !== null ? rolesIn({ ...value }) : [];
  });
  return [...new Set(roles)];
}

function passRole(call: Call, arn: string): Need {
  const tags = roleWithArn(call, arn)?.tags ?? [];
  return {
    action: 'iam:PassRole',
    resource: arn,
    facts: { 'iam:PassedToService': SERVICE_PRINCIPAL, ...resourceTags('iam', tags) },
    refusal: forbidden(),
  };
}
