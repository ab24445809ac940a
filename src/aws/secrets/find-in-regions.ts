import { Failure, isCredentialFailure } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { mediaConnectRegionsIn } from '../regions.ts';
import type { Aws } from '../session.ts';
import { type SecretState, secretExists } from './index.ts';

/** The Regions that have a secret with a name, and those that don't. */
export interface SecretLocations {
  /** The secrets that were found, in the order of the Regions. */
  found: SecretState[];
  /** The Regions without such a secret. */
  absent: string[];
  /** The Regions that could not be read. Only Regions that the user didn't name; a named one throws. */
  unreadable: string[];
}

/** Reads those parts of a secret that the caller of `findSecret` needs. Returns undefined if the secret doesn't exist. */
export type ReadSecret = (region: string, name: string) => Promise<SecretState | undefined>;

/**
 * Finds the secret in the Regions that the user named. If there are none, searches all Regions with MediaConnect and the
 * configured one. A Region that the user didn't name may be disabled, forbidden or behind a firewall; it is returned as
 * unreadable.
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
  const { homeRegion } = aws.clients;
  const otherRegions = mediaConnectRegionsIn(partition).filter((region) => region !== homeRegion);
  return search(aws, name, [homeRegion, ...otherRegions], read);
}

async function findIn(name: string, regions: string[], read: ReadSecret): Promise<SecretLocations> {
  const secrets = await Promise.all(regions.map((region) => read(region, name)));
  return {
    found: secrets.filter((secret) => secret !== undefined),
    absent: regions.filter((_region, index) => secrets[index] === undefined),
    unreadable: [],
  };
}

/** @param regions the configured Region, then the others */
async function search(
  aws: Aws,
  name: string,
  regions: [string, ...string[]],
  read: ReadSecret,
): Promise<SecretLocations> {
  const results = await Promise.all(regions.map((region) => checkExistence(aws, name, region)));
  const { found } = await findIn(
    name,
    regions.filter((_region, index) => results[index] === true),
    read,
  );
  const failure = results.find((result) => result instanceof Failure);
  if (found.length === 0 && failure) throw failure;
  const homeResult = results[0];
  // The configured Region is not behind a firewall, so this is a failure of AWS or the network. Continuing would skip the Region.
  if (homeResult instanceof Failure && !isForbidden(homeResult)) throw homeResult;
  return {
    found,
    absent: regions.filter((_region, index) => results[index] === false),
    unreadable: regions.filter((_region, index) => results[index] instanceof Failure),
  };
}

/** Returns whether the secret exists, or the failure that kept it from being read. */
async function checkExistence(aws: Aws, name: string, region: string): Promise<boolean | Failure> {
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
