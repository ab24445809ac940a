import { type FoundPolicy, readVersion } from '../aws/policies.ts';
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
import type { StepContext } from './types.ts';

type Rescuer = Pick<StepContext, 'aws'>;

/**
 * What other runs added while this one was writing, and its own or another's writing has undone. IAM has no
 * compare-and-swap, but it numbers the versions: all that came since this run first looked were written by runs that go on
 * at the same time, and each was meant to stay.
 * Answers the document that has their additions, or nothing when none is missing. (What no longer fits is left to the run
 * that added it: it reads the policy back too.)
 * @param since the number of the newest version when this run first looked
 */
export async function missedAdditions(
  context: Rescuer,
  account: AccountRef,
  policy: FoundPolicy,
  since: number,
): Promise<JsonPolicy | undefined> {
  const made = policy.versions.filter(
    (version) => versionNumber(version) > since && version !== policy.versionId,
  );
  return withVersions(context, account, policy, policy.document, made);
}

/**
 * The document with what a version allows that has to make room for it, if that came since this run first looked: then
 * another run wrote it, which may not know yet that it was undone.
 */
export async function withDoomed(
  context: Rescuer,
  account: AccountRef,
  policy: FoundPolicy,
  document: JsonPolicy,
  { doomed, since }: { doomed: string | undefined; since: number },
): Promise<JsonPolicy> {
  if (!doomed || versionNumber(doomed) <= since) return document;
  return (await withVersions(context, account, policy, JSON.stringify(document), [doomed])) ?? document;
}

/** The document with all that these versions allow; nothing when it has that already, or when it does not fit. */
async function withVersions(
  { aws }: Rescuer,
  account: AccountRef,
  { arn }: FoundPolicy,
  document: string,
  versions: string[],
): Promise<JsonPolicy | undefined> {
  const documents = await Promise.all(versions.map((version) => readVersion(aws, arn, version)));
  const merged = documents
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

/** Versions are numbered in the order of their making: `v1`, `v2`, … */
export function versionNumber(versionId: string): number {
  return Number(versionId.slice(1));
}
