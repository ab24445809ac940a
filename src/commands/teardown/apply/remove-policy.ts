import { AttachRolePolicyCommand, DeletePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyReader } from '../../../aws/iam/policies.ts';
import type { RoleState } from '../../../aws/iam/roles.ts';
import { awsMessages } from '../../../aws/messages.ts';
import { waitUntil } from '../../../aws/requests/concurrency.ts';
import { orAbsent } from '../../../aws/session.ts';
import { EXIT, Failure, hasAwsCode, Interrupted, isExpected, isUnconfirmed } from '../../../failure.ts';
import { deleteVersion } from '../../../steps/read-policy/write.ts';
import { roleMessages } from '../../../steps/trust-role/messages.ts';
import type { StepContext } from '../../../steps/types.ts';
import { teardownMessages as messages } from '../messages.ts';
import { decidePolicy } from '../plan/decisions.ts';
import { findPolicy } from '../plan/observe.ts';
import type { Ownership, PolicyDecision, UsedPolicy } from '../types.ts';

/** How many reads in a row must not find a resource before it counts as deleted: a single read may be out of date. */
const READS_UNTIL_DELETED = 3;

/**
 * Detaches a policy from the roles, deletes its other versions, and then the policy. IAM refuses if another process attaches the
 * policy or adds a version, and may show an addition late. The policy is then read again. If it is not deleted, it is attached to
 * the roles again, even if the run fails or is interrupted, because another key may need it.
 * @returns `deleted`, or what to do with the policy instead, because another run may have added a secret in the meantime
 * @throws Failure or Interrupted; if a role has lost the policy, the details say so and name the command that attaches it again
 */
export async function removePolicy(
  context: StepContext,
  policy: UsedPolicy,
  ownership: Ownership,
): Promise<'deleted' | PolicyDecision> {
  const detached = new Map<string, RoleState>();
  const [attempt] = await Promise.allSettled([deleteUnlessNeeded(context, policy, ownership, detached)]);
  if (attempt.status === 'fulfilled' && attempt.value === 'deleted') return 'deleted';
  const restoreFailure = await restorePolicy(context, [...detached.values()], policy);
  if (restoreFailure) {
    const reason = attempt.status === 'rejected' ? attempt.reason : undefined;
    throw withRestoreFailure(context, reason, restoreFailure);
  }
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}

/** Returns the error to throw: why the policy was not deleted, and which roles lost it. `Interrupted` if the user interrupted. */
function withRestoreFailure(
  { interrupt }: StepContext,
  reason: unknown,
  restoreFailure: Failure,
): Failure | Interrupted {
  const details = [restoreFailure.message, ...restoreFailure.details];
  const deleteFailure = isExpected(reason) ? reason : undefined;
  if (interrupt.aborted)
    return new Interrupted({ details, unconfirmedAction: deleteFailure?.unconfirmedAction || undefined });
  deleteFailure?.details.push(...details);
  return deleteFailure ?? restoreFailure;
}

/**
 * Returns `deleted`, or what to do with the policy instead.
 * @param detached receives the roles that the policy was detached from
 */
async function deleteUnlessNeeded(
  context: StepContext,
  { name, arn }: UsedPolicy,
  ownership: Ownership,
  detached: Map<string, RoleState>,
): Promise<'deleted' | PolicyDecision> {
  const { limits, interrupt } = context;
  let readsWithoutPolicy = 0;
  const round = async (): Promise<'deleted' | PolicyDecision | undefined> => {
    const policy = await findPolicy(context.aws, arn);
    readsWithoutPolicy = policy ? 0 : readsWithoutPolicy + 1;
    if (policy === 'unsettled') return undefined;
    if (!policy) return readsWithoutPolicy >= READS_UNTIL_DELETED ? 'deleted' : undefined;
    const decision = decidePolicy(policy, ownership);
    if (decision.kind !== 'delete') return decision;
    for (const role of decision.detach) {
      try {
        // If the role did not have the policy, another process or this run has already detached it.
        if (await detach(context, role, arn)) detached.set(role.arn, role);
      } catch (error) {
        // The policy may have been detached although the response was lost.
        if (isUnconfirmed(error)) detached.set(role.arn, role);
        throw error;
      }
    }
    for (const version of policy.versionIds) {
      if (version === policy.versionId) continue;
      await deleteVersion(context, arn, version);
      context.record({ policies: [{ name, arn, versionId: policy.versionId, action: 'updated' }] });
    }
    return (await deletePolicy(context, arn)) ? 'deleted' : undefined;
  };
  const { value } = await waitUntil(round, (result) => result !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(messages.waitingForPropagation, elapsed),
  });
  if (value) return value;
  throw new Failure(messages.keepsChanging(name), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsMessages.tryAgainHint,
    awsAction: 'iam:DeletePolicy',
  });
}

