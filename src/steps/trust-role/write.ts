import { AttachRolePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { policyReader } from '../../aws/iam/policies.ts';
import { type RoleState, readRole } from '../../aws/iam/roles.ts';
import { awsMessages } from '../../aws/messages.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Identity } from '../../aws/session.ts';
import { tagsFor } from '../../aws/tags.ts';
import { checkGuard } from '../../checks/access/confused-deputy.ts';
import { checkTrust, type FlowScope } from '../../checks/access/trust.ts';
import { EXIT, Failure, hasAwsCode } from '../../failure.ts';
import type { Limits } from '../../limits.ts';
import type { Choice, Conflict, Difference, Quota, RoleOutcome } from '../../plan-types.ts';
import {
  addTrust,
  buildTrustPolicy,
  deletedPrincipals,
  type JsonPolicy,
  parsePolicy,
  policySize,
  type Statement,
  tryParsePolicy,
} from '../../policy/index.ts';
import { type RoleRequest, type StepContext, type StepInput, waitOptions } from '../types.ts';
import { conflict, OTHER_NAME } from './conflicts.ts';
import { roleMessages as messages } from './messages.ts';

/** Returns the flows that will use the role, as far as the request determines them. */
export function flowScope({ role, regions }: RoleRequest): FlowScope {
  return { sourceArns: role.sourceArns, regions };
}

/**
 * The result of creating a role. `exists`: the name is in use. If `unconfirmed` has an IAM action, an earlier attempt of the same
 * request may have created that role.
 */
export type CreatedRole =
  | { kind: 'created'; arn: string }
  | { kind: 'exists'; unconfirmed: string | undefined };

export async function createRole(
  { aws }: StepContext,
  { request, identity }: StepInput<RoleRequest>,
  { arn }: RoleOutcome,
): Promise<CreatedRole> {
  const { role } = request;
  const command = new CreateRoleCommand({
    RoleName: role.name,
    // Newer MediaConnect APIs reject a role ARN with a path.
    Path: '/',
    Description: role.description,
    AssumeRolePolicyDocument: JSON.stringify(trustDocument(request, identity)),
    Tags: tagsFor('trust-role', request),
    PermissionsBoundary: role.permissionsBoundary,
  });
  try {
    const response = await aws.call({ action: 'iam:CreateRole', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return { kind: 'created', arn: response.Role?.Arn ?? arn };
  } catch (error) {
    if (hasAwsCode(error, 'EntityAlreadyExistsException'))
      return { kind: 'exists', unconfirmed: error.unconfirmedAction };
    throw error;
  }
}

/** Waits until IAM shows an existing role, and reads it. Returns undefined if IAM doesn't show it in time. */
export async function readOnceVisible(context: StepContext, name: string): Promise<RoleState | undefined> {
  const { aws } = context;
  const read = () => readRole(aws, policyReader(aws), name);
  const options = waitOptions(context, () => messages.waitingForPropagation);
  return (await waitUntil(read, (role) => role !== undefined, options)).value;
}

/**
 * Attaches a policy; attaching it again does no harm. Retries while IAM doesn't know the role or the policy everywhere yet.
 */
export async function attachPolicy(context: StepContext, role: string, policyArn: string): Promise<void> {
  const { aws } = context;
  const command = new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn });
  const attach = async (): Promise<Failure | undefined> => {
    try {
      await aws.call({ action: 'iam:AttachRolePolicy', resource: role, change: true }, (options) =>
        aws.clients.iam().send(command, options),
      );
      return undefined;
    } catch (error) {
      if (hasAwsCode(error, 'NoSuchEntityException')) return error;
      throw error;
    }
  };
  const options = waitOptions(context, () => messages.waitingForPropagation);
  const { value: failure } = await waitUntil(attach, (lastFailure) => lastFailure === undefined, options);
  if (failure) throw neverKnownFailure(failure, context.limits);
}

/** Returns the failure if IAM still doesn't know the role or the policy after its time limit. Someone may have deleted it. */
function neverKnownFailure(failure: Failure, { iamPropagationMs }: Limits): Failure {
  const { awsAction, awsCode } = failure;
  return new Failure(messages.gaveUpWaiting(iamPropagationMs / 1000), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    details: [failure.message],
    hint: awsMessages.tryAgainHint,
    awsAction,
    awsCode,
    cause: failure,
  });
}

/**
 * Returns the trust policy to send: that of a new role, or that of an existing role with the statement for MediaConnect added.
 */
