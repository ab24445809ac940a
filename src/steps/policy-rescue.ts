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

/** IAM shows changes within seconds, and a run reads a policy right before it writes to it. */
const OLDEST_READ_MS = 30_000;
/** A run that has read the current version writes within this time. IAM dates versions by the second. */
const READ_TO_WRITE_MS = 2_000;

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

/** A version that a write of this run has undone, and whose change the run cannot restore. */
export interface LostVersion {
  theirs: string;
  /** The version of this run that took its place. */
  ours: string;
  isDeleted: boolean;
}

/** What the policy would be if this run's writes had not undone anything. */
export type Intended =
  /** The policy as it is. */
  | { kind: 'as-is' }
  /** IAM does not show yet what was undone. */
  | { kind: 'unknown' }
  | { kind: 'other'; document: JsonPolicy }
  | { kind: 'lost'; lost: LostVersion };

/**
 * Returns what the policy would be if each version had changed the one right before it, from the one on which this run's writes are
 * based. If that does not fit, the changes of this run are left out: the caller decides again in any case.
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
  const writes = await writesThatShow(policy, history, read);
  const [first] = writes;
  if (!first) return { kind: 'as-is' };
  // The numbers between are those of versions that this run has not seen.
  if (writes.some(({ base, own }) => own > base + 1 && shown < own)) return { kind: 'unknown' };

  const documents = new Map([[first.base, first.baseDocument]]);
  const known = new Set([...history.documents.keys(), ...numbersIn(policy)]);
  const isUndone = (number: number) => writes.some(({ base, own }) => number > base && number < own);
  for (const number of [...known].filter((each) => each !== first.base).sort((a, b) => a - b)) {
    const document = await read(number);
    if (document !== undefined && isExtendable(document)) documents.set(number, document);
    else if (number < first.base) continue;
    else if (document === undefined) return { kind: 'unknown' };
    else if (isUndone(number)) return losing(history, writes, number, policy);
    else return settled(history);
  }
  const ours = new Map(writes.map((write) => [write.own, write]));
  const gone = writes.find(({ base, own }) => own > base + 1 && !known.has(own - 1));
  if (gone) return losing(history, writes, gone.own - 1, policy);
  const later = [...documents].filter(([number]) => number > first.base).sort(([a], [b]) => a - b);
  const undone = later.filter(([number]) => isUndone(number) && !ours.has(number));
  const last = undone.at(-1);
  if (!last) return settled(history);

  const changes = later.map(([number, document]) => {
    const own = ours.get(number);
    const change = own ? changeBetween(own.baseDocument, document) : likelyChange(number, documents, policy);
    return { number, change };
  });
  const apply = (some: typeof changes) =>
    withChange(first.baseDocument, some.map(({ change }) => change).reduce(joined, NO_CHANGE), identity);
  const fits = (document: JsonPolicy | undefined) =>
    document !== undefined && measure(document) <= MANAGED_POLICY_LIMIT;
  const whole = apply(changes);
  const intended = fits(whole) ? whole : apply(changes.filter(({ number }) => !ours.has(number)));
  if (intended && !fits(intended)) return losing(history, writes, last[0], policy);
  if (!intended || meansTheSame(policy.document, intended)) return settled(history);
  return { kind: 'other', document: intended };
}

/**
 * Reads the versions on which others may base what they write next. They may be deleted by the time that this run has to tell what
 * those others have changed.
 */
export async function readPossibleBases(
  { aws }: Pick<StepContext, 'aws'>,
  policy: FoundPolicy,
  history: VersionHistory,
): Promise<void> {
  const now = aws.clients.now();
  history.documents.set(versionNumber(policy.versionId), policy.document);
  const recent = numbersIn(policy).filter((number) => ageAt(now, number, policy) <= OLDEST_READ_MS);
  await Promise.all(
    recent.map((number) => documentOf(history, number, () => readVersion(aws, policy.arn, `v${number}`))),
  );
}

