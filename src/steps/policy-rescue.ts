import { type FoundPolicy, readVersion, versionNumber } from '../aws/policies.ts';
import {
  changeBetween,
  isReadPolicyShape,
  type JsonPolicy,
  joined,
  MANAGED_POLICY_LIMIT,
  meansTheSame,
  measure,
  type ReadPolicyChange,
  sizeOf,
  tryParsePolicy,
  withChange,
} from '../policy/index.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { VersionRoom } from './policy-room.ts';
import type { StepContext } from './types.ts';

/**
 * IAM has no compare-and-swap: if two runs read a policy at the same time, the second write undoes the change of the first.
 * But IAM numbers the versions and keeps five, so a run can find and restore what its write has undone. Each run repairs its own
 * writes, so the policy has all changes in the end.
 */

const NO_CHANGE: ReadPolicyChange = { added: { resources: [], grants: [] }, removed: new Set() };

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
  /** Writes for which it is not yet known what they have undone, oldest first. */
  writes: PolicyWrite[];
  /** The documents of versions that this run has read, by their numbers. They never change, but may be deleted. */
  documents: Map<number, string>;
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
 * Returns what the policy would be if each version had changed the one right before it, from the one on which this run's last write
 * is based. If that does not fit, the change of the write is left out: the caller decides again in any case.
 * @param shown the number of the newest version that IAM has shown
 */
export async function intendedState(
  { aws }: Pick<StepContext, 'aws'>,
  { identity }: Pick<PolicyAim, 'identity'>,
  policy: FoundPolicy,
  { history, shown }: { history: VersionHistory; shown: number },
): Promise<Intended> {
  const read = (number: number) =>
    documentOf(history, number, () => readVersion(aws, policy.arn, `v${number}`));
  const write = await lastWrite(policy, history, read);
  if (write?.own === undefined) return { kind: 'as-is' };
  const { base, baseDocument, own, document: sent } = write;
  // The numbers between are those of versions that this run has not seen.
  if (own > base + 1 && shown < own) return { kind: 'unknown' };
  const listed = numbersIn(policy);
  const known = [...new Set([...history.documents.keys(), ...listed])].sort((a, b) => a - b);
  if (!known.some((number) => number > base && number < own)) return settled(history);

  const documents = new Map([[base, baseDocument]]);
  for (const number of known.filter((each) => each !== base)) {
    const document = number === own ? sent : await read(number);
    if (document !== undefined && isExtendable(document)) documents.set(number, document);
    else if (number < base) continue;
    else if (document === undefined) return { kind: 'unknown' };
    else if (number < own) return { kind: 'foreign', version: `v${number}` };
    else return settled(history);
  }
  const later = [...documents].filter(([number]) => number > base);
  const changes = later.map(([number, document]) => ({
    number,
    change: number === own ? changeBetween(baseDocument, sent) : likelyChange(number, document, documents),
  }));
  const apply = (some: typeof changes) =>
    withChange(baseDocument, some.map(({ change }) => change).reduce(joined), identity);
  const whole = apply(changes);
  const fits = whole !== undefined && measure(whole) <= MANAGED_POLICY_LIMIT;
  const intended = fits ? whole : apply(changes.filter(({ number }) => number !== own));
  if (!intended || meansTheSame(policy.document, intended)) return settled(history);
  return { kind: 'other', document: intended };
}

async function documentOf(
  { documents }: VersionHistory,
  number: number,
  read: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const document = documents.get(number) ?? (await read());
  if (document !== undefined) documents.set(number, document);
  return document;
}

/**
 * Returns what the writer of a version probably wanted to change. IAM does not say which version the writer had read. It is taken
 * for the one from which this version differs least: what a writer has not seen looks as if the writer had removed or added it.
 */
function likelyChange(
  number: number,
  document: string,
  documents: ReadonlyMap<number, string>,
): ReadPolicyChange {
  const changes = [...documents]
    .filter(([earlier]) => earlier < number)
    .sort(([a], [b]) => b - a)
    .map(([, earlier]) => changeBetween(earlier, document));
  // Nobody writes a version that changes nothing.
  const real = changes.filter((change) => sizeOf(change) > 0);
  return real.reduce((least, each) => (sizeOf(each) < sizeOf(least) ? each : least), real[0] ?? NO_CHANGE);
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
