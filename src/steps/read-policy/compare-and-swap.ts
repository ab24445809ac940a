import {
  type PolicyState,
  readVersionDocument,
  readVersions,
  versionNumber,
} from '../../aws/iam/policy-versions.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import { observed, seenIn } from '../../aws/session.ts';
import type { Limits } from '../../limits.ts';
import type { JsonPolicy } from '../../policy/index.ts';
import { type StepContext, waitOptions } from '../types.ts';
import type { UpdateWork } from './distribute.ts';
import { policyMessages as messages } from './messages.ts';
import { type CreatedVersion, createVersion, deleteVersion, setDefaultVersion } from './write.ts';

/**
 * IAM has no compare-and-swap, but offers what is needed for one. It numbers the versions of a policy in order and never reuses a
 * number. It can create a version that is not the default, and it can delete any version except the default. So a run does this:
 *
 * 1. It creates a version that is not the default: its candidate.
 * 2. It reads the versions until they include its candidate, and with it everything that was written before.
 * 3. It gives up if the default version is not the one that its document is based on. If candidates of other runs have lower
 *    numbers, it lets them go first. After a while, it deletes the remaining ones, so that they can't become the default anymore.
 * 4. It makes its candidate the default. IAM refuses this if another run has deleted the candidate in step 3.
 *
 * So no run undoes what another has written, even if reads are out of date and responses are lost. A version that was there
 * before the run is not deleted, because it may be someone's draft. The run waits until that version is too old to be a candidate.
 * The exception is a version with exactly the document that the run is about to write. A run that was killed has left it behind,
 * and deleting it loses nothing.
 */

/** What a run knows of the versions of a policy. */
export interface VersionState {
  /** The versions at the first read of this run. They may be older versions, or someone's drafts. */
  readonly initialVersions: ReadonlySet<string>;
  /** Candidates of this run that may not be the default yet, and those taken over from a run that was killed. */
  readonly ownCandidates: Set<string>;
  /** The documents (JSON text) of the versions that were read to find candidates of a run that was killed, by version. */
  readonly documents: Map<string, string>;
  /** When this run has first seen each candidate of another run, in `performance.now()` milliseconds. */
  readonly firstSeen: Map<string, number>;
  /** The versions from the last read that included a candidate of this run. Such a read can't be out of date. */
  certainVersions?: ListedVersions;
}

/** Returns the version state at the first read of a policy. */
export function newVersionState({ versionIds }: Pick<PolicyState, 'versionIds'>): VersionState {
  return {
    initialVersions: new Set(versionIds),
    ownCandidates: new Set(),
    documents: new Map(),
    firstSeen: new Map(),
  };
}

/** What IAM's list of a policy's versions shows. */
type ListedVersions = Pick<PolicyState, 'versionId' | 'versionIds' | 'versionCreatedAtMs'>;

/** A run gives up a candidate of its own that is older than this. */
const CANDIDATE_LIMIT_MS = 40_000;

/** A version older than this is not a candidate: each run gives up its own candidates earlier (`CANDIDATE_LIMIT_MS`). */
const CANDIDATE_LIFE_MS = 50_000;

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
  const startedAt = performance.now();
  const created = await createVersion(context, arn, document);
  if (created === undefined) return undefined;
  const candidate = created.id;
  state.ownCandidates.add(candidate);
  const isTurn = await waitForTurn(context, base, candidate, state);
  const isRecent = performance.now() - startedAt < CANDIDATE_LIMIT_MS;
  if (isTurn && isRecent && (await setDefaultVersion(context, arn, candidate))) {
    state.ownCandidates.delete(candidate);
    return created;
  }
  await withdraw(context, arn, state);
  return undefined;
}

/**
 * Deletes the candidates of this run that are not the default. After that, they can't become the default anymore, even if such a
 * request is still in transit.
 * @returns true if one of them has already become the default
 */
export async function withdraw(
  context: StepContext,
  arn: string,
  { ownCandidates }: VersionState,
): Promise<boolean> {
  let hasBecomeDefault = false;
  for (const candidate of [...ownCandidates]) {
    const result = await deleteVersion(context, arn, candidate);
    hasBecomeDefault ||= result === 'default';
    ownCandidates.delete(candidate);
  }
  return hasBecomeDefault;
}

/**
 * Takes over candidates with exactly the document that this run is about to write: those that were there before the run. If no
 * response has confirmed that this run created one, it also takes over those that have appeared since.
 */
