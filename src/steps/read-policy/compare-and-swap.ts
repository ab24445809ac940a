import { type PolicyState, readVersion, readVersions, versionNumber } from '../../aws/iam/policy-versions.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Limits } from '../../limits.ts';
import type { JsonPolicy } from '../../policy/index.ts';
import type { StepContext } from '../types.ts';
import type { UpdateWork } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';
import { type CreatedVersion, createVersion, deleteVersion, setDefaultVersion } from './write.ts';

/**
 * IAM has no compare-and-swap, but offers what is needed for one. It numbers the versions of a policy in order and never reuses a
 * number. It can create a version that is not the default, and it can delete any version except the default. So a run does this:
 *
 * 1. It creates a version that is not the default: its candidate.
 * 2. It reads the versions until they include its candidate, and with it everything that was written before.
 * 3. It gives up if the default version is not the one that its document is based on. If other candidates have lower numbers, it
 *    lets them go first. It deletes those that stay, so that they can't become the default anymore.
 * 4. It makes its candidate the default. IAM refuses this if another run has deleted the candidate in step 3.
 *
 * So no run undoes what another has written, even if reads are out of date and responses are lost. A version that was there
 * before the run is not deleted, because it may be someone's draft. The run waits until it is too old to be a candidate. The
 * exception is a version with exactly the document that the run is about to write. It is left over from a run that was killed,
 * and deleting it loses nothing.
 */

/** What a run knows of the versions of a policy. */
export interface VersionState {
  /** The versions at the first read of this run. They may be older versions, or someone's drafts. */
  readonly known: ReadonlySet<string>;
  /** Candidates of this run with an unknown outcome, and those taken over from a run that was killed. */
  readonly open: Set<string>;
  /** The documents (JSON text) of versions that were read to find those of a run that was killed. */
  readonly documents: Map<string, string>;
  /** When each candidate of another run was first seen, in `performance.now()` milliseconds. */
  readonly firstSeen: Map<string, number>;
  /** The versions from the last read that included a candidate, which therefore can't be out of date. */
  certain?: ListedVersions;
}

/** Returns the version state at the first read of a policy. */
export function newVersionState({ versions }: Pick<PolicyState, 'versions'>): VersionState {
  return { known: new Set(versions), open: new Set(), documents: new Map(), firstSeen: new Map() };
}

export type ListedVersions = Pick<PolicyState, 'versionId' | 'versions' | 'createdAt'>;

/** A run doesn't make a candidate older than this the default. Later, other runs take it for an old version. */
const CANDIDATE_LIMIT_MS = 40_000;

/** IAM's dates have a resolution of one second. */
const DATE_STEP_MS = 1_000;

/**
 * Writes a new default version of a policy.
 * @param base the policy that the document is based on
 * @returns the version, or undefined if the policy has changed and must be read again
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
 * Deletes the open candidates of this run. After that, they can't become the default anymore, even if a request for that is still
 * in transit.
 * @returns true if one of them has already become the default
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
 * Takes over candidates with exactly the document that this run is about to write: those that were there before the run. If no
 * response has confirmed that this run created one, it also takes over those that have appeared since.
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

/** Returns true if a read of a policy is older than the certain state. */
export function isOutdated(policy: PolicyState, { certain }: VersionState): boolean {
  if (!certain || certain.versionId === policy.versionId) return false;
  const [read, seen] = [policy, certain].map(({ versionId, createdAt }) => createdAt[versionId]);
  return read !== undefined && seen !== undefined && read < seen;
}

/** Returns true if any of these candidates of other runs is recent enough to go first. */
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
    if (!now) return performance.now() - begun > limits.unconfirmedMs ? false : undefined;
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

/**
 * Returns true if the default version is still the same. A policy that was deleted and created again starts over with its version
 * numbers.
 */
function isSameVersion(base: PolicyState, now: ListedVersions): boolean {
  const { versionId } = base;
  const [before, after] = [base.createdAt[versionId], now.createdAt[versionId]];
  const isRenewed = before !== undefined && after !== undefined && Math.abs(after - before) > DATE_STEP_MS;
  return now.versionId === versionId && !isRenewed;
}

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** In milliseconds. A version older than this is not a candidate, because each run gives up its candidates earlier. */
const CANDIDATE_LIFE_MS = 50_000;

/** Returns the version that has to be deleted before another can be written, or undefined while there is room. */
export function versionToDelete({
  versions,
  versionId,
}: Pick<PolicyState, 'versions' | 'versionId'>): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/**
 * Returns the versions that may be candidates of other runs: recent, newer than the default version, and not the default.
 * @param now the time by AWS's clock, in milliseconds since the epoch
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
