import { nameInIamArn, roleArn } from '../../aws/arn.ts';
import { DEFAULT_ROLE_QUOTAS, type RoleQuotas, readRoleQuotas } from '../../aws/iam/quotas.ts';
import { type RoleState, readRole } from '../../aws/iam/roles.ts';
import type { Aws } from '../../aws/session.ts';
import { withUnconfirmedAction } from '../../failure.ts';
import type { Change, RoleOutcome } from '../../plan-types.ts';
import { measure, tryParsePolicy } from '../../policy/index.ts';
import { conflictFailure } from '../conflict.ts';
import {
  type RoleRequest,
  type Step,
  type StepContext,
  type StepInput,
  type StepPlan,
  warnOfNew,
} from '../types.ts';
import {
  conflict,
  OTHER_NAME,
  readingProblems,
  roleConflicts,
  sourceArnWarnings,
  type TrustState,
} from './conflicts.ts';
import { roleMessages as messages } from './messages.ts';
import { updateTrust } from './update-trust.ts';
import {
  attachPolicy,
  createRole,
  planTrust,
  readWhenKnown,
  type TrustDecision,
  trustDocument,
} from './write.ts';

export interface RolePlan extends StepPlan {
  /** The existing role, if any. */
  found?: RoleState;
  role: 'create' | 'keep' | 'update-trust';
  /** ARNs of the policies to attach. */
  attach: string[];
  /** The document of the requested permissions boundary, if any. */
  boundary?: string;
}

/** Step 3 of the AWS guide: the role that MediaConnect may assume, with the policies attached. */
export const trustRole: Step<RoleRequest, TrustState, RolePlan> = {
  name: 'trust-role',
  observe,
  plan,
  apply,
};

async function observe({ aws, policies }: StepContext, request: RoleRequest): Promise<TrustState> {
  const { role: wanted } = request;
  const { permissionsBoundary } = wanted;
  const [role, boundary] = await Promise.all([
    readRole(aws, policies, wanted.name),
    permissionsBoundary ? policies.read(permissionsBoundary) : undefined,
  ]);
  const quotas = await quotasFor(aws, request, role);
  return { role, boundary: boundary?.document, quotas };
}

/** Reads the account's quotas if the defaults might not be enough for the plan. */
async function quotasFor(
  aws: Aws,
  request: RoleRequest,
  role: RoleState | undefined,
): Promise<RoleQuotas | undefined> {
  const defaults = DEFAULT_ROLE_QUOTAS;
  const policies = (role?.attached.length ?? 0) + request.mostPolicies;
  const sends = role ? request.updateTrust && tryParsePolicy(role.trust) !== undefined : true;
  const size = sends ? measure(trustDocument(request, await aws.identity(), role)) : 0;
  const enough = policies <= defaults.attachedPolicies.limit && size <= defaults.trustPolicySize.limit;
  return enough ? undefined : readRoleQuotas(aws);
}

function plan(input: StepInput<RoleRequest>, found: TrustState): RolePlan {
  const { role, quotas = DEFAULT_ROLE_QUOTAS } = found;
  const { request, identity, policies } = input;
  // A new policy can't be attached yet, even if the role was read when an older one with its ARN was attached.
  const open = policies.filter(({ arn, action }) => action === 'created' || !role?.attached.includes(arn));
  const attach = open.map(({ arn }) => arn);
  const trust = planTrust(input, role, quotas.trustPolicySize);
  const conflicts = [
    ...('conflict' in trust ? [trust.conflict] : []),
    ...roleConflicts(input, found, attach.length),
  ];
  const kind = 'conflict' in trust ? 'keep' : trust.kind;
  // If nothing changes, the checks after the run report the same.
  const changing = input.changing || attach.length > 0 || kind !== 'keep';
  const reading =
    conflicts.length === 0 && changing ? readingProblems(input, found) : { conflicts: [], warnings: [] };
  conflicts.push(...reading.conflicts);
  return {
    role: kind,
    attach,
    changes: conflicts.length > 0 ? [] : describe(input, kind, attach, trust),
    conflicts,
    warnings: [
      ...warnings(request, role, 'warnings' in trust ? trust.warnings : []),
      ...(role?.stack && (attach.length > 0 || kind !== 'keep')
        ? [messages.inStack(role.name, role.stack)]
        : []),
      ...reading.warnings,
    ],
    found: role,
    boundary: found.boundary,
    expected: {
      role: {
        name: request.role.name,
        arn: role?.arn ?? roleArn(identity, request.role.name),
        action: outcome(kind, attach),
      },
    },
  };
}

