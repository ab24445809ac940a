import { type FoundPolicy, readVersion, versionNumber } from '../aws/policies.ts';
import {
  type AccountRef,
  changeBetween,
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  meansTheSame,
  measure,
  mergeReadPolicies,
  type ReadPolicyChange,
  samePolicy,
  tryParsePolicy,
  withChange,
} from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { StepContext } from './types.ts';

/**
 * IAM has no compare-and-swap: if two runs read a policy at the same time, the second write undoes the change of the first.
 * But IAM numbers the versions and keeps five, so a run can find and restore what its write has undone: it is the last version
 * before its own. Each run repairs its own writes, so the policy has all changes in the end.
 */

/** A version that this run has written, or may have written. */
export interface PolicyWrite {
  /** Number of the newest version that this run had read before the write. */
  base: number;
  /** The document of the default version that this run had read before the write. */
  baseDocument: string;
  document: string;
  /** Number of the version; absent until an answer or a read shows it. */
  own?: number;
  /** Time of the request, in `performance.now()` milliseconds. */
  sentAt: number;
}

/** What this run knows about the versions of a policy. */
export interface VersionHistory {
  /** Number of the newest version at this run's first read. */
  first: number;
  /** Writes for which it is not yet known what they have undone, oldest first. */
  writes: PolicyWrite[];
  /** Documents of recent versions that this run deleted to make room. Their content must not be lost. */
  carried: string[];
}

/** What the policy would be if this run's last write had not undone anything. */
export type Intended =
  /** The policy as it is. */
  | { kind: 'as-is' }
  /** IAM does not show yet what was undone. */
  | { kind: 'unknown' }
  | { kind: 'other'; document: JsonPolicy }
  /** The undone version is not a read policy. It can't be merged, and its loss must be reported. */
  | { kind: 'foreign'; version: string };

/**
 * Returns what the policy would be if this run's last write had been based on the version right before it: that version, with
 * what the write was to change, and with everything that has changed since. If that does not fit, the change of the write is
 * left out: the caller decides again in any case.
 * @param shown the number of the newest version that IAM has shown
 */
export async function intendedState(
  { aws }: Pick<StepContext, 'aws'>,
  { identity }: Pick<PolicyAim, 'identity'>,
  policy: FoundPolicy,
  { history, shown }: { history: VersionHistory; shown: number },
): Promise<Intended> {
  const read = (number: number) => readVersion(aws, policy.arn, `v${number}`);
  const write = await lastWrite(policy, history, read);
  if (write?.own === undefined) return { kind: 'as-is' };
  const { base, baseDocument, own, document: sent } = write;
  // The numbers between are those of versions that this run has not seen.
  if (own > base + 1 && shown < own) return { kind: 'unknown' };
  const before = Math.max(...numbersIn(policy).filter((number) => number > base && number < own));
  if (!Number.isFinite(before)) return settled(history);
  const document = await read(before);
  if (document === undefined) return { kind: 'unknown' };
  if (!isExtendable(document)) return { kind: 'foreign', version: `v${before}` };
  if (!isExtendable(policy.document)) return settled(history);
  const since = changeBetween(sent, policy.document);
  const intention = isExtendable(baseDocument) ? [changeBetween(baseDocument, sent)] : [];
  const whole = withChanges(document, [...intention, since], identity);
  const fits = whole !== undefined && measure(whole) <= MANAGED_POLICY_LIMIT;
  const intended = fits ? whole : withChanges(document, [since], identity);
  if (!intended || meansTheSame(policy.document, intended)) return settled(history);
  return { kind: 'other', document: intended };
}

function withChanges(
  document: string,
  changes: ReadPolicyChange[],
  account: AccountRef,
): JsonPolicy | undefined {
  return changes.reduce<JsonPolicy | undefined>(
    (result, change) => result && withChange(JSON.stringify(result), change, account),
    JSON.parse(document),
  );
}

/** Returns the last write that took effect. A write whose answer was lost is recognized by its document. */
async function lastWrite(
  policy: FoundPolicy,
  { writes }: VersionHistory,
  read: (number: number) => Promise<string | undefined>,
): Promise<(PolicyWrite & { own: number }) | undefined> {
  for (const write of [...writes].reverse()) {
    if (write.own === undefined) {
      const numbers = numbersIn(policy).filter((number) => number > write.base);
      const documents = await Promise.all(numbers.map(read));
      const index = documents.findIndex((text) => text !== undefined && text === write.document);
      if (index >= 0) Object.assign(write, { own: numbers[index] });
    }
    if (write.own !== undefined) return { ...write, own: write.own };
  }
  return undefined;
}

function settled(history: VersionHistory): Intended {
  history.writes = history.writes.filter(({ own }) => own === undefined);
  return { kind: 'as-is' };
}

function numbersIn({ versions }: FoundPolicy): number[] {
  return versions.map(versionNumber);
}

/**
 * Returns the version to delete to make room for a new one, when the policy has five that differ from those in the plan: the
 * oldest version that allows nothing beyond the default version, or else the oldest one. This keeps what one run has added and
 * another has just undone, until that run restores it. Skips versions that IAM lists but does not show yet.
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

/** Returns the document merged with what the others allow, or undefined if that changes nothing or does not fit. */
export function withAll(
  account: AccountRef,
  document: string,
  others: (string | undefined)[],
): JsonPolicy | undefined {
  const merged = others
    .filter((each) => each !== undefined && isExtendable(each))
    .reduce<string>((all, each) => JSON.stringify(mergeReadPolicies(all, each ?? '', account)), document);
  const [before, after] = [tryParsePolicy(document), tryParsePolicy(merged)];
  if (!before || !after || samePolicy(before, after)) return undefined;
  const whole: JsonPolicy = JSON.parse(merged);
  return measure(whole) > MANAGED_POLICY_LIMIT ? undefined : whole;
}

function isExtendable(text: string): boolean {
  const document = tryParsePolicy(text);
  return document !== undefined && isReadPolicyShape(document);
}
