import { type FoundPolicy, versionNumber } from '../aws/policies.ts';
import type { Limits } from '../defaults.ts';

/**
 * IAM keeps five versions of a policy and refuses a sixth, so a run must delete one to write another. Several runs do so one at a
 * time: all delete the oldest version, and IAM lets only one of them succeed. Until that run has written its version, the others
 * see four versions and wait.
 */

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** IAM gives the dates of versions in whole seconds. */
const DATE_STEP_MS = 1_000;

/** What a run knows of the room for a version of one policy. Times are in `performance.now()` milliseconds. */
export interface VersionRoom {
  /** When the run first saw each version. */
  readonly seenAt: Map<string, number>;
  /** The newest version at the time when this run last deleted one to make room. */
  madeAfter?: string | undefined;
  /** When the run first saw that another one has made room after the newest version. */
  foundFree?: { after: string; at: number };
}

/** Returns the version that has to be deleted before another can be written, or undefined while there is room. */
export function versionToDelete({
  versions,
  versionId,
}: Pick<FoundPolicy, 'versions' | 'versionId'>): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/** Notes the versions that IAM shows. */
export function noteVersions({ seenAt }: VersionRoom, { versions }: FoundPolicy): void {
  for (const version of versions) if (!seenAt.has(version)) seenAt.set(version, performance.now());
}

/**
 * Returns whether a run has to wait before it writes a version, because of what another run is doing or has yet to do.
 * @param now by AWS's clock, in milliseconds since the epoch
 */
export function mustWaitForRoom(
  policy: FoundPolicy,
  room: VersionRoom,
  { limits, now }: { limits: Limits; now: number },
): boolean {
  const oldest = versionToDelete(policy);
  if (oldest === undefined) return isTaken(policy, room, limits);
  return !isDispensable(policy, oldest, room, { limits, now });
}

/** Whether the room for a version is probably that of another run, which has deleted a version and not yet written its own. */
function isTaken({ versions }: FoundPolicy, room: VersionRoom, { roomTakenMs }: Limits): boolean {
  const newest = versions.at(-1) ?? '';
  // Nobody has deleted a version of a policy that still has its first ones.
  const isGap = versions.length === VERSIONS_KEPT - 1 && versionNumber(newest) > versions.length;
  if (!isGap || room.madeAfter === newest) return false;
  if (room.foundFree?.after !== newest) room.foundFree = { after: newest, at: performance.now() };
  return performance.now() - room.foundFree.at < roomTakenMs;
}

/**
 * Whether a version may be deleted. The run that wrote the version after it may have undone its change, and then reads it to restore
 * that. So it must stay until the version after it is `versionKeptMs` old.
 */
function isDispensable(
  { versions, createdAt }: FoundPolicy,
  version: string,
  { seenAt }: VersionRoom,
  { limits: { versionKeptMs }, now }: { limits: Limits; now: number },
): boolean {
  const next = versions[versions.indexOf(version) + 1];
  if (next === undefined) return true;
  const sinceCreated = now - DATE_STEP_MS - (createdAt[next] ?? Number.POSITIVE_INFINITY);
  const sinceSeen = performance.now() - (seenAt.get(next) ?? Number.POSITIVE_INFINITY);
  return Math.max(sinceCreated, sinceSeen) >= versionKeptMs;
}
