import { type Identity, seenIn } from '../../aws/session.ts';
import { algorithmOfLength } from '../../key/index.ts';
import type { EncryptionSettings } from '../../plan-types.ts';
import { subjectOf } from './check-secret.ts';
import type { RoleObservation } from './observe/role.ts';
import type { SecretObservation, SecretObservations } from './observe/secret.ts';
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

/** The observed secrets and roles, by the IDs in the pairs. */
export interface ObservedPairs {
  secrets: SecretObservations;
  roles: ReadonlyMap<string, RoleObservation>;
  pairs: RequestedPair[];
}

/** Returns the pairs, as far as they could be read. Pure. */
export function secretRolePairs(observed: ObservedPairs, identity: Identity): SecretRolePair[] {
  return observed.pairs.flatMap(({ targetId, roleId }) => {
    const secret = observed.secrets.get(targetId);
    const role = observed.roles.get(roleId);
    if (!secret || !role) return [];
    const manifestPosition = secret.target.manifest?.position;
    const settings = settingsOf(secret, role.arn);
    return [{ secret: subjectOf(secret, identity), role: role.arn, manifestPosition, settings }];
  });
}

/** Returns the unique settings for the MediaConnect console or API. Pure. */
export function encryptionSettingsOf(pairs: SecretRolePair[]): EncryptionSettings[] {
  const settings = pairs.flatMap((pair) => pair.settings ?? []);
  return [
    ...new Map(settings.map((each) => [`${each.secretArn} ${each.roleArn} ${each.keyType}`, each])).values(),
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
