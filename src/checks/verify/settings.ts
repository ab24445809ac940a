import { inTurns } from '../../aws/requests/concurrency.ts';
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
import type { Pair } from './observe/subjects.ts';

/** A secret and the role that has to read it, by the ARNs that are the subjects of the checks. */
export interface Reader {
  secret: string;
  role: string;
  /** The position in the manifest that names the secret, if any. */
  entry?: string;
  /** The settings for MediaConnect's API. Absent if the secret could not be read. */
  settings?: EncryptionSettings;
}

/** Returns the pairs, as far as they could be read. Pure. */
export function readersOf(
  {
    secrets,
    roles,
    pairs,
  }: {
    secrets: ReadonlyMap<string, SecretObservation>;
    roles: ReadonlyMap<string, RoleObservation>;
    pairs: Pair[];
  },
  identity: Identity,
): Reader[] {
  return pairs.flatMap((pair) => {
    const [secret, role] = [secrets.get(pair.secret), roles.get(pair.role)];
    if (!secret || !role) return [];
    const entry = secret.target.manifest?.at;
    const settings = settingsOf(secret, role.arn);
    return [
      {
        secret: subjectOf(secret, identity),
        role: role.arn,
        entry,
        settings,
      },
    ];
  });
}

/** Returns the unique settings that the next screen asks for. Pure. */
export function encryptionOf(readers: Reader[]): EncryptionSettings[] {
  const all = readers.flatMap(({ settings }) => settings ?? []);
  return [
    ...new Map(all.map((each) => [`${each.secretArn} ${each.roleArn} ${each.keyType}`, each])).values(),
  ];
}

function settingsOf(secret: SecretObservation, roleArn: string): EncryptionSettings | undefined {
  if (secret.kind !== 'there' || secret.arn === undefined) return undefined;
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
  const observations = await inTurns(BATCH_RUN.readAtOnce, [...secrets], async ([key, target]) => {
    const observation = await observeSecret(aws, readers, identity, target);
    onSecret();
    return [key, observation] as const;
  });
  return new Map(observations);
}
