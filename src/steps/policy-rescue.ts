import { type FoundPolicy, readVersion, versionNumber } from '../aws/policies.ts';
import {
  type AccountRef,
  changeBetween,
  isReadPolicyShape,
  type JsonPolicy,
  MANAGED_POLICY_LIMIT,
  meansTheSame,
  measure,
  type ReadPolicyChange,
  tryParsePolicy,
  withChange,
} from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { VersionRoom } from './policy-room.ts';
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
  /** The version right before it, once this run has read it. */
  before?: { number: number; document: string };
  /** Time of the request, in `performance.now()` milliseconds. */
  sentAt: number;
}

/** What this run knows about the versions of a policy. */
export interface VersionHistory {
  /** Writes for which it is not yet known what they have undone, oldest first. */
  writes: PolicyWrite[];
  room: VersionRoom;
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
  const before = await versionBefore(policy, write, read);
  if (!before) return settled(history);
  if (before === 'unknown') return { kind: 'unknown' };
  const { document } = before;
  if (!isExtendable(document)) return { kind: 'foreign', version: `v${before.number}` };
  if (!isExtendable(policy.document)) return settled(history);
  const since = changeBetween(sent, policy.document);
  const intention = isExtendable(baseDocument) ? [changeBetween(baseDocument, sent)] : [];
  const whole = withChanges(document, [...intention, since], identity);
  const fits = whole !== undefined && measure(whole) <= MANAGED_POLICY_LIMIT;
  const intended = fits ? whole : withChanges(document, [since], identity);
  if (!intended || meansTheSame(policy.document, intended)) return settled(history);
  return { kind: 'other', document: intended };
}

/** Returns the version right before a write that the run had not seen when it wrote, or undefined if there is none. */
async function versionBefore(
  policy: FoundPolicy,
  write: PolicyWrite,
  read: (number: number) => Promise<string | undefined>,
): Promise<PolicyWrite['before'] | 'unknown'> {
  if (write.before) return write.before;
  const { base, own = base } = write;
  const number = Math.max(...numbersIn(policy).filter((each) => each > base && each < own));
  if (!Number.isFinite(number)) return undefined;
  const document = await read(number);
  if (document === undefined) return 'unknown';
  // It may have to be deleted before its change is restored.
  write.before = { number, document };
  return write.before;
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
): Promise<PolicyWrite | undefined> {
  for (const write of [...writes].reverse()) {
    if (write.own === undefined) {
      const numbers = numbersIn(policy).filter((number) => number > write.base);
      const documents = await Promise.all(numbers.map(read));
      const index = documents.findIndex((text) => text !== undefined && text === write.document);
      if (index >= 0) Object.assign(write, { own: numbers[index] });
    }
    if (write.own !== undefined) return write;
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

function isExtendable(text: string): boolean {
  const document = tryParsePolicy(text);
  return document !== undefined && isReadPolicyShape(document);
}
