import { nameInIamArn, roleArn } from '../../aws/arn.ts';
import { DEFAULT_ROLE_QUOTAS, type RoleQuotas, readRoleQuotas } from '../../aws/iam/quotas.ts';
import { type RoleState, readRole } from '../../aws/iam/roles.ts';
import type { Aws } from '../../aws/session.ts';
import { withUnconfirmedAction } from '../../failure.ts';
import type { Change, RoleOutcome } from '../../plan-types.ts';
import { policySize, tryParsePolicy } from '../../policy/index.ts';
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
  findAccessProblems,
  type ObservedRole,
  OTHER_NAME,
  roleConflicts,
  sourceArnWarnings,
} from './conflicts.ts';
import { roleMessages as messages } from './messages.ts';
import { updateTrust } from './update-trust.ts';
import {
  attachPolicy,
  createRole,
  planTrust,
  readOnceVisible,
  type TrustDecision,
  trustDifference,
  trustDocument,
} from './write.ts';

export interface RolePlan extends StepPlan {
  /** The existing role, if any. */
  found?: RoleState;
  action: 'create' | 'keep' | 'update-trust';
  /** ARNs of the policies to attach. */
  arnsToAttach: string[];
  /** The document of the requested permissions boundary, if any. */
  boundary?: string;
  expected: { role: RoleOutcome };
}

/** Step 3 of the AWS guide: the role that MediaConnect may assume, with the policies attached. */
export const trustRole: Step<RoleRequest, ObservedRole, RolePlan> = {
  name: 'trust-role',
  observe,
  plan,
  apply,
};