function warnings(request: RoleRequest, role: RoleState | undefined, more: string[]): string[] {
  const { role: wanted } = request;
  return [
    ...(/mediaconnect/i.test(wanted.name) ? [] : [messages.nameWithoutMediaConnect(wanted.name)]),
    ...sourceArnWarnings(request),
    ...(role && role.path !== '/' ? [messages.hasPath(role.name, role.path)] : []),
    ...more,
  ];
}

function describe(
  input: StepInput<RoleRequest>,
  kind: RolePlan['role'],
  attach: string[],
  trust: TrustDecision,
): Change[] {
  const { name } = input.request.role;
  const document = 'document' in trust ? trust.document : undefined;
  const change = (action: Change['action'], reason: string, document?: unknown): Change => ({
    action,
    resource: 'role',
    name,
    reason,
    document,
  });
  const changes = {
    create: () => change('create', messages.create, document),
    keep: () => change('keep', messages.keep),
    'update-trust': () => change('update', messages.updateTrust, document),
  };
  const names = attach.map(nameInIamArn);
  return [changes[kind](), ...(attach.length > 0 ? [change('attach', messages.attach(names))] : [])];
}

function outcome(kind: RolePlan['role'], attach: string[]): RoleOutcome['action'] {
  if (kind === 'create') return 'created';
  return kind === 'update-trust' || attach.length > 0 ? 'updated' : 'kept';
}

async function apply(
  context: StepContext,
  input: StepInput<RoleRequest>,
  plan: RolePlan,
): Promise<{ role: RoleOutcome }> {
  const { request, identity } = input;
  const { name } = request.role;
  const action = outcome(plan.role, plan.attach);
  const wanted = { name, arn: plan.found?.arn ?? roleArn(identity, name), action };
  if (plan.role !== 'create') return finish(context, input, plan, wanted);
  const created = await createRole(context, input, wanted);
  if (created.kind === 'made') {
    const role = { ...wanted, arn: created.arn };
    context.record({ role });
    return finish(context, input, plan, role);
  }
  return withUnconfirmedAction(
    () => created.unconfirmed,
    adopt(context, input, plan, created.unconfirmed ? 'created' : undefined),
  );
}

/** Completes the remaining changes once the role exists. */
async function finish(
  context: StepContext,
  input: StepInput<RoleRequest>,
  plan: RolePlan,
  role: RoleOutcome,
) {
  if (plan.role === 'update-trust' && plan.found) await updateTrust(context, input, role, plan.found.trust);
  for (const arn of plan.attach) {
    await attachPolicy(context, role.name, arn);
    context.record({ role });
  }
  if (plan.attach.length === 0) context.record({ role });
  return { role };
}

/**
 * Continues with a role that turned out to exist: from an earlier attempt of the same request whose response was lost, or from
 * another run. It is planned again as an existing role.
 */
async function adopt(
  context: StepContext,
  input: StepInput<RoleRequest>,
  before: RolePlan,
  made: 'created' | undefined,
): Promise<{ role: RoleOutcome }> {
  const { name } = input.request.role;
  const { boundary } = before;
  const role = await readWhenKnown(context, name);
  if (!role) throw conflictFailure([conflict(messages.nameTaken(name), [OTHER_NAME]).conflict]);
  const quotas = await quotasFor(context.aws, input.request, role);
  const again = plan(input, {
    role,
    boundary,
    quotas,
  });
  if (again.conflicts.length > 0) throw conflictFailure(again.conflicts);
  warnOfNew(context, before, again);
  const action = made ?? outcome(again.role, again.attach);
  return finish(context, input, again, { name, arn: role.arn, action });
}
