import { Failure, isCredentialFailure } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { offeredRegions } from '../regions.ts';
import type { Aws } from '../session.ts';
import { type SecretState, secretExists } from './index.ts';

/** The Regions that have a secret with a name, and those that don't. */
export interface SecretLocations {
  /** The secrets that were found, in the order of the Regions. */
  found: SecretState[];
  /** The Regions without such a secret. */
  absent: string[];
  /** The Regions that could not be read, among those that the user didn't name. */
  unseen: string[];
}

/** Reads the required parts of a secret. Returns undefined if it doesn't exist. */
export type ReadSecret = (region: string, name: string) => Promise<SecretState | undefined>;

/**
 * Finds the secret in the given Regions. If none is given, searches all Regions with MediaConnect and the configured one. A
 * Region that the user didn't name may be disabled, forbidden or behind a firewall; a failure there is only noted.
 * @throws Failure if a named Region can't be read, if AWS or the network fails in the configured one, or if nothing was found and
 *   some Regions can't be read
 */
export async function findSecret(
  aws: Aws,
  name: string,
  regions: string[],
  read: ReadSecret,
): Promise<SecretLocations> {
  if (regions.length > 0) return findIn(name, regions, read);
  const { partition } = await aws.identity();
  const home = aws.clients.homeRegion;
  const others = offeredRegions(partition).filter((region) => region !== home);
  return search(aws, name, [home, ...others], read);
}

async function findIn(name: string, regions: string[], read: ReadSecret): Promise<SecretLocations> {
  const found = await Promise.all(regions.map((region) => read(region, name)));
  return {
    found: found.filter((secret) => secret !== undefined),
    absent: regions.filter((_region, index) => found[index] === undefined),
    unseen: [],
  };
}

async function search(
  aws: Aws,
  name: string,
  [home, ...others]: [string, ...string[]],
  read: ReadSecret,
): Promise<SecretLocations> {
  const regions = [home, ...others];
  const seen = await Promise.all(regions.map((region) => look(aws, name, region)));
  const { found } = await findIn(
    name,
    regions.filter((_region, index) => seen[index] === true),
    read,
  );
  const [failure] = seen.filter((each) => each instanceof Failure);
  if (found.length === 0 && failure) throw failure;
  const [atHome] = seen;
  // The configured Region is not behind a firewall, so this is a failure of AWS or the network. Continuing would skip the Region.
  if (atHome instanceof Failure && !isForbidden(atHome)) throw atHome;
  return {
    found,
    absent: regions.filter((_region, at) => seen[at] === false),
    unseen: regions.filter((_region, at) => seen[at] instanceof Failure),
  };
}

/** Returns whether the secret exists, or the failure that kept it from being read. */
async function look(aws: Aws, name: string, region: string): Promise<boolean | Failure> {
  try {
    return await secretExists(aws, region, name, HTTP.searchLimitMs);
  } catch (error) {
    if (error instanceof Failure && !isCredentialFailure(error)) return error;
    throw error;
  }
}

function isForbidden({ code }: Failure): boolean {
  return code === 'access-denied' || code === 'region-not-enabled';
}
