import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { parseArn } from '../aws/arn.ts';
import { policyReader } from '../aws/policies.ts';
import { type FoundRole, readRole } from '../aws/roles.ts';
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

/** Creates the role. One that turns out to exist is taken, if it would have been taken had it been there from the start. */
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
    const arn = await adoptRole(context, { request, identity }, done.name);
    // Sent more than once, it may have been an earlier try of this very call that made the role.
    return { ...done, arn, action: error.attempts > 1 ? done.action : 'kept' };
  }
}

/** The ARN of a role that an earlier try of this very call made, whose answer was lost, or that another run made. */
async function adoptRole(
  context: StepContext,
  { request, identity }: Pick<StepInput, 'request' | 'identity'>,
  name: string,
): Promise<string> {
  const role = await readWhenKnown(context, name);
  const judged = judgeTrust(role.trust, flowScope(request), identity);
  if (judged.verdict !== 'allowed')
    throw lateConflict(words.notTrusted(name, 'someone else made it meanwhile'));
  const wanted = request.role.permissionsBoundary;
  if (wanted && wanted !== role.boundary?.arn)
    throw lateConflict(words.otherBoundary(name, role.boundary?.arn));
  return role.arn;
}

/** Reads a role that exists, though IAM may not show it yet. */
async function readWhenKnown(context: StepContext, name: string): Promise<FoundRole> {
  const { aws, limits, interrupt } = context;
  const { value: role } = await waitUntil(
    () => readRole(aws, policyReader(aws), name),
    (found) => found !== undefined,
    { limits, interrupt, onWait: (elapsed) => context.waiting(words.propagating, elapsed) },
  );
  if (!role) throw lateConflict(words.nameTaken(name));
  return role;
}

/** Adds the statement to the trust policy as it is now, so that what others added since the plan was made stays. */
export async function updateTrust(
  context: StepContext,
  { request, identity }: StepInput,
  { name, arn }: RoleOutcome,
): Promise<void> {
  const { aws } = context;
  const { trust } = await readWhenKnown(context, name);
  const command = new UpdateAssumeRolePolicyCommand({
    RoleName: name,
    PolicyDocument: JSON.stringify(addTrust(trust, trustOptions(request, identity.account))),
  });
  await onceKnown(context, () =>
    aws.call({ action: 'iam:UpdateAssumeRolePolicy', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    ),
  );
}

/** Attaches a policy. One that is attached already may be attached again. */
export async function attachPolicy(context: StepContext, role: string, policyArn: string): Promise<void> {
  const { aws } = context;
  await onceKnown(context, () =>
    aws.call({ action: 'iam:AttachRolePolicy', resource: role, change: true }, (options) =>
      aws.clients.iam().send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }), options),
    ),
  );
}

/** Makes a change of things that IAM may not know everywhere for some seconds after they were made: that is waited out. */
async function onceKnown(context: StepContext, change: () => Promise<unknown>): Promise<void> {
  const { limits, interrupt } = context;
  const attempt = async (): Promise<Failure | undefined> => {
    try {
      await change();
      return undefined;
    } catch (error) {
      if (error instanceof Failure && error.awsCode === 'NoSuchEntityException') return error;
      throw error;
    }
  };
  const { value: failure } = await waitUntil(attempt, (problem) => problem === undefined, {
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
