import { inTurns } from '../../../aws/requests/concurrency.ts';
import { valueReader } from '../../../aws/secrets/value-reader.ts';
import type { Aws, Identity } from '../../../aws/session.ts';
import { FLEET } from '../../../defaults.ts';
import { encryptionReaders } from '../../access/encryption.ts';
import { type SecretSight, type SecretTarget, sightSecret } from './secret.ts';

/**
 * Looks at secrets, by the names that they have here. What is in the way of one is its own.
 * @param onSecret is told of each secret that has been looked at
 */
export async function sightSecrets(
  aws: Aws,
  identity: Identity,
  secrets: ReadonlyMap<string, SecretTarget>,
  onSecret: () => void,
): Promise<Map<string, SecretSight>> {
  const readers = { values: valueReader(aws), encryption: encryptionReaders(aws) };
  const sights = await inTurns(FLEET.readAtOnce, [...secrets], async ([key, target]) => {
    const sight = await sightSecret(aws, readers, identity, target);
    onSecret();
    return [key, sight] as const;
  });
  return new Map(sights);
}