/** Detaches a policy from a role. Returns false if the role did not have the policy. */
async function detach(context: StepContext, { name, arn }: RoleState, policyArn: string): Promise<boolean> {
  const { aws } = context;
  const command = new DetachRolePolicyCommand({ RoleName: name, PolicyArn: policyArn });
  const request = { action: 'iam:DetachRolePolicy', resource: name, change: true };
  try {
    await aws.call(request, (options) => aws.clients.iam().send(command, options));
  } catch (error) {
    if (!hasAwsCode(error, 'NoSuchEntityException')) throw error;
    // An earlier attempt whose response was lost may have detached the policy.
    if (error.unconfirmedAction === undefined) return false;
  }
  context.record({ role: { name, arn, action: 'updated' } });
  return true;
}

/**
 * Attaches a policy again to the roles that it was detached from. An interruption does not stop it.
 * @returns a failure that names each role that has lost the policy, or undefined if none has
 */
async function restorePolicy(
  context: StepContext,
  roles: RoleState[],
  policy: UsedPolicy,
): Promise<Failure | undefined> {
  let firstFailure: Failure | undefined;
  for (const role of roles) {
    const failure = await restoreTo(context, role, policy);
    if (firstFailure && failure) firstFailure.details.push(failure.message, ...failure.details);
    firstFailure ??= failure;
  }
  return firstFailure;
}

/** Returns why the policy could not be attached again, or undefined on success. */
async function restoreTo(
  context: StepContext,
  role: RoleState,
  policy: UsedPolicy,
): Promise<Failure | undefined> {
  try {
    // This signal never fires, so an interruption doesn't stop the waiting.
    const interrupt = new AbortController().signal;
    await context.aws.uninterruptible('iam:AttachRolePolicy', (aws) =>
      attachAgain({ ...context, aws, interrupt }, role, policy),
    );
    context.record({ role: { name: role.name, arn: role.arn, action: 'kept' } });
    return undefined;
  } catch (error) {
    const failure = error instanceof Failure ? error : undefined;
    return new Failure(messages.notReattached(role.name, policy.name), {
      code: failure?.code ?? 'internal-error',
      exitCode: failure?.exitCode ?? EXIT.failed,
      details: [...(failure ? [failure.message] : []), messages.attachAgain(role.name, policy.arn)],
      cause: error,
    });
  }
}

/** Attaches a policy to a role. Does nothing if the role or the policy no longer exists. */
async function attachAgain(context: StepContext, role: RoleState, { arn }: UsedPolicy): Promise<void> {
  const { aws, limits, interrupt } = context;
  const command = new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: arn });
  const request = { action: 'iam:AttachRolePolicy', resource: role.name, change: true };
  let readsWithOneMissing = 0;
  const round = async (): Promise<boolean> => {
    const response = await orAbsent(aws.call(request, (options) => aws.clients.iam().send(command, options)));
    if (response) return true;
    const reader = policyReader(aws);
    const [policy, attachments] = await Promise.all([
      reader.getPolicy(arn),
      reader.arnsAttachedTo(role.name),
    ]);
    readsWithOneMissing = policy && attachments ? 0 : readsWithOneMissing + 1;
    return readsWithOneMissing >= READS_UNTIL_DELETED;
  };
  const { done } = await waitUntil(round, Boolean, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(messages.waitingForPropagation, elapsed),
  });
  if (done) return;
  throw new Failure(roleMessages.gaveUpWaiting(limits.iamPropagationMs / 1000), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    awsAction: 'iam:AttachRolePolicy',
  });
}

/** Deletes a policy. Returns false if the policy is still in use. */
function deletePolicy({ aws }: StepContext, arn: string): Promise<boolean> {
  const request = { action: 'iam:DeletePolicy', resource: arn, change: true };
  const command = new DeletePolicyCommand({ PolicyArn: arn });
  return deletedUnlessInUse(aws.call(request, (options) => aws.clients.iam().send(command, options)));
}

/** Returns false if IAM refused a deletion because something is still attached to the resource. True if it is gone already. */
export async function deletedUnlessInUse(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await orAbsent(deletion);
    return true;
  } catch (error) {
    if (hasAwsCode(error, 'DeleteConflictException')) return false;
    throw error;
  }
}
