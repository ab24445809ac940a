import { AttachRolePolicyCommand, DeletePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyReader } from '../aws/policies.ts';
import type { FoundRole } from '../aws/roles.ts';
import { orAbsent } from '../aws/session.ts';
import { waitUntil } from '../aws/wait.ts';
import { EXIT, Failure, hasAwsCode, Interrupted, isExpected, isUnconfirmed } from '../failure.ts';
import { awsWords } from '../report/words/aws.ts';
import { roleWords } from '../report/words/steps.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { deleteVersion } from '../steps/policy-writing.ts';
import type { StepContext } from '../steps/types.ts';
import { findPolicy } from './find.ts';
import { policyFate } from './policy-fate.ts';
import type { PolicyFate, Scope, UsedPolicy } from './types.ts';

/** How often in a row IAM has to call something unknown before it counts as deleted: one look may be an old one. */
const LOOKS_UNTIL_GONE = 3;

/**
 * Detaches a policy from the roles, deletes its other versions, and then the policy. IAM refuses while somebody attaches it or adds
 * a version, and it may show an addition late; then the policy is read again. Unless it is deleted, it is attached again to the
 * roles that it was detached from, also when the run fails or is interrupted: another key may need it.
 * @returns `deleted`, or what the policy needs in place of that: somebody may have added another secret to it meanwhile
 * @throws Failure or Interrupted; where a role has lost the policy, its details say so and have the command that attaches it
 */
export async function removePolicy(
  context: StepContext,
  policy: UsedPolicy,
  scope: Scope,
): Promise<'deleted' | PolicyFate> {
  const detached = new Map<string, FoundRole>();
  const [attempt] = await Promise.allSettled([deleteUnlessNeeded(context, policy, scope, detached)]);
  if (attempt.status === 'fulfilled' && attempt.value === 'deleted') return 'deleted';
  const loss = await restorePolicy(context, [...detached.values()], policy);
  if (loss) throw withLoss(context, attempt.status === 'rejected' ? attempt.reason : undefined, loss);
  if (attempt.status === 'rejected') throw attempt.reason;
  return attempt.value;
}

/** Returns what to throw: the reason why the policy was not deleted, with the loss. An interrupted run ends as interrupted. */
function withLoss({ interrupt }: StepContext, reason: unknown, loss: Failure): Failure | Interrupted {
  const lines = [loss.message, ...loss.details];
  const known = isExpected(reason) ? reason : undefined;
  if (interrupt.aborted)
    return new Interrupted({ details: lines, ...(known?.inDoubt ? { inDoubt: known.inDoubt } : {}) });
  known?.details.push(...lines);
  return known ?? loss;
}

/**
 * Returns `deleted`, or what the policy needs in place of that.
 * @param detached receives the roles that the policy was detached from
 */
async function deleteUnlessNeeded(
  context: StepContext,
  { name, arn }: UsedPolicy,
  scope: Scope,
  detached: Map<string, FoundRole>,
): Promise<'deleted' | PolicyFate> {
  const { limits, interrupt } = context;
  let unknown = 0;
  const round = async (): Promise<'deleted' | PolicyFate | undefined> => {
    const policy = await findPolicy(context.aws, arn);
    unknown = policy ? 0 : unknown + 1;
    if (policy === 'unsettled') return undefined;
    if (!policy) return unknown >= LOOKS_UNTIL_GONE ? 'deleted' : undefined;
    const fate = policyFate(policy, scope);
    if (fate.kind !== 'delete') return fate;
    for (const role of fate.detach) {
      try {
        // When the role did not have it, somebody else has detached it, or this run a moment ago.
        if (await detach(context, role, arn)) detached.set(role.arn, role);
      } catch (error) {
        // The role may have lost it although no answer says so.
        if (isUnconfirmed(error)) detached.set(role.arn, role);
        throw error;
      }
    }
    for (const version of policy.versions) {
      if (version === policy.versionId) continue;
      await deleteVersion(context, arn, version);
      context.record({ policies: [{ name, arn, versionId: policy.versionId, action: 'updated' }] });
    }
    return (await deletePolicy(context, arn)) ? 'deleted' : undefined;
  };
  const { value } = await waitUntil(round, (result) => result !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(words.propagating, elapsed),
  });
  if (value) return value;
  throw new Failure(words.keepsChanging(name), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:DeletePolicy',
  });
}

