import { type FoundPolicy, versionNumber } from '../../aws/iam/policies.ts';

/** IAM keeps at most five versions of a managed policy (IAM quotas). */
const VERSIONS_KEPT = 5;

/** A version that is older than this, in milliseconds, is no candidate of a run: each run gives its candidates up before. */
const CANDIDATE_LIFE_MS = 50_000;

/** Returns the version that has to be deleted before another can be written, or undefined while there is room. */
export function versionToDelete({
  versions,
  versionId,
}: Pick<FoundPolicy, 'versions' | 'versionId'>): string | undefined {
  return versions.length < VERSIONS_KEPT ? undefined : versions.find((version) => version !== versionId);
}

/**
 * Returns the versions that may be candidates of other runs: not the default version, made after it, and recent.
 * @param now by AWS's clock, in milliseconds since the epoch
 */
export function candidatesIn(
  { versions, versionId, createdAt }: Pick<FoundPolicy, 'versions' | 'versionId' | 'createdAt'>,
  now: number,
): string[] {
  const current = versionNumber(versionId);
  return versions.filter((version) => {
    const age = now - (createdAt[version] ?? Number.NEGATIVE_INFINITY);
    return versionNumber(version) > current && age < CANDIDATE_LIFE_MS;
  });
}
