import type { SessionStore } from './auth/sessions.ts';
import { IamStore } from './iam/store.ts';
import { SecretStore } from './secretsmanager/store.ts';
import type { Partition } from './types.ts';

/** One account in one partition: its IAM, and its secrets in each Region. */
export interface World {
  readonly account: string;
  readonly partition: Partition;
  readonly iam: IamStore;
  readonly sessions: SessionStore;
  secretsIn(region: string): SecretStore;
}

/** An account with nothing in it but what AWS itself puts there. */
export function newWorld(
  account: string,
  partition: Partition,
  sessions: SessionStore,
  iamPropagationMs: number,
): World {
  const regions = new Map<string, SecretStore>();
  return {
    account,
    partition,
    sessions,
    iam: new IamStore(partition, iamPropagationMs),
    secretsIn(region) {
      const existing =
        regions.get(region) ??
        new SecretStore(`arn:${partition}:secretsmanager:${region}:${account}:secret:`);
      regions.set(region, existing);
      return existing;
    },
  };
}

/** The partition that a Region belongs to, by the form of its name. */
export function partitionOfRegion(region: string): Partition {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
