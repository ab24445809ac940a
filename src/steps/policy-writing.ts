import {
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
} from '@aws-sdk/client-iam';
import { policyArn } from '../aws/arn.ts';
import type { FoundPolicy, PolicyReader } from '../aws/policies.ts';
import { DEFAULTS } from '../defaults.ts';
import { hasAwsCode } from '../failure.ts';
import type { AccountRef, JsonPolicy } from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import { numberedName, type PolicyWork } from './policy-distribution.ts';
import type { StepContext } from './types.ts';

export type CreateWork = Extract<PolicyWork, { kind: 'create' }>;

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/**
 * Reads the policies `NAME`, `NAME-2`, … up to the first number that is free.
 * @param gaps whether it goes on past a free number, to two in a row: an earlier `teardown` can have left `NAME-2` alone
 */
export async function readChain(
  reader: Pick<PolicyReader, 'read'>,
  name: string,
  account: AccountRef,
  { gaps = false } = {},
): Promise<FoundPolicy[]> {
  const read = (number: number) => reader.read(policyArn(account, numberedName(name, number)));
  // The second one is asked for together with the first: it saves a round trip to whoever has one or both.
  const chain = await Promise.all([read(1), read(2)]);
  const enough = gaps ? 2 : 1;
  while (chain.slice(-enough).some(Boolean)) chain.push(await read(chain.length + 1));
  const whole = gaps ? chain : chain.slice(0, chain.indexOf(undefined));
  return whole.filter((found) => found !== undefined);
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
  { identity, tags }: Pick<PolicyAim, 'identity' | 'tags'>,
  { name, document }: CreateWork,
): Promise<Created> {
  const arn = policyArn(identity, name);
  const text = JSON.stringify(document);
  const command = new CreatePolicyCommand({
    PolicyName: name,
    Description: DEFAULTS.policyDescription,
    PolicyDocument: text,
    Tags: tags,
  });
  try {
    await aws.call({ action: 'iam:CreatePolicy', resource: arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    return { kind: 'made', policy: { arn, name, versionId: 'v1', versions: ['v1'], document: text } };
  } catch (error) {
    if (!hasAwsCode(error, 'EntityAlreadyExistsException')) throw error;
    return { kind: 'exists', perhapsOurs: error.inDoubt !== undefined };
  }
}

/** Deletes a version that has to make room. Answers whether it was there, and not the default one. */
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

/** Makes a new default version and answers its ID; nothing when the versions have changed and have to be read again. */
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
    if (hasAwsCode(error, ...codes)) return outdated;
    throw error;
  }
}
