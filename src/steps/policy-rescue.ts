import { type FoundPolicy, readVersion, versionNumber } from '../aws/policies.ts';
import {
  type AccountRef,
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  measure,
  mergeReadPolicies,
  samePolicy,
  tryParsePolicy,
} from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { StepContext } from './types.ts';

/**
 * IAM has no compare-and-swap: of two runs that read a policy at the same time, the one that writes second undoes what the
 * first one added. But IAM numbers the versions and keeps five, so that what was undone can be found and put back.
 */

/** What this run knows of the versions of a policy. */
export interface VersionHistory {
  /** The number of the newest version in what this run read before it wrote for the last time, or at first. */
  base: number;
  /** The same at first. */
  first: number;
  /** Whether there are versions between such a reading and the writing after it that IAM has not shown yet. */
  unseen: boolean;
  /** Versions that came between such a reading and the writing after it: what they say may have been in force. */
  overwritten: Set<string>;
  /** Documents of such versions that this run had to delete to make room, and must not let be lost. */
  carried: string[];
}

/** What became of the versions that this run has written over. */
export type Missed =
  | { kind: 'nothing' }
  /** IAM lists a version that it does not show yet. */
  | { kind: 'unknown' }
  /** The document with what they allow; they were written by runs that go on at the same time. */
  | { kind: 'additions'; document: JsonPolicy }
  /** One that is no read policy; it cannot be merged, and must not be lost without a word. */
  | { kind: 'foreign'; version: string };

/**
 * What other runs added while this one was writing, and its own writing has undone. (What no longer fits is left to the
 * run that added it: it reads the policy back too.)
 */
export async function missedAdditions(
  { aws }: Pick<StepContext, 'aws'>,
  { identity, keepOf }: Pick<PolicyAim, 'identity' | 'keepOf'>,
  policy: FoundPolicy,
  { overwritten, carried }: VersionHistory,
): Promise<Missed> {
  const versions = policy.versions.filter((version) => overwritten.has(version));
  const documents = await Promise.all(versions.map((version) => readVersion(aws, policy.arn, version)));
  if (documents.includes(undefined)) return { kind: 'unknown' };
  const foreign = versions.find((_version, index) => !extendable(documents[index] ?? ''));
  if (foreign !== undefined) return { kind: 'foreign', version: foreign };
  const others = [...documents, ...carried].map((each) => each && keepOf(each));
  const document = withAll(identity, policy.document, others);
  return document ? { kind: 'additions', document } : { kind: 'nothing' };
}

/**
 * The version that shall make room for another one, out of a full set that is not the one of the plan any more: the oldest
 * one that allows nothing but what the default one does. What another run has added, and a third one has just undone, is
 * so kept until the latter puts it back. When there is no such version, the oldest one. None of which nothing is known: IAM may
 * list a version before it shows it.
 */
export async function dispensableVersion(
  { aws }: Pick<StepContext, 'aws'>,
  account: AccountRef,
  policy: FoundPolicy,
): Promise<{ version: string; number: number; document: string } | undefined> {
  const others = policy.versions.filter((version) => version !== policy.versionId);
  const documents = await Promise.all(others.map((version) => readVersion(aws, policy.arn, version)));
  const read = others.flatMap((version, index) => {
    const document = documents[index];
    return document === undefined ? [] : [{ version, number: versionNumber(version), document }];
  });
  return read.find(({ document }) => !withAll(account, policy.document, [document])) ?? read[0];
}

/** The document with all that the others allow; nothing when it has that already, or when it does not fit. */
export function withAll(
  account: AccountRef,
  document: string,
  others: (string | undefined)[],
): JsonPolicy | undefined {
  const merged = others
    .filter((each) => each !== undefined && extendable(each))
    .reduce<string>((all, each) => JSON.stringify(mergeReadPolicies(all, each ?? '', account)), document);
  const [before, after] = [tryParsePolicy(document), tryParsePolicy(merged)];
  if (!before || !after || samePolicy(before, after)) return undefined;
  const whole: JsonPolicy = JSON.parse(merged);
  return measure(whole) > MANAGED_POLICY_LIMIT ? undefined : whole;
}

function extendable(text: string): boolean {
  const document = tryParsePolicy(text);
  return document !== undefined && isReadPolicyShape(document);
}
