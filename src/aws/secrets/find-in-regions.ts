import { HTTP } from '../../defaults.ts';
import { Failure, isCredentialFailure } from '../../failure.ts';
import { offeredRegions } from '../regions.ts';
import type { Aws } from '../session.ts';
import { type SecretState, secretExists } from './index.ts';

/** Where a secret of one name is, and where it is not. */
export interface SecretLocations {
  /** What was found, in the order of the Regions that were looked at. */
  found: SecretState[];
  /** The Regions that were looked at and have no secret of the name. */
  absent: string[];
  /** The Regions that could not be read, out of those that were not named. */
  unseen: string[];
}

/** Reads as much of a secret as is needed of it; returns undefined if it does not exist. */
export type ReadSecret = (region: string, name: string) => Promise<SecretState | undefined>;

/**
 * Finds the secret in the Regions given; when none is given, in every Region that has MediaConnect, and in the configured
 * one. A Region that was not named may be disabled, forbidden or behind a firewall: then it is only noted.
 * @throws Failure when a Region that was named cannot be read, when AWS or the network fails in the configured one, or when
 *   nothing was found and some Regions cannot be read
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
    absent: regions.filter((_region, at) => found[at] === undefined),
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
    regions.filter((_region, at) => seen[at] === true),
    read,
  );
  const [failure] = seen.filter((each) => each instanceof Failure);
  if (found.length === 0 && failure) throw failure;
  const [atHome] = seen;
  // A Region that one works in is not behind a firewall: AWS or the network fails, and to go on would leave it out.
  if (atHome instanceof Failure && !isForbidden(atHome)) throw atHome;
  return {
    found,
    absent: regions.filter((_region, at) => seen[at] === false),
    unseen: regions.filter((_region, at) => seen[at] instanceof Failure),
  };
}

/** Returns whether it exists, or why that is not known. */
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
