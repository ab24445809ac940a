import { DeletePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import type { FoundRole } from '../aws/roles.ts';
import { orAbsent } from '../aws/session.ts';
import { waitUntil } from '../aws/wait.ts';
import { EXIT, Failure, hasAwsCode } from '../failure.ts';
import { awsWords } from '../report/words/aws.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { deleteVersion } from '../steps/policy-writing.ts';
import type { StepContext } from '../steps/types.ts';
import { findPolicy } from './find.ts';
import { policyFate } from './policy-fate.ts';
import type { PolicyFate, Scope, UsedPolicy } from './types.ts';

/**
 * Deletes a policy, after it was taken off the roles and its other versions were deleted. IAM refuses when somebody attaches
 * it, or adds a version, at the same moment; then it is looked at again.
 * @returns what became of it in the end: somebody may have put another secret into it meanwhile
 */
export async function removePolicy(
  context: StepContext,
  { name, arn }: UsedPolicy,
  scope: Scope,
): Promise<'deleted' | PolicyFate> {
  const { limits, interrupt } = context;
  const round = async (): Promise<'deleted' | PolicyFate | undefined> => {
    const policy = await findPolicy(context.aws, arn);
    if (!policy) return 'deleted';
    const fate = policyFate(policy, scope);
    if (fate.kind !== 'delete') return fate;
    for (const role of fate.detach) await detach(context, role, arn);
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

async function detach(context: StepContext, { name, arn }: FoundRole, policy: string): Promise<void> {
  const { aws } = context;
  const command = new DetachRolePolicyCommand({ RoleName: name, PolicyArn: policy });
  const request = { action: 'iam:DetachRolePolicy', resource: name, change: true };
  await orAbsent(aws.call(request, (options) => aws.clients.iam().send(command, options)));
  context.record({ role: { name, arn, action: 'updated' } });
}

/** Answers false when something still holds on to it. */
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
