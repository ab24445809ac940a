import { recordsIn, stringIn } from '../permissions/input.ts';
import { type RequiredPermission, resourceTagValues } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { roleWithArn } from '../sts/needs.ts';
import { type PartKind, passRoleDenied } from './store.ts';

export const SERVICE_PRINCIPAL = 'mediaconnect.amazonaws.com';

/** The kind of the parts that an operation creates, changes or removes. Such an operation also needs permission for them. */
const PART_KIND_BY_ACTION: Readonly<Record<string, PartKind>> = {
  AddFlowSources: 'source',
  AddFlowOutputs: 'output',
  GrantFlowEntitlements: 'entitlement',
  UpdateFlowSource: 'source',
  UpdateFlowOutput: 'output',
  RemoveFlowOutput: 'output',
  RevokeFlowEntitlement: 'entitlement',
};
/** The input members with the new parts. */
const LIST_MEMBERS: Readonly<Record<PartKind, string>> = {
  source: 'sources',
  output: 'outputs',
  entitlement: 'entitlements',
};

/**
 * Returns the permissions that MediaConnect operations need. Source: "Actions, resources, and condition keys for AWS Elemental
 * MediaConnect" in the service authorization reference; for the role, "Granting a user permissions to pass a role to an AWS
 * service" in the IAM user guide.
 */
export function requiredPermissions(call: Call, action: string, input: Input): RequiredPermission[] {
  const permission = `mediaconnect:${action}`;
  return [
    ...resourcesOf(call, action, input).map((resource) => ({ action: permission, resource })),
    ...roleArnsIn(input).map((arn) => passRole(call, arn)),
  ];
}

/** Returns the ARNs of the resources that a request works on; `*` for missing ones. */
function resourcesOf(call: Call, action: string, input: Input): string[] {
  const { accountId, partition } = call.account;
  const newArn = (kind: string, name: string | undefined) =>
    `arn:${partition}:mediaconnect:${call.region}:${accountId}:${kind}:1-*:${name ?? '*'}`;
  if (action === 'CreateFlow') return [newArn('flow', stringIn(input, 'name'))];
  const [, verb, routerName] = /^(Create|Get|Delete|List)(Router(?:In|Out)put)s?$/.exec(action) ?? [];
  if (routerName !== undefined) {
    const kind = routerName === 'RouterInput' ? 'routerInput' : 'routerOutput';
    const newRouterArn = `arn:${partition}:mediaconnect:${call.region}:${accountId}:${kind}:*`;
    return [verb === 'Create' ? newRouterArn : (stringIn(input, 'arn') ?? '*')];
  }
  const flowResource = stringIn(input, 'flowArn') ?? '*';
  const kind = Object.hasOwn(PART_KIND_BY_ACTION, action) ? PART_KIND_BY_ACTION[action] : undefined;
  if (kind === undefined) return [flowResource];
  const existingPartArn = stringIn(input, `${kind}Arn`);
  const parts = recordsIn(input, LIST_MEMBERS[kind]) ?? [];
  const newPartArns = parts.map((part) => newArn(kind, stringIn(part, 'name')));
  return [flowResource, ...(existingPartArn === undefined ? newPartArns : [existingPartArn])];
}

/** Returns the ARNs of the roles in a request, at any depth. */
function roleArnsIn(input: Input): string[] {
  const arns = Object.entries(input).flatMap(([member, value]) => {
    if (member === 'roleArn' && typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? roleArnsIn({ ...value }) : [];
  });
  return [...new Set(arns)];
}

function passRole(call: Call, arn: string): RequiredPermission {
  const tags = roleWithArn(call, arn)?.tags ?? [];
  return {
    action: 'iam:PassRole',
    resource: arn,
    conditionValues: { 'iam:PassedToService': SERVICE_PRINCIPAL, ...resourceTagValues('iam', tags) },
    deniedError: passRoleDenied(),
  };
}
