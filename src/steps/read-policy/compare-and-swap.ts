import { type PolicyState, readVersion, readVersions, versionNumber } from '../../aws/iam/policy-versions.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Limits } from '../../defaults.ts';
import type { JsonPolicy } from '../../policy/index.ts';
import { policyMessages as messages } from '../messages.ts';
import type { StepContext } from '../types.ts';
import type { UpdateWork } from './distribute.ts';
import { type CreatedVersion, createVersion, deleteVersion, setDefaultVersion } from './write.ts';

/**
 * IAM has no compare-and-swap, but all that one takes: it numbers the versions of a policy in their order and uses no number twice,
 * it makes a version that is not the default yet, and it deletes any version but the default one. So a run
 *
 * 1. makes a version that is not the default: its candidate;
 * 2. reads the versions until they include its candidate, and with it whatever was written before;
 * 3. gives up if the default version is not the one that its document is based on. If other candidates have lower numbers, it lets
 *    them go first, and deletes them if they stay, so that they can't become the default any more;
 * 4. makes its candidate the default, which IAM refuses if another run has deleted it in step 3.
 *
 * So no run undoes what another has written, however old its reads are and whichever answers are lost. A version that was there
 * before is not deleted: it may be someone's draft. A run waits until it is too old for a candidate. Only one with the very document
 * that the run is about to write is deleted at once: a run that was killed has left it, and nothing is lost with it.
 */

/** What a run knows of the versions of a policy. */
export interface VersionState {
  /** Those that the policy had when this run first looked. They may be older versions, or someone's drafts. */
  readonly known: ReadonlySet<string>;
  /** The candidates of this run of which it is not known what became of them, and those that a killed run has left to it. */
  readonly open: Set<string>;
  /** The documents, as JSON text, of those that were read to see whether a killed run has left them. */
  readonly documents: Map<string, string>;
  /** When each candidate of another run was first seen, in `performance.now()` milliseconds. */
  readonly firstSeen: Map<string, number>;
  /** The default version as it was seen last together with a candidate, and so for certain. */
  certain?: ListedVersions;
}

/** What a run knows of the versions of a policy at its first look. */
export function newVersionState({ versions }: Pick<PolicyState, 'versions'>): VersionState {
  return { known: new Set(versions), open: new Set(), documents: new Map(), firstSeen: new Map() };
}

export type ListedVersions = Pick<PolicyState, 'versionId' | 'versions' | 'createdAt'>;

/** A run does not make a candidate the default that is older than this. Later, other runs take it for an old version. */
const CANDIDATE_LIMIT_MS = 40_000;

/** IAM gives dates in whole seconds. */
const DATE_STEP_MS = 1_000;

/**
 * Writes a new default version of a policy.
 * @param base the policy that the document was made from
 * @returns the version, or undefined if the policy is not what it was, and has to be read again
 */
export async function writeVersion(
  context: StepContext,
  base: PolicyState,
  document: JsonPolicy,
  state: VersionState,
): Promise<CreatedVersion | undefined> {
  const { arn } = base;
  const begun = performance.now();
  const created = await createVersion(context, arn, document);
  if (created === undefined) return undefined;
  const candidate = created.id;
  state.open.add(candidate);
  const isNext = await waitForTurn(context, base, candidate, state);
  if (
    isNext &&
    performance.now() - begun < CANDIDATE_LIMIT_MS &&
    (await setDefaultVersion(context, arn, candidate))
  ) {
    state.open.delete(candidate);
    return created;
  }
  await withdraw(context, arn, state);
  return undefined;
}

/**
 * Deletes the open candidates of this run: one that is not the default by now never will be, even if a request to make it so is
 * still on its way.
 * @returns whether one of them has become the default
 */
export async function withdraw(context: StepContext, arn: string, { open }: VersionState): Promise<boolean> {
  let hasOneSucceeded = false;
  for (const candidate of [...open]) {
    const was = await deleteVersion(context, arn, candidate);
    hasOneSucceeded ||= was === 'default';
    open.delete(candidate);
  }
  return hasOneSucceeded;
}

/**
 * Takes over candidates with exactly the document that this run is about to write: those that were there before and, where no answer
 * has confirmed that this run made one, those that have appeared since.
 */