/** Returns false when the role did not have the policy. */
async function detach(context: StepContext, { name, arn }: FoundRole, policy: string): Promise<boolean> {
  const { aws } = context;
  const command = new DetachRolePolicyCommand({ RoleName: name, PolicyArn: policy });
  const request = { action: 'iam:DetachRolePolicy', resource: name, change: true };
  try {
    await aws.call(request, (options) => aws.clients.iam().send(command, options));
  } catch (error) {
    if (!hasAwsCode(error, 'NoSuchEntityException')) throw error;
    // An earlier try whose answer was lost may have done it.
    if (error.inDoubt === undefined) return false;
  }
  context.record({ role: { name, arn, action: 'updated' } });
  return true;
}

/**
 * Attaches a policy again to the roles that it was detached from. It belongs to the change: an interruption does not end it.
 * @returns a failure that names each role that has lost the policy, if one has
 */
async function restorePolicy(
  context: StepContext,
  roles: FoundRole[],
  policy: UsedPolicy,
): Promise<Failure | undefined> {
  let loss: Failure | undefined;
  for (const role of roles) {
    const failure = await restoreTo(context, role, policy);
    if (loss && failure) loss.details.push(failure.message, ...failure.details);
    loss ??= failure;
  }
  return loss;
}

/** Returns why the role could not get the policy back, if it could not. */
async function restoreTo(
  context: StepContext,
  role: FoundRole,
  policy: UsedPolicy,
): Promise<Failure | undefined> {
  try {
    const interrupt = new AbortController().signal;
    await context.aws.whole('iam:AttachRolePolicy', (aws) =>
      attachAgain({ ...context, aws, interrupt }, role, policy),
    );
    context.record({ role: { name: role.name, arn: role.arn, action: 'kept' } });
    return undefined;
  } catch (error) {
    const known = error instanceof Failure ? error : undefined;
    return new Failure(words.notRestored(role.name, policy.name), {
      code: known?.code ?? 'internal-error',
      exitCode: known?.exitCode ?? EXIT.failed,
      details: [...(known ? [known.message] : []), words.attachAgain(role.name, policy.arn)],
      cause: error,
    });
  }
}

/** Attaches a policy to a role. Does nothing when one of them no longer exists. */
async function attachAgain(context: StepContext, role: FoundRole, { arn }: UsedPolicy): Promise<void> {
  const { aws, limits, interrupt } = context;
  const command = new AttachRolePolicyCommand({ RoleName: role.name, PolicyArn: arn });
  const request = { action: 'iam:AttachRolePolicy', resource: role.name, change: true };
  let unknown = 0;
  const round = async (): Promise<boolean> => {
    const done = await orAbsent(aws.call(request, (options) => aws.clients.iam().send(command, options)));
    if (done) return true;
    const reader = policyReader(aws);
    const [found, attached] = await Promise.all([reader.describe(arn), reader.attachedTo(role.name)]);
    unknown = found && attached ? 0 : unknown + 1;
    return unknown >= LOOKS_UNTIL_GONE;
  };
  const { done } = await waitUntil(round, Boolean, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(words.propagating, elapsed),
  });
  if (done) return;
  throw new Failure(roleWords.gaveUpWaiting(limits.iamPropagationMs / 1000), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    awsAction: 'iam:AttachRolePolicy',
  });
}

/** Returns false when something still uses the policy. */
async function deletePolicy({ aws }: StepContext, arn: string): Promise<boolean> {
  const request = { action: 'iam:DeletePolicy', resource: arn, change: true };
  const command = new DeletePolicyCommand({ PolicyArn: arn });
  try {
    await orAbsent(aws.call(request, (options) => aws.clients.iam().send(command, options)));
    return true;
  } catch (error) {
    if (hasAwsCode(error, 'DeleteConflictException')) return false;
    throw error;
  }
}
