import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { policyArn } from '../aws/arn.ts';
import type { FoundPolicy, PolicyReader } from '../aws/policies.ts';
import { DEFAULTS } from '../defaults.ts';
import { Failure } from '../failure.ts';
import type { AccountRef, JsonPolicy } from '../policy/index.ts';
import { numberedName, type PolicyWork } from './policy-distribution.ts';
import { tagsFor } from './tags.ts';
import type { StepContext, StepInput } from './types.ts';

export type CreateWork = Extract<PolicyWork, { kind: 'create' }>;

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** Reads the policies `NAME`, `NAME-2`, … up to the first number that is free. */
export async function readChain(
  reader: Pick<PolicyReader, 'read'>,
  name: string,
  account: AccountRef,
): Promise<FoundPolicy[]> {
  const read = (number: number) => reader.read(policyArn(account, numberedName(name, number)));
  // The second one is asked for together with the first: it saves a round trip to whoever has one or both.
  const chain = await Promise.all([read(1), read(2)]);
  while (chain.at(-1)) chain.push(await read(chain.length + 1));
  return chain.slice(0, chain.indexOf(undefined)).filter((found) => found !== undefined);
}

/** The version that has to go before another can be made; `undefined` while there is room. */
export function versionToDelete({
  versions,
  versionId,
}: Pick<FoundPolicy, 'versions' | 'versionId'>): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/** A policy that was made; or that one of that name is there, perhaps by an earlier try of the same request. */
export type Created = { kind: 'made'; policy: FoundPolicy } | { kind: 'exists'; perhapsOurs: boolean };

/** Creates a policy. */
export async function createPolicy(
  { aws }: StepContext,
  { request, identity }: StepInput,
  { name, document }: CreateWork,
): Promise<Created> {
  const arn = policyArn(identity, name);
  const text = JSON.stringify(document);
  const command = new CreatePolicyCommand({
    PolicyName: name,
    Description: DEFAULTS.policyDescription,
    PolicyDocument: text,
    Tags: tagsFor('read-policy', request),
  });
  try {
    await aws.call({ action: 'iam:CreatePolicy', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return { kind: 'made', policy: { arn, name, versionId: 'v1', versions: ['v1'], document: text } };
  } catch (error) {
    if (!hasCode(error, 'EntityAlreadyExistsException')) throw error;
    return { kind: 'exists', perhapsOurs: error.attempts > 1 };
  }
}

/**
 * Makes a new default version and answers its ID; nothing when the versions turn out to have changed and have to be read
 * again.
 * @param doomed the version that has to make room first, if one has to
 */
export async function addVersion(
  { aws }: StepContext,
  { arn }: FoundPolicy,
  document: JsonPolicy,
  doomed: string | undefined,
): Promise<string | undefined> {
  try {
    if (doomed) {
      const command = new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: doomed });
      await aws.call({ action: 'iam:DeletePolicyVersion', resource: arn, change: true }, (options) =>
        aws.clients.iam().send(command, options),
      );
    }
    const command = new CreatePolicyVersionCommand({
      PolicyArn: arn,
      PolicyDocument: JSON.stringify(document),
      SetAsDefault: true,
    });
    const answer = await aws.call(
      { action: 'iam:CreatePolicyVersion', resource: arn, change: true },
      (options) => aws.clients.iam().send(command, options),
    );
    return answer.PolicyVersion?.VersionId;
  } catch (error) {
    if (hasCode(error, 'LimitExceededException', 'NoSuchEntityException', 'DeleteConflictException'))
      return undefined;
    throw error;
  }
}

function hasCode(error: unknown, ...codes: string[]): error is Failure {
  return error instanceof Failure && codes.includes(error.awsCode ?? '');
}
