import type { Machine } from '../machine.ts';
import type { OwnedSecret } from '../types.ts';
import { storeVersion } from './versions.ts';

/**
 * Puts a secret that an AWS service owns in place.
 * @returns its ARN.
 * @throws RangeError if the account is not in that Region.
 */
export function addOwnedSecret(machine: Machine, owned: OwnedSecret): string {
  const world = machine.worldOf(owned.region);
  if (!world) {
    throw new RangeError(`The account of this sandbox is not in ${owned.region}.`);
  }
  const secret = world.secretsIn(owned.region).add(owned.name, machine.now());
  secret.owningService = owned.owningService;
  storeVersion(secret, { SecretString: owned.secretString }, secret.createdAt);
  return secret.arn;
}
