import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { parseArn } from '../aws/arn.ts';
import { policyReader } from '../aws/policies.ts';
import { readRole } from '../aws/roles.ts';
import { waitUntil } from '../aws/wait.ts';
import type { Limits } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { addTrust, buildTrustPolicy, type TrustOptions } from '../policy/index.ts';
import { type FlowScope, judgeTrust } from '../proof/trust.ts';
import type { RoleOutcome } from '../report/types.ts';
import { roleWords as words } from '../report/words/steps.ts';
import { tagsFor } from './tags.ts';
import type { SetupRequest, StepContext, StepInput } from './types.ts';

/** What the trust policy of the request is built from. */
export function trustOptions({ role }: SetupRequest, account: string): TrustOptions {
  return { account, sourceAccount: role.sourceAccount, sourceArns: role.sourceArns };
}

/** The flows that will use the role, as far as the request tells. */
export function flowScope({ secret, role }: SetupRequest): FlowScope {
  const regions =
    secret.kind === 'store' ? secret.regions : secret.arns.map((arn) => parseArn(arn)?.region ?? '');
  return { sourceArns: role.sourceArns, regions };
}

/** Creates the role. One that turns out to exist is taken, if MediaConnect may assume it. */
export async function createRole(
  context: StepContext,
  { request, identity }: StepInput,
  done: RoleOutcome,
): Promise<RoleOutcome> {
  const { aws } = context;
  const { role } = request;
  const command = new CreateRoleCommand({
    RoleName: role.name,
    // Newer MediaConnect APIs refuse a role ARN that has a path.
    Path: '/',
    Description: role.description,
    AssumeRolePolicyDocument: JSON.stringify(buildTrustPolicy(trustOptions(request, identity.account))),
    Tags: tagsFor('trust-role', request),
    ...(role.permissionsBoundary ? { PermissionsBoundary: role.permissionsBoundary } : {}),
  });
  try {
    const made = await aws.call({ action: 'iam:CreateRole', resource: done.arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return { ...done, arn: made.Role?.Arn ?? done.arn };
  } catch (error) {
    if (!(error instanceof Failure) || error.awsCode !== 'EntityAlreadyExistsException') throw error;
    return adoptRole(context, { request, identity }, done);
  }
}

/** The answer to an earlier try of this very call was lost, or another run was faster: what is there will do if it fits. */
async function adoptRole(
  context: StepContext,
  { request, identity }: Pick<StepInput, 'request' | 'identity'>,
  done: RoleOutcome,
): Promise<RoleOutcome> {
  const { aws, limits, interrupt } = context;
  const { value: role } = await waitUntil(
    () => readRole(aws, policyReader(aws), done.name),
    (found) => found !== undefined,
    { limits, interrupt, onWait: (elapsed) => context.waiting(words.propagating, elapsed) },
  );
  if (!role) throw lateConflict(words.nameTaken(done.name));
  const judged = judgeTrust(role.trust, flowScope(request), identity);
  if (judged.verdict !== 'allowed')
    throw lateConflict(words.notTrusted(done.name, 'someone else made it meanwhile'));
  return { ...done, arn: role.arn };
}

/** Adds the statement to the trust policy as it is now, so that what others added since the plan was made stays. */
export async function updateTrust(
  { aws }: StepContext,
  { request, identity }: StepInput,
  { name, arn }: RoleOutcome,
): Promise<void> {
  const role = await readRole(aws, policyReader(aws), name);
  if (!role) throw lateConflict(words.nameTaken(name));
  const document = addTrust(role.trust, trustOptions(request, identity.account));
  const command = new UpdateAssumeRolePolicyCommand({
    RoleName: name,
    PolicyDocument: JSON.stringify(document),
  });
  await aws.call({ action: 'iam:UpdateAssumeRolePolicy', resource: arn, change: true }, (options) =>
    aws.clients.iam().send(command, options),
  );
}

/** Attaches a policy. IAM may not know a policy or a role everywhere for some seconds after it was made: that is waited out. */
export async function attachPolicy(context: StepContext, role: string, policyArn: string): Promise<void> {
  const { aws, limits, interrupt } = context;
  const attach = async (): Promise<Failure | undefined> => {
    try {
      await aws.call({ action: 'iam:AttachRolePolicy', resource: role, change: true }, (options) =>
        aws.clients
          .iam()
          .send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), options),
      );
      return undefined;
    } catch (error) {
      if (error instanceof Failure && error.awsCode === 'NoSuchEntityException') return error;
      throw error;
    }
  };
  const { value: failure } = await waitUntil(attach, (problem) => problem === undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => context.waiting(words.propagating, elapsed),
  });
  if (failure) throw neverKnown(failure, limits);
}

/** IAM had its time, and still does not know the role or the policy; perhaps someone deleted it meanwhile. */
function neverKnown(failure: Failure, { iamPropagationMs }: Limits): Failure {
  const { awsAction, awsCode } = failure;
  return new Failure(words.gaveUpWaiting(iamPropagationMs / 1000), {
    code: 'iam-propagation',
    exitCode: EXIT.failed,
    details: [failure.message],
    hint: words.goOnWaiting,
    ...(awsAction ? { awsAction } : {}),
    ...(awsCode ? { awsCode } : {}),
    cause: failure,
  });
}

function lateConflict(message: string): Failure {
  return new Failure(message, {
    code: 'conflict',
    exitCode: EXIT.conflict,
    hint: `--role-name NAME: ${words.choiceName}.`,
  });
}
