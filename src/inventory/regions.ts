import { isRegionName } from '../aws/arn.ts';
import { mediaConnectRegionsIn } from '../aws/regions.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { regionOf } from './named-secrets.ts';

/** Returns the Regions with MediaConnect, the configured Region, and all Regions with a secret that a policy names. */
export async function likelyRegions(aws: Aws, { partition }: Identity, named: string[]): Promise<string[]> {
  const mentioned = named
    .filter((each) => each.startsWith(`arn:${partition}:`))
    .flatMap((each) => regionOf(each) ?? [])
    .filter(isRegionName);
  return [...new Set([...mediaConnectRegionsIn(partition), aws.clients.homeRegion, ...mentioned])].sort();
}