export function trustDocument(
  { role: requestedRole }: RoleRequest,
  { account }: Pick<Identity, 'account'>,
  role?: Pick<RoleState, 'trust'>,
): JsonPolicy {
  const { sourceAccount, sourceArns } = requestedRole;
  const options = { account, sourceAccount, sourceArns };
  return role ? addTrust(role.trust, options) : buildTrustPolicy(options);
}

/** Returns the statements that an update adds to a trust policy, and those that it keeps. */
export function trustDifference(current: string, desired: JsonPolicy): Difference {
  const statementsIn = (text: string) => tryParsePolicy(text)?.statements.map(describeStatement) ?? [];
  const before = statementsIn(current);
  return {
    title: messages.trustPolicy,
    lines: statementsIn(JSON.stringify(desired)).map((text) => ({
      mark: before.includes(text) ? '=' : '+',
      text,
    })),
  };
}

function describeStatement({ effect, principals, actions, conditions }: Statement): string {
  const principalValues = principals?.entries.flatMap(({ values }) => values) ?? [];
  return [
    effect,
    messages.listed(principalValues, principals?.negated ?? false),
    messages.listed(actions.values, actions.negated),
    ...conditions.map(messages.condition),
  ].join(' ');
}

const UPDATE_TRUST: Choice = { id: 'update-trust', flag: '--update-trust', text: messages.choiceTrust };

export type TrustDecision =
  | { kind: 'create'; document: JsonPolicy }
  | { kind: 'keep'; warnings: string[] }
  | { kind: 'update-trust'; document: JsonPolicy; warnings: string[] }
  | { conflict: Conflict };

/** Decides what to do about the trust policy of an existing or new role. Pure. */
export function planTrust(
  input: StepInput<RoleRequest>,
  role: RoleState | undefined,
  quota: Quota,
): TrustDecision {
  const { request, identity } = input;
  if (!role) {
    const { name } = request.role;
    const document = trustDocument(request, identity);
    const size = policySize(document);
    if (size > quota.limit) return { conflict: conflict(messages.newTrustTooLong(name, size, quota), []) };
    return { kind: 'create', document };
  }
  const result = checkTrust(role.trust, flowScope(request), identity);
  if (result.verdict === 'unreadable')
    return { conflict: conflict(messages.unreadable(role.name), [OTHER_NAME]) };
  if (result.verdict === 'allowed') {
    const scopeWarning = {
      'as-asked': [],
      wider: [messages.trustWider(role.name)],
      narrower: [messages.trustNarrower(role.name)],
    };
    const warnings = [...scopeWarning[result.scope], ...guardWarnings(input, role, role.trust)];
    return { kind: 'keep', warnings };
  }
  const document = trustDocument(request, identity, role);
  const resultAfterUpdate = checkTrust(JSON.stringify(document), flowScope(request), identity);
  if (resultAfterUpdate.verdict === 'not-allowed' && !resultAfterUpdate.uncertain)
    return { conflict: conflict(messages.trustDenied(role.name, resultAfterUpdate.because), [OTHER_NAME]) };
  const uncertainWarnings =
    resultAfterUpdate.verdict === 'not-allowed'
      ? [messages.maybeTrustDenied(role.name, resultAfterUpdate.because)]
      : [];
  if (result.uncertain && uncertainWarnings.length > 0) return { kind: 'keep', warnings: uncertainWarnings };
  if (result.uncertain && !request.updateTrust)
    return { kind: 'keep', warnings: [messages.maybeTrusted(role.name, result.because)] };
  if (!request.updateTrust) {
    const found = messages.notTrusted(role.name, result.because);
    return { conflict: conflict(found, [UPDATE_TRUST, OTHER_NAME]) };
  }
  const deletedIds = deletedPrincipals(parsePolicy(role.trust));
  if (deletedIds.length > 0)
    return { conflict: conflict(messages.deletedPrincipals(role.name, deletedIds), [OTHER_NAME]) };
  const size = policySize(document);
  if (size > quota.limit)
    return { conflict: conflict(messages.trustTooLong(role.name, size, quota), [OTHER_NAME]) };
  const warnings = [...uncertainWarnings, ...guardWarnings(input, role, JSON.stringify(document))];
  return { kind: 'update-trust', document, warnings };
}

/** Returns warnings about a trust policy that lets in other accounts, unless the request omits the confused deputy condition. */
function guardWarnings(
  { request, identity }: StepInput<RoleRequest>,
  { name }: RoleState,
  trust: string,
): string[] {
  if (!request.role.sourceAccount) return [];
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return [];
  if (guard.verdict === 'cannot-tell') return [messages.maybeLetsIn(name, guard.because)];
  return [guard.accounts.length > 0 ? messages.letsIn(name, guard.accounts) : messages.noGuard(name)];
}
