import { DeletePolicyCommand, DetachRolePolicyCommand } from '@aws-sdk/client-iam';
import { policyReader } from '../aws/policies.ts';
import { orAbsent } from '../aws/session.ts';
import { waitUntil } from '../aws/wait.ts';
import { EXIT, Failure, hasAwsCode } from '../failure.ts';
import { awsWords } from '../report/words/aws.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { deleteVersion } from '../steps/policy-writing.ts';
import type { StepContext } from '../steps/types.ts';
import { findPolicies } from './find.ts';
import { policyFate } from './plan.ts';
import type { PolicyFate, TeardownRequest, UsedPolicy } from './types.ts';

/**
 * Deletes a policy, after it was taken off the role and its other versions were deleted. IAM refuses when somebody attaches
 * it, or adds a version, at the same moment; then it is looked at again.
 * @returns what became of it in the end: somebody may have put another secret into it meanwhile
 */
export async function removePolicy(
  context: StepContext,
  request: TeardownRequest,
  { name, arn }: UsedPolicy,
  isGone: (resource: string) => boolean,
): Promise<'deleted' | PolicyFate> {
  const { limits, interrupt } = context;
  const round = async (): Promise<'deleted' | PolicyFate | undefined> => {
    const chain = await findPolicies(
      { aws: context.aws, policies: policyReader(context.aws) },
      request.policyName,
    );
    const policy = chain.find((each) => each.arn === arn);
    if (!policy) return 'deleted';
    const fate = policyFate(policy, request, isGone);
    if (fate.kind !== 'delete') return fate;
    if (fate.detach) await detach(context, request.roleName, arn);
    for (const version of policy.versions) {
      if (version !== policy.versionId) await deleteVersion(context, arn, version);
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

async function detach({ aws }: StepContext, role: string, arn: string): Promise<void> {
  const command = new DetachRolePolicyCommand({ RoleName: role, PolicyArn: arn });
  const request = { action: 'iam:DetachRolePolicy', resource: role, change: true };
  await orAbsent(aws.call(request, (options) => aws.clients.iam().send(command, options)));
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