export async function takeOver(
  { aws }: StepContext,
  { policy, document }: UpdateWork,
  { initialVersions, ownCandidates, documents }: VersionState,
  isUnconfirmed: boolean,
): Promise<void> {
  const text = JSON.stringify(document);
  for (const candidate of candidatesIn(policy, aws.clients.now())) {
    if (ownCandidates.has(candidate) || !(initialVersions.has(candidate) || isUnconfirmed)) continue;
    // A candidate that can't be read is not taken over.
    const candidateDocument =
      documents.get(candidate) ?? seenIn(await observed(readVersionDocument(aws, policy.arn, candidate)));
    if (candidateDocument !== undefined) documents.set(candidate, candidateDocument);
    if (candidateDocument === text) ownCandidates.add(candidate);
  }
}

/** Returns true if a read of a policy shows an older default version than `certainVersions`. */
export function isOutdated(policy: PolicyState, { certainVersions }: VersionState): boolean {
  if (!certainVersions || certainVersions.versionId === policy.versionId) return false;
  const createdAt = policy.versionCreatedAtMs[policy.versionId];
  const certainCreatedAt = certainVersions.versionCreatedAtMs[certainVersions.versionId];
  return createdAt !== undefined && certainCreatedAt !== undefined && createdAt < certainCreatedAt;
}

/** Returns true if any of these candidates of other runs is recent enough to go first. */
export function mustGoFirst(
  candidates: string[],
  { firstSeen }: VersionState,
  { candidateTurnMs }: Limits,
): boolean {
  const now = performance.now();
  for (const each of candidates) firstSeen.set(each, firstSeen.get(each) ?? now);
  return candidates.some((each) => now - (firstSeen.get(each) ?? now) < candidateTurnMs);
}

/** Waits until a candidate of this run may become the default. Returns false if it must not become the default. */
async function waitForTurn(
  context: StepContext,
  base: PolicyState,
  candidate: string,
  state: VersionState,
): Promise<boolean> {
  const { limits } = context;
  const startedAt = performance.now();
  let othersFirst = false;
  /** Returns undefined if the versions must be read again. */
  const round = async (): Promise<boolean | undefined> => {
    const current = await readVersions(context.aws, base.arn);
    // Someone may have deleted the policy.
    if (!current) return performance.now() - startedAt > limits.unconfirmedMs ? false : undefined;
    const candidateNumber = versionNumber(candidate);
    if (!current.versionIds.includes(candidate))
      return current.versionIds.some((id) => versionNumber(id) > candidateNumber) ? false : undefined;
    state.certainVersions = current;
    if (!isSameVersion(base, current)) return false;
    const rivals = candidatesIn(current, current.versionCreatedAtMs[candidate] ?? 0).filter(
      (version) => versionNumber(version) < candidateNumber && !state.initialVersions.has(version),
    );
    othersFirst = mustGoFirst(rivals, state, limits);
    if (othersFirst) return undefined;
    for (const rival of rivals)
      if ((await deleteVersion(context, base.arn, rival)) === 'default') return false;
    return true;
  };
  const options = waitOptions(context, () =>
    othersFirst ? messages.othersFirst : messages.waitingForPropagation,
  );
  const { value } = await waitUntil(round, (isAllowed) => isAllowed !== undefined, options);
  return value ?? false;
}

/**
 * Returns true if the default version is still the one that the document is based on. The number alone is not enough: a policy that
 * was deleted and created again starts over with its version numbers.
 */
function isSameVersion(base: PolicyState, current: ListedVersions): boolean {
  const { versionId } = base;
  const createdBefore = base.versionCreatedAtMs[versionId];
  const createdNow = current.versionCreatedAtMs[versionId];
  const isRecreated =
    createdBefore !== undefined &&
    createdNow !== undefined &&
    Math.abs(createdNow - createdBefore) > DATE_STEP_MS;
  return current.versionId === versionId && !isRecreated;
}

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** Returns the version that has to be deleted before another can be written, or undefined while there is room. */
export function versionToDelete(policy: Pick<PolicyState, 'versionIds' | 'versionId'>): string | undefined {
  const { versionIds, versionId } = policy;
  return versionIds.length < VERSIONS_KEPT ? undefined : versionIds.find((version) => version !== versionId);
}

/**
 * Returns the versions that may be candidates of other runs: recent, newer than the default version, and not the default.
 * @param now the time by AWS's clock, in milliseconds since the epoch
 */
export function candidatesIn(
  { versionIds, versionId, versionCreatedAtMs }: ListedVersions,
  now: number,
): string[] {
  const defaultNumber = versionNumber(versionId);
  return versionIds.filter((version) => {
    const age = now - (versionCreatedAtMs[version] ?? Number.NEGATIVE_INFINITY);
    return versionNumber(version) > defaultNumber && age < CANDIDATE_LIFE_MS;
  });
}
