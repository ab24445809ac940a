import { type FoundPolicy, readVersion, versionNumber } from '../aws/policies.ts';
import {
  type AccountRef,
  changeBetween,
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  measure,
  mergeReadPolicies,
  samePolicy,
  tryParsePolicy,
  withChange,
} from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { StepContext } from './types.ts';

/**
 * IAM has no compare-and-swap: of two runs that read a policy at the same time, the one that writes second undoes what the
 * first one changed. But IAM numbers the versions and keeps five, so that what was undone can be found and put back: it is the
 * last version before the own one. Each run sees to its own writes, and so all changes are in the policy in the end.
 */

/** A version that this run has written, or may have. */
export interface PolicyWrite {
  /** The number of the newest version in what this run had read. */
  base: number;
  document: string;
  /** Its number; absent while no answer has told it. */
  own?: number;
  /** When it was sent, on the clock of `performance.now()`. */
  sentAt: number;
}

/** What this run knows of the versions of a policy. */
export interface VersionHistory {
  /** The number of the newest version when this run looked first. */
  first: number;
  /** The writes of which it is not known yet what they have undone, in order. */
  writes: PolicyWrite[];
  /** Documents of recent versions that this run had to delete to make room, and must not let be lost. */
  carried: string[];
}

/** What the policy would be if this run's last write had not undone anything. */
export type Intended =
  /** What it is. */
  | { kind: 'as-is' }
  /** IAM does not show yet what was undone. */
  | { kind: 'unknown' }
  | { kind: 'other'; document: JsonPolicy }
  /** What was undone is no read policy; it cannot be merged, and must not be lost without a word. */
  | { kind: 'foreign'; version: string };

/**
 * Returns what the policy would be if this run had made none of its writes: the last version before the own one, with all that
 * has changed since then. Whoever has to add something to it, or to take something out, does that again.
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
  const { base, own, document: sent } = write;
  // The numbers between are those of versions that this run has not seen.
  if (own > base + 1 && shown < own) return { kind: 'unknown' };
  const before = Math.max(...numbersIn(policy).filter((number) => number > base && number < own));
  if (!Number.isFinite(before)) return settled(history);
  const document = await read(before);
  if (document === undefined) return { kind: 'unknown' };
  if (!isExtendable(document)) return { kind: 'foreign', version: `v${before}` };
  if (!isExtendable(policy.document)) return settled(history);
  const intended = withChange(document, changeBetween(sent, policy.document), identity);
  if (!intended || means(policy.document, intended)) return settled(history);
  return { kind: 'other', document: intended };
}

/** The last write that has taken effect; one whose answer was lost shows by its document. */
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

function means(text: string, document: JsonPolicy): boolean {
  const [now, then] = [tryParsePolicy(text), tryParsePolicy(JSON.stringify(document))];
  return now !== undefined && then !== undefined && samePolicy(now, then);
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
