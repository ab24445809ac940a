import { type FoundPolicy, readVersion } from '../aws/policies.ts';
import {
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  measure,
  mergeReadPolicies,
  samePolicy,
  tryParsePolicy,
} from '../policy/index.ts';
import type { StepContext, StepInput } from './types.ts';

/** A policy as this run wrote it, and the newest version that it knew of when it did. */
export interface WrittenPolicy extends FoundPolicy {
  action: 'created' | 'updated';
  /** Absent for a policy that this run made. */
  basedOn?: string;
}

/**
 * What another run added while this one was writing. IAM has no compare-and-swap, but it numbers the versions: one
 * between that which this run knew and that which it made is a version whose additions the newer one does not have.
 * Answers the document that has them, or nothing when none is missing. (What no longer fits is left to the run that
 * added it: it reads the policy back too.)
 */
export async function missedAdditions(
  { aws }: Pick<StepContext, 'aws'>,
  { identity }: Pick<StepInput, 'identity'>,
  policy: FoundPolicy,
  written: WrittenPolicy | undefined,
): Promise<JsonPolicy | undefined> {
  if (!written?.basedOn) return undefined;
  const [known, made] = [written.basedOn, written.versionId].map(versionNumber);
  const between = policy.versions.filter(
    (version) => versionNumber(version) > (known ?? 0) && versionNumber(version) < (made ?? 0),
  );
  const documents = await Promise.all(between.map((version) => readVersion(aws, policy.arn, version)));
  const merged = documents
    .filter((document) => document !== undefined && extendable(document))
    .reduce<string>(
      (all, document) => JSON.stringify(mergeReadPolicies(all, document ?? '', identity)),
      policy.document,
    );
  const [before, after] = [tryParsePolicy(policy.document), tryParsePolicy(merged)];
  if (!before || !after || samePolicy(before, after)) return undefined;
  const document: JsonPolicy = JSON.parse(merged);
  return measure(document) > MANAGED_POLICY_LIMIT ? undefined : document;
}

function extendable(text: string): boolean {
  const document = tryParsePolicy(text);
  return document !== undefined && isReadPolicyShape(document);
}

/** Versions are numbered in the order of their making: `v1`, `v2`, … */
export function versionNumber(versionId: string): number {
  return Number(versionId.slice(1));
}
