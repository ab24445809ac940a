import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { policyArn } from '../../aws/arn.ts';
import { NotAwsError } from '../../aws/http/sdk-client.ts';
import type { PolicyState } from '../../aws/iam/policy-versions.ts';
import { DEFAULTS } from '../../defaults.ts';
import { hasAwsCode } from '../../failure.ts';
import type { JsonPolicy } from '../../policy/index.ts';
import type { StepContext } from '../types.ts';
import type { DesiredPolicies } from './desired.ts';
import type { CreateWork } from './distribute.ts';

/**
 * The result of creating a policy. `exists`: the name is in use. If `maybeOurs` is true, an earlier attempt of the same request may
 * have created that policy.
 */
export type CreatedPolicy = { kind: 'created'; policy: PolicyState } | { kind: 'exists'; maybeOurs: boolean };

export async function createPolicy(
  { aws }: StepContext,
  { identity, tags }: Pick<DesiredPolicies, 'identity' | 'tags'>,
  work: CreateWork,
): Promise<CreatedPolicy> {
  const { name, document, overflowOf } = work;
  const arn = policyArn(identity, name);
  const text = JSON.stringify(document);
  const command = new CreatePolicyCommand({
    PolicyName: name,
    Description: DEFAULTS.policyDescription,
    PolicyDocument: text,
    Tags: tags(work),
  });
  try {
    const { Policy } = await aws.call(
      { action: 'iam:CreatePolicy', resource: arn, change: true },
      (options) => aws.clients.iam().send(command, options),
    );
    return {
      kind: 'created',
      policy: {
        arn,
        name,
        versionId: 'v1',
        versionIds: ['v1'],
        versionCreatedAtMs: Policy?.CreateDate ? { v1: Policy.CreateDate.getTime() } : {},
        document: text,
        overflow: overflowOf !== undefined,
      },
    };
  } catch (error) {
    if (!hasAwsCode(error, 'EntityAlreadyExistsException')) throw error;
    return { kind: 'exists', maybeOurs: error.unconfirmedAction !== undefined };
  }
}

/** Deletes a version of a policy. Returns `default` if it is the default version, which IAM doesn't delete. */
export async function deleteVersion(
  { aws }: StepContext,
  arn: string,
  version: string,
): Promise<'deleted' | 'absent' | 'default'> {
  const command = new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: version });
  try {
    await aws.call({ action: 'iam:DeletePolicyVersion', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return 'deleted';
  } catch (error) {
    if (hasAwsCode(error, 'NoSuchEntityException')) return 'absent';
    if (hasAwsCode(error, 'DeleteConflictException')) return 'default';
    throw error;
  }
}

/** Makes a version the default. Returns false if it doesn't exist. */
export async function setDefaultVersion(
  { aws }: StepContext,
  arn: string,
  version: string,
): Promise<boolean> {
  const command = new SetDefaultPolicyVersionCommand({ PolicyArn: arn, VersionId: version });
  try {
    await aws.call({ action: 'iam:SetDefaultPolicyVersion', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return true;
  } catch (error) {
    if (hasAwsCode(error, 'NoSuchEntityException')) return false;
    throw error;
  }
}

/** A created version, with its date by AWS's clock in milliseconds since the epoch, if IAM returns it. */
export interface CreatedVersion {
  id: string;
  createdAt?: number;
}

/** Creates a version that is not the default. Returns undefined if the policy is gone, or has five versions again. */
export async function createVersion(
  { aws }: StepContext,
  arn: string,
  document: JsonPolicy,
): Promise<CreatedVersion | undefined> {
  const command = new CreatePolicyVersionCommand({
    PolicyArn: arn,
    PolicyDocument: JSON.stringify(document),
    SetAsDefault: false,
  });
  try {
    return await aws.call(
      { action: 'iam:CreatePolicyVersion', resource: arn, change: true },
      async (options) => {
        const { PolicyVersion } = await aws.clients.iam().send(command, options);
        const { VersionId: id, CreateDate } = PolicyVersion ?? {};
        if (!id) throw new NotAwsError('a policy version without an ID');
        return { id, createdAt: CreateDate?.getTime() };
      },
    );
  } catch (error) {
    // A document that is too long would fail on the next attempt too.
    const isTooLong = error instanceof Error && error.message.includes('PolicySize');
    if (!isTooLong && hasAwsCode(error, 'LimitExceededException', 'NoSuchEntityException')) return undefined;
    throw error;
  }
}
