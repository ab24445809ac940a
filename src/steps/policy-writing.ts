import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { policyArn } from '../aws/arn.ts';
import type { FoundPolicy } from '../aws/policies.ts';
import { DEFAULTS } from '../defaults.ts';
import { hasAwsCode } from '../failure.ts';
import type { JsonPolicy } from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { CreateWork } from './policy-distribution.ts';
import type { StepContext } from './types.ts';

/** A policy that was made; or that one of that name is there, perhaps by an earlier try of the same request. */
export type Created = { kind: 'made'; policy: FoundPolicy } | { kind: 'exists'; perhapsOurs: boolean };

/** Creates a policy. */
export async function createPolicy(
  { aws }: StepContext,
  { identity, tags }: Pick<PolicyAim, 'identity' | 'tags'>,
  work: CreateWork,
): Promise<Created> {
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
    await aws.call({ action: 'iam:CreatePolicy', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    const overflow = overflowOf !== undefined;
    return {
      kind: 'made',
      policy: {
        arn,
        name,
        versionId: 'v1',
        versions: ['v1'],
        createdAt: { v1: aws.clients.now() },
        document: text,
        overflow,
      },
    };
  } catch (error) {
    if (!hasAwsCode(error, 'EntityAlreadyExistsException')) throw error;
    return { kind: 'exists', perhapsOurs: error.inDoubt !== undefined };
  }
}

/** Deletes a version that has to make room. Returns whether it was there and not the default one. */
export function deleteVersion({ aws }: StepContext, arn: string, version: string): Promise<boolean> {
  const command = new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: version });
  const deleting = aws.call({ action: 'iam:DeletePolicyVersion', resource: arn, change: true }, (options) =>
    aws.clients.iam().send(command, options),
  );
  return unlessOutdated(
    deleting.then(() => true),
    false,
  );
}

/** Makes a new default version. Returns its ID, or undefined when the versions have changed and have to be read again. */
export function addVersion(
  { aws }: StepContext,
  arn: string,
  document: JsonPolicy,
): Promise<string | undefined> {
  const command = new CreatePolicyVersionCommand({
    PolicyArn: arn,
    PolicyDocument: JSON.stringify(document),
    SetAsDefault: true,
  });
  const adding = aws.call({ action: 'iam:CreatePolicyVersion', resource: arn, change: true }, (options) =>
    aws.clients.iam().send(command, options),
  );
  return unlessOutdated(
    adding.then(({ PolicyVersion }) => PolicyVersion?.VersionId),
    undefined,
  );
}

/** What a change was based on is not so any more: that is no failure. */
async function unlessOutdated<T>(change: Promise<T>, outdated: T): Promise<T> {
  try {
    return await change;
  } catch (error) {
    const codes = ['LimitExceededException', 'NoSuchEntityException', 'DeleteConflictException'];
    // A document that is too long is so at the next try too.
    if (hasAwsCode(error, ...codes) && !error.message.includes('PolicySize')) return outdated;
    throw error;
  }
}
