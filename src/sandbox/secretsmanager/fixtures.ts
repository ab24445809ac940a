import { randomUUID } from 'node:crypto';
import type { Machine } from '../machine.ts';
import type { OwnedSecret } from '../types.ts';
import type { World } from '../world.ts';
import { storeVersion } from './versions.ts';

/**
 * Puts a secret that an AWS service owns in place.
 * @returns its ARN.
 * @throws RangeError if the account is not in that Region.
 */
export function addOwnedSecret(machine: Machine, owned: OwnedSecret): string {
  const world = demandWorld(machine, owned.region);
  const secret = world.secretsIn(owned.region).add(owned.name, machine.now());
  secret.owningService = owned.owningService;
  storeVersion(secret, { SecretString: owned.secretString }, secret.createdAt, {
    token: randomUUID(),
  });
  return secret.arn;
}

/**
 * Lets Secrets Manager invoke a Lambda function.
 * @throws RangeError if this is no function's ARN, or the account is not in its Region.
 */
export function addRotationFunction(machine: Machine, arn: string): void {
  const [, region] = /^arn:[^:]+:lambda:([^:]+):\d{12}:function:.+$/.exec(arn) ?? [];
  if (region === undefined) {
    throw new RangeError(`${arn} is not the ARN of a Lambda function.`);
  }
  demandWorld(machine, region).rotationFunctions.add(arn);
}

function demandWorld(machine: Machine, region: string): World {
  const world = machine.worldOf(region);
  if (!world) {
    throw new RangeError(`The account of this sandbox is not in ${region}.`);
  }
  return world;
}
