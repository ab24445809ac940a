import { inBatches } from '../../aws/requests/concurrency.ts';
import { valueReader } from '../../aws/secrets/value-reader.ts';
import type { Aws, Identity } from '../../aws/session.ts';
import { seenIn } from '../../aws/session.ts';
import { algorithmOfLength } from '../../key/index.ts';
import { BATCH_RUN } from '../../limits.ts';
import type { EncryptionSettings } from '../../plan-types.ts';
import { encryptionReaders } from '../access/encryption.ts';
import { subjectOf } from './check-secret.ts';
import type { RoleObservation } from './observe/role.ts';
import { observeSecret, type SecretObservation, type SecretTarget } from './observe/secret.ts';
import type { RequestedPair } from './observe/subjects.ts';

/** A secret and the role that has to read it, by the ARNs that the checks have as their subjects. */
export interface SecretRolePair {
  secret: string;
  role: string;
  /** The position in the manifest that names the secret, if any. */
  manifestPosition?: string;
  /** The settings for MediaConnect's API. Absent if the secret could not be read. */
  settings?: EncryptionSettings;
}

/** Returns the pairs, as far as they could be read. Pure. */
export function secretRolePairs(
  {
    secrets,
    roles,
    pairs,
  }: {
    secrets: ReadonlyMap<string, SecretObservation>;
    roles: ReadonlyMap<string, RoleObservation>;
    pairs: RequestedPair[];
  },
  identity: Identity,
): SecretRolePair[] {
  return pairs.flatMap((pair) => {
    const [secret, role] = [secrets.get(pair.targetId), roles.get(pair.roleId)];
    if (!secret || !role) return [];
    const manifestPosition = secret.target.manifest?.position;
    const settings = settingsOf(secret, role.arn);
    return [
      {
        secret: subjectOf(secret, identity),
        role: role.arn,
        manifestPosition,
        settings,
      },
    ];
  });
}

/** Returns the unique settings that the MediaConnect console or API takes for these pairs. Pure. */
export function encryptionOf(pairs: SecretRolePair[]): EncryptionSettings[] {
  const all = pairs.flatMap(({ settings }) => settings ?? []);
  return [
    ...new Map(all.map((each) => [`${each.secretArn} ${each.roleArn} ${each.keyType}`, each])).values(),
  ];
}

function settingsOf(secret: SecretObservation, roleArn: string): EncryptionSettings | undefined {
  if (secret.kind !== 'present' || secret.arn === undefined) return undefined;
  const content = seenIn(secret.content);
  if (content?.kind !== 'text') return undefined;
  const { region, keyType } = secret.target;
  const algorithm = keyType === 'static-key' ? algorithmOfLength(content.key.length) : undefined;
  return { region, keyType, algorithm, roleArn, secretArn: secret.arn };
}

/**
 * Reads secrets, by key. A problem with one doesn't affect the others.
 * @param onSecret called with each secret that has been observed
 */
export async function observeSecrets(
  aws: Aws,
  identity: Identity,
  secrets: ReadonlyMap<string, SecretTarget>,
  onSecret: () => void,
): Promise<Map<string, SecretObservation>> {
  const readers = { values: valueReader(aws), encryption: encryptionReaders(aws) };
  const observations = await inBatches(BATCH_RUN.readAtOnce, [...secrets], async ([key, target]) => {
    const observation = await observeSecret(aws, readers, identity, target);
    onSecret();
    return [key, observation] as const;
  });
  return new Map(observations);
}
