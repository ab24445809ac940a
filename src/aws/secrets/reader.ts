import type { Aws } from '../session.ts';
import { type FoundSecret, type Reading, readSecret } from './index.ts';
import { valueReader } from './value-reader.ts';

/** Reads secrets. Those that are asked for at the same moment are read together, which takes fewer requests. */
export interface SecretReader {
  /** Answers what `readSecret` answers, and fails as it does. */
  read(region: string, id: string, reading?: Pick<Reading, 'known'>): Promise<FoundSecret | undefined>;
}

/**
 * Makes a reader for a run.
 * @param withPolicies whether it reads the secrets' resource policies too
 */
export function secretReader(aws: Aws, { withPolicies = true } = {}): SecretReader {
  const values = valueReader(aws);
  return {
    async read(region, id, reading = {}) {
      const early = await values.early(region, id);
      if (early?.kind === 'absent') return undefined;
      const how = early ? { value: early.value } : reading;
      return readSecret(aws, region, id, { ...how, withPolicy: withPolicies });
    },
  };
}
