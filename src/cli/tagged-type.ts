import { allOrFirstFailure } from '../aws/requests/concurrency.ts';
import { describeSecret } from '../aws/secrets/index.ts';
import type { Aws } from '../aws/session.ts';
import type { KeyType } from '../key/index.ts';
import { tried } from '../steps/observe.ts';

/** A secret in a Region, by its name or ARN. */
export interface SecretPlace {
  id: string;
  region: string;
}

/**
 * Returns the key type that a tag on one of the secrets names, if any. A secret that cannot be read is passed over.
 * @throws Failure when the credentials are not taken, or are for another account than is expected
 */
export async function taggedType(aws: Aws, places: readonly SecretPlace[]): Promise<KeyType | undefined> {
  if (places.length === 0) return undefined;
  // A secret of the same name in another account says nothing about this key.
  await aws.identity();
  const looks = places.map(({ region, id }) => tried(() => describeSecret(aws, region, id)));
  const found = await allOrFirstFailure(looks);
  return found.flatMap((each) => ('value' in each ? (each.value?.keyType ?? []) : []))[0];
}
