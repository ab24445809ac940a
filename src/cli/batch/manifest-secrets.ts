import { parseSecretArn } from '../../aws/arn.ts';
import type { ManifestEntry } from '../../checks/verify/index.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Manifest, ManifestKey } from '../../manifest/fields.ts';
import { regionsOf } from '../../options/setup-request.ts';
import { groupedBy } from '../../text.ts';
import type { SecretPlace } from '../key-options.ts';

/** A secret that a manifest entry names, with its policy and role. */
export interface EntrySecret {
  name: string;
  regions: string[];
  /** The ARNs that the user gave, if any. */
  arns: string[];
  policyName: string;
  roleName: string;
  /** Which of the two names the user gave; the others are defaults. */
  givenNames: { policy: boolean; role: boolean };
}

/** Returns true if `rotate` with the manifest would only replace wrong keys. With `generate`, `rotate` creates new keys. */
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
    position,
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
  const { secretName, secretArns, regions, policyName, roleName } = answers;
  const policyAndRole = {
    policyName: policyName ?? DEFAULTS.policyName,
    roleName: roleName ?? DEFAULTS.roleName,
    givenNames: { policy: policyName !== undefined, role: roleName !== undefined },
  };
  if (secretName !== undefined)
    return [{ name: secretName, regions: [...new Set(regions)], arns: [], ...policyAndRole }];
  const parsed = secretArns.flatMap((arn) => {
    const parts = parseSecretArn(arn);
    return parts ? [{ ...parts, arn }] : [];
  });
  return [...groupedBy(parsed, (parts) => parts.name)].map(([name, secrets]) => ({
    name,
    regions: [...new Set(secrets.map(({ region }) => region))],
    arns: secrets.map(({ arn }) => arn),
    ...policyAndRole,
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
