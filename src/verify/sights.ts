import { readValues, type Values } from '../aws/secret-values.ts';
import type { Aws, Identity } from '../aws/session.ts';
import { atMost } from '../aws/together.ts';
import { BATCH } from '../defaults.ts';
import { type SecretSight, type SecretTarget, sightSecret } from './secret-sight.ts';

/** Batches that are looked at at the same time; how many requests that makes at once, the lanes decide (`src/aws/lanes.ts`). */
const BATCHES_AT_ONCE = 8;

type Named = readonly [key: string, target: SecretTarget];

/**
 * Looks at secrets, by the names that they have here. The values of many in one Region are read together, where that is
 * allowed: each of the others is read alone, and what is in its way is its own.
 * @param onSecret is told of each secret that has been looked at
 */
export async function sightSecrets(
  aws: Aws,
  identity: Identity,
  secrets: ReadonlyMap<string, SecretTarget>,
  onSecret: () => void,
): Promise<Map<string, SecretSight>> {
  const refused = new Set<string>();
  const sights = await atMost(BATCHES_AT_ONCE, batchesOf([...secrets]), async (batch) => {
    const values = await valuesOf(aws, batch, refused);
    const looks = batch.map(async ([key, target]) => {
      const sight = await sightSecret(aws, identity, target, values?.found.get(target.id));
      onSecret();
      return [key, sight] as const;
    });
    return Promise.all(looks);
  });
  return new Map(sights.flat());
}

/** @param refused the Regions in which values cannot be read together, which takes a permission of its own */
async function valuesOf(aws: Aws, batch: Named[], refused: Set<string>): Promise<Values | undefined> {
  const region = batch[0]?.[1].region ?? '';
  if (batch.length < BATCH.least || refused.has(region)) return undefined;
  const ids = batch.map(([, { id }]) => id);
  const values = await readValues(aws, region, ids);
  if (!values) refused.add(region);
  return values;
}

/** Secrets of one Region each, as many as one request may name. */
function batchesOf(secrets: Named[]): Named[][] {
  const open = new Map<string, Named[]>();
  const batches: Named[][] = [];
  for (const named of secrets) {
    const { region } = named[1];
    const batch = open.get(region) ?? [];
    if (batch.length === 0) batches.push(batch);
    batch.push(named);
    open.set(region, batch.length < BATCH.most ? batch : []);
  }
  return batches;
}
