import { parseSecretArn } from '../../aws/arn.ts';
import type { ManifestEntry } from '../../checks/verify/index.ts';
import { DEFAULTS } from '../../defaults.ts';
import { groupedBy } from '../../grouping.ts';
import type { Manifest, ManifestKey } from '../../manifest/members.ts';
import { regionsOf } from '../../options/setup-request.ts';
import type { SecretPlace } from '../key-options.ts';

/** A secret that a manifest entry names, with its policy and role. */
export interface EntrySecret {
  name: string;
  regions: string[];
  /** The ARNs in the entry, if any. */
  arns: string[];
  policyName: string;
  roleName: string;
  /** Whether each name is in the manifest. Otherwise it is the default. */
  givenNames: { policy: boolean; role: boolean };
}

/** Returns true if `rotate` with the manifest would only replace wrong keys. With `generate`, it would create new keys. */
export function rotatesOnlyWrong({ keys }: Manifest): boolean {
  return keys.every(({ answers }) => answers.keySource?.kind !== 'generate');
}

/**
 * Returns what the checks of `verify` need from an entry.
 * @param rotates true if `rotate` with the manifest can read all its keys and would only replace wrong ones
 */
export function verifiedEntry(
  { answers, position }: ManifestKey,
  { path, rotates }: { path: string; rotates: boolean },
): ManifestEntry {
  const { keySource: source, roleName = DEFAULTS.roleName } = answers;
  return {
    path,
    position: position,
    roleName,
    regions: [...new Set(regionsOf(answers))],
    source,
    canRotate: rotates && source !== undefined,
  };
}

/** Returns the unique Regions in a manifest. */
export function regionsIn({ keys }: Manifest): string[] {
  return [...new Set(keys.flatMap(({ answers }) => regionsOf(answers)))];
}

/**
 * Returns the secrets that an entry names, each in one or more Regions. An entry has more than one only if its ARNs have different
 * names.
 */
export function secretsOf({ answers }: ManifestKey): EntrySecret[] {
  const { secretName: name, secretArns, regions } = answers;
  const policyName = answers.policyName ?? DEFAULTS.policyName;
  const roleName = answers.roleName ?? DEFAULTS.roleName;
  const givenNames = { policy: answers.policyName !== undefined, role: answers.roleName !== undefined };
  if (name !== undefined)
    return [{ name, regions: [...new Set(regions)], arns: [], policyName, roleName, givenNames }];
  const parsed = secretArns.flatMap((arn) => {
    const parts = parseSecretArn(arn);
    return parts ? [{ ...parts, arn }] : [];
  });
  return [...groupedBy(parsed, (each) => each.name)].map(([secretName, secrets]) => ({
    name: secretName,
    regions: [...new Set(secrets.map(({ region }) => region))],
    arns: secrets.map(({ arn }) => arn),
    policyName,
    roleName,
    givenNames,
  }));
}

/** Returns each secret of an entry in each of its Regions, by ARN if the entry has one. */
export function placesOf(entry: ManifestKey): SecretPlace[] {
  return secretsOf(entry).flatMap(({ name, regions, arns }) =>
    regions.map((region) => ({
      region,
      id: arns.find((arn) => parseSecretArn(arn)?.region === region) ?? name,
    })),
  );
}