export async function takeOver(
  { aws }: StepContext,
  { policy, document }: UpdateWork,
  { known, open, documents }: VersionState,
  isUnconfirmed: boolean,
): Promise<void> {
  const text = JSON.stringify(document);
  for (const candidate of candidatesIn(policy, aws.clients.now())) {
    if (open.has(candidate) || !(known.has(candidate) || isUnconfirmed)) continue;
    const left = documents.get(candidate) ?? (await readVersion(aws, policy.arn, candidate));
    if (left !== undefined) documents.set(candidate, left);
    if (left === text) open.add(candidate);
  }
}

/** Whether a read of a policy is older than what was seen for certain. */
export function isOutdated(policy: PolicyState, { certain }: VersionState): boolean {
  if (!certain || certain.versionId === policy.versionId) return false;
  const [read, seen] = [policy, certain].map(({ versionId, createdAt }) => createdAt[versionId]);
  return read !== undefined && seen !== undefined && read < seen;
}

/** Whether one of these candidates of other runs is new enough to be let go first. */
export function areInTurn(
  candidates: string[],
  { firstSeen }: VersionState,
  { candidateTurnMs }: Limits,
): boolean {
  const now = performance.now();
  for (const each of candidates) firstSeen.set(each, firstSeen.get(each) ?? now);
  return candidates.some((each) => now - (firstSeen.get(each) ?? now) < candidateTurnMs);
}

/** Waits until a candidate may become the default. Returns false if it must not. */
async function waitForTurn(
  context: StepContext,
  base: PolicyState,
  candidate: string,
  state: VersionState,
): Promise<boolean> {
  const { limits, interrupt, waiting } = context;
  const begun = performance.now();
  let othersFirst = false;
  const round = async (): Promise<boolean | undefined> => {
    const now = await readVersions(context.aws, base.arn);
    // Someone may have deleted the policy.
    if (!now) return performance.now() - begun > limits.inDoubtMs ? false : undefined;
    const number = versionNumber(candidate);
    if (!now.versions.includes(candidate))
      return now.versions.some((version) => versionNumber(version) > number) ? false : undefined;
    state.certain = now;
    if (!isSameVersion(base, now)) return false;
    const rivals = candidatesIn(now, now.createdAt[candidate] ?? 0).filter(
      (version) => versionNumber(version) < number && !state.known.has(version),
    );
    othersFirst = areInTurn(rivals, state, limits);
    if (othersFirst) return undefined;
    for (const rival of rivals)
      if ((await deleteVersion(context, base.arn, rival)) === 'default') return false;
    return true;
  };
  const { value } = await waitUntil(round, (mayFollow) => mayFollow !== undefined, {
    limits,
    interrupt,
    onWait: (elapsed) => waiting(othersFirst ? messages.othersFirst : messages.propagating, elapsed),
  });
  return value ?? false;
}

/** Whether the default version is still the same; a policy that was deleted and made again numbers its versions anew. */
function isSameVersion(base: PolicyState, now: ListedVersions): boolean {
  const { versionId } = base;
  const [before, after] = [base.createdAt[versionId], now.createdAt[versionId]];
  const isRenewed = before !== undefined && after !== undefined && Math.abs(after - before) > DATE_STEP_MS;
  return now.versionId === versionId && !isRenewed;
}

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** A version that is older than this, in milliseconds, is no candidate of a run: each run gives its candidates up before. */
const CANDIDATE_LIFE_MS = 50_000;

/** Returns the version that has to be deleted before another can be written, or undefined while there is room. */
export function versionToDelete({
  versions,
  versionId,
}: Pick<PolicyState, 'versions' | 'versionId'>): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/**
 * Returns the versions that may be candidates of other runs: not the default version, made after it, and recent.
 * @param now by AWS's clock, in milliseconds since the epoch
 */
export function candidatesIn(
  { versions, versionId, createdAt }: Pick<PolicyState, 'versions' | 'versionId' | 'createdAt'>,
  now: number,
): string[] {
  const current = versionNumber(versionId);
  return versions.filter((version) => {
    const age = now - (createdAt[version] ?? Number.NEGATIVE_INFINITY);
    return versionNumber(version) > current && age < CANDIDATE_LIFE_MS;
  });
}