async function observe({ aws, policies }: StepContext, request: RoleRequest): Promise<ObservedRole> {
  const { name, permissionsBoundary } = request.role;
  const [role, boundary] = await Promise.all([
    readRole(aws, policies, name),
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
  const policyCount = (role?.attachedArns.length ?? 0) + request.maxPolicies;
  const writesTrust = !role || (request.updateTrust && tryParsePolicy(role.trust) !== undefined);
  const size = writesTrust ? policySize(trustDocument(request, await aws.identity(), role)) : 0;
  const areDefaultsEnough =
    policyCount <= defaults.attachedPolicies.limit && size <= defaults.trustPolicySize.limit;
  return areDefaultsEnough ? undefined : readRoleQuotas(aws);
}

function plan(input: StepInput<RoleRequest>, found: ObservedRole): RolePlan {
  const { role, quotas = DEFAULT_ROLE_QUOTAS } = found;
  const { request, identity, policies } = input;
  const { name } = request.role;
  const arn = role?.arn ?? roleArn(identity, name);
  // A new policy can't be attached yet, even if the role was read when an older one with its ARN was attached.
  const arnsToAttach = policies
    .filter(({ arn, action }) => action === 'created' || !role?.attachedArns.includes(arn))
    .map(({ arn }) => arn);
  const trust = planTrust(input, role, quotas.trustPolicySize);
  const conflicts = [
    ...('conflict' in trust ? [trust.conflict] : []),
    ...roleConflicts(input, found, arnsToAttach.length),
  ];
  const action = 'conflict' in trust ? 'keep' : trust.kind;
  // Only if something changes, because the checks after the run report access problems too.
  const changesRole = arnsToAttach.length > 0 || action !== 'keep';
  const hasChanges = input.hasEarlierChanges || changesRole;
  const accessProblems =
    conflicts.length === 0 && hasChanges ? findAccessProblems(input, found) : { conflicts: [], warnings: [] };
  conflicts.push(...accessProblems.conflicts);
  return {
    action,
    arnsToAttach,
    changes: conflicts.length > 0 ? [] : planChanges(input, action, arnsToAttach, trust, role),
    conflicts,
    warnings: [
      ...planWarnings(request, role, 'warnings' in trust ? trust.warnings : []),
      ...(role?.stack && changesRole ? [messages.inStack(role.name, role.stack)] : []),
      ...accessProblems.warnings,
    ],
    found: role,
    boundary: found.boundary,
    expected: { role: { name, arn, action: outcomeAction(action, arnsToAttach) } },
  };
}

function planWarnings(request: RoleRequest, role: RoleState | undefined, trustWarnings: string[]): string[] {
  const { name } = request.role;
  return [
    ...(/mediaconnect/i.test(name) ? [] : [messages.nameWithoutMediaConnect(name)]),
    ...sourceArnWarnings(request),
    ...(role && role.path !== '/' ? [messages.hasPath(role.name, role.path)] : []),
    ...trustWarnings,
  ];
}

function planChanges(
  input: StepInput<RoleRequest>,
  action: RolePlan['action'],
  arnsToAttach: string[],
  trust: TrustDecision,
  found: RoleState | undefined,
): Change[] {
  const role = { resource: 'role' as const, name: input.request.role.name };
  const document = 'document' in trust ? trust.document : undefined;
  const { sourceAccount } = input.request.role;
  const difference = found && document ? trustDifference(found.trust, document) : undefined;
  const changes: Record<RolePlan['action'], Change> = {
    create: { action: 'create', ...role, reason: messages.create(sourceAccount), document },
    keep: { action: 'keep', ...role, reason: messages.keep },
    'update-trust': { action: 'update', ...role, reason: messages.updateTrust, document, difference },
  };
  const reason = messages.attach(role.name);
  const attachments = arnsToAttach.map(
    (arn): Change => ({ action: 'attach', resource: 'policy', name: nameInIamArn(arn), reason }),
  );
  return [changes[action], ...attachments];
}

function outcomeAction(action: RolePlan['action'], arnsToAttach: string[]): RoleOutcome['action'] {
  if (action === 'create') return 'created';
  return action === 'update-trust' || arnsToAttach.length > 0 ? 'updated' : 'kept';
}

async function apply(
  context: StepContext,
  input: StepInput<RoleRequest>,
  plan: RolePlan,
): Promise<{ role: RoleOutcome }> {
  const expectedRole = plan.expected.role;
  if (plan.action !== 'create') return applyRemaining(context, input, plan, expectedRole);
  const created = await createRole(context, input, expectedRole);
  if (created.kind === 'created') {
    const role = { ...expectedRole, arn: created.arn };
    context.record({ role });
    return applyRemaining(context, input, plan, role);
  }
  return withUnconfirmedAction(
    () => created.unconfirmed,
    adopt(context, input, plan, created.unconfirmed ? 'created' : undefined),
  );
}

/** Makes the changes that remain once the role exists: to its trust policy and its attached policies. */
async function applyRemaining(
  context: StepContext,
  input: StepInput<RoleRequest>,
  plan: RolePlan,
  role: RoleOutcome,
) {
  if (plan.action === 'update-trust' && plan.found) await updateTrust(context, input, role, plan.found.trust);
  for (const [index, arn] of plan.arnsToAttach.entries()) {
    await attachPolicy(context, role.name, arn);
    context.record({ role: { ...role, attachedCount: index + 1 } });
  }
  if (plan.arnsToAttach.length === 0) context.record({ role });
  return { role };
}

/**
 * Continues with a role that turned out to exist: an earlier attempt of `CreateRole` whose response was lost has created it, or
 * another run has. Plans again with the existing role.
 * @param knownAction the role's action if this run may have created it; by default, the action in the new plan
 */
async function adopt(
  context: StepContext,
  input: StepInput<RoleRequest>,
  firstPlan: RolePlan,
  knownAction: 'created' | undefined,
): Promise<{ role: RoleOutcome }> {
  const { name } = input.request.role;
  const role = await readOnceVisible(context, name);
  if (!role) throw conflictFailure([conflict(messages.nameTaken(name), [OTHER_NAME])]);
  const quotas = await quotasFor(context.aws, input.request, role);
  const newPlan = plan(input, { role, boundary: firstPlan.boundary, quotas });
  if (newPlan.conflicts.length > 0) throw conflictFailure(newPlan.conflicts);
  warnOfNew(context, firstPlan, newPlan);
  const action = knownAction ?? outcomeAction(newPlan.action, newPlan.arnsToAttach);
  return applyRemaining(context, input, newPlan, { name, arn: role.arn, action });
}