/** Gives up a version. It is reported once, and what else is to be done goes on. */
function losing(
  history: VersionHistory,
  writes: (PolicyWrite & { own: number })[],
  number: number,
  policy: FoundPolicy,
): Intended {
  settled(history);
  const own = Math.min(...writes.map((write) => write.own).filter((each) => each > number));
  const isDeleted = !numbersIn(policy).includes(number);
  return { kind: 'lost', lost: { theirs: `v${number}`, ours: `v${own}`, isDeleted } };
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
 * for the one from which this version differs least: what a writer has not seen looks as if the writer had removed or added it. Of two
 * that differ as much, the newer one counts, unless the writer must have read an old state in any case. Then one that removes nothing
 * counts: nobody would notice an entry that is lost.
 */
function likelyChange(
  number: number,
  documents: ReadonlyMap<number, string>,
  policy: Pick<FoundPolicy, 'createdAt'>,
): ReadPolicyChange {
  const document = documents.get(number) ?? '';
  const written = policy.createdAt[`v${number}`] ?? 0;
  const ageOf = (earlier: number) => ageAt(written, earlier, policy);
  const changes = [...documents]
    .filter(([earlier]) => earlier < number && ageOf(earlier) <= OLDEST_READ_MS)
    .sort(([a], [b]) => b - a)
    .map(([earlier, before]) => ({ ageMs: ageOf(earlier), ...changeBetween(before, document) }));
  // Nobody writes a version that changes nothing.
  const real = changes.filter((change) => sizeOf(change) > 0);
  const likely: ReadPolicyChange = real.reduce(
    (least, each) => (isLikelier(each, least) ? each : least),
    real[0] ?? NO_CHANGE,
  );
  // Who has both added and removed something looks again. Nobody would notice the entry that a writer only had not seen.
  const isSure = likely.added.resources.length === 0 || !mayHaveReadOther(number, documents, policy);
  return isSure ? likely : { ...likely, removed: new Set() };
}

/** Whether the writer of a version may have read one that this run has not. */
function mayHaveReadOther(
  number: number,
  documents: ReadonlyMap<number, string>,
  policy: Pick<FoundPolicy, 'createdAt'>,
): boolean {
  const unread = [...Array(number).keys()].findLast((earlier) => earlier > 0 && !documents.has(earlier));
  const written = policy.createdAt[`v${number}`] ?? 0;
  return unread !== undefined && ageAt(written, unread, policy) <= OLDEST_READ_MS;
}

/** Returns for how long a version had been replaced by the next one at a time, in milliseconds. */
function ageAt(time: number, number: number, { createdAt }: Pick<FoundPolicy, 'createdAt'>): number {
  return time - (createdAt[`v${number + 1}`] ?? time);
}

/** Whether a change to an older version is likelier than one to a newer version. */
function isLikelier(older: ReadPolicyChange, newer: ReadPolicyChange & { ageMs?: number }): boolean {
  if (sizeOf(older) !== sizeOf(newer)) return sizeOf(older) < sizeOf(newer);
  const isOldInAnyCase = (newer.ageMs ?? 0) > READ_TO_WRITE_MS;
  return isOldInAnyCase && older.removed.size === 0 && newer.removed.size > 0;
}

/** Returns the writes that took effect, oldest first. One whose answer was lost is recognized by its document. */
async function writesThatShow(
  policy: FoundPolicy,
  { writes }: VersionHistory,
  read: (number: number) => Promise<string | undefined>,
): Promise<(PolicyWrite & { own: number })[]> {
  for (const write of writes.filter(({ own }) => own === undefined)) {
    const isOurs = (number: number) => writes.some(({ own }) => own === number);
    const numbers = numbersIn(policy).filter((number) => number > write.base && !isOurs(number));
    const documents = await Promise.all(numbers.map(read));
    // Another run may have written the same. If it is taken for ours, what it has undone is restored twice at most.
    const index = documents.lastIndexOf(write.document);
    if (index >= 0) Object.assign(write, { own: numbers[index] });
  }
  return writes
    .flatMap((write) => (write.own === undefined ? [] : [{ ...write, own: write.own }]))
    .sort((a, b) => a.base - b.base);
}

/** Forgets the writes that show: there is nothing more to restore for them. */
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
