import type { Failure } from '../../failure.ts';
import { HTTP } from '../../limits.ts';
import { mediaConnectRegionsIn } from '../regions.ts';
import { type Aws, observed, seenIn } from '../session.ts';
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

/** Reads the parts of a secret that the caller of `findSecret` needs. Returns undefined if the secret doesn't exist. */
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

/** Searches Regions that the user didn't name. @param regions the configured Region, then the others */
async function search(
  aws: Aws,
  name: string,
  regions: [string, ...string[]],
  read: ReadSecret,
): Promise<SecretLocations> {
  const results = await Promise.all(
    regions.map((region) => observed(secretExists(aws, region, name, HTTP.searchLimitMs))),
  );
  /** @param exists undefined for the Regions that could not be read */
  const regionsWhere = (exists: boolean | undefined) =>
    regions.filter((_region, index) => seenIn(results[index]) === exists);
  const { found } = await findIn(name, regionsWhere(true), read);
  const failures = results.map((result) => ('unseen' in result ? result.unseen : undefined));
  const firstFailure = failures.find((failure) => failure !== undefined);
  if (found.length === 0 && firstFailure) throw firstFailure;
  const homeFailure = failures[0];
  // The configured Region is not behind a firewall, so this is a failure of AWS or the network. Continuing would skip the Region.
  if (homeFailure && !isForbidden(homeFailure)) throw homeFailure;
  return { found, absent: regionsWhere(false), unreadable: regionsWhere(undefined) };
}

function isForbidden({ code }: Failure): boolean {
  return code === 'access-denied' || code === 'region-not-enabled';
}
