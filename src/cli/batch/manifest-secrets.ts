import { parseSecretArn } from '../../aws/arn.ts';
import type { ManifestEntry } from '../../checks/verify/index.ts';
import { DEFAULTS } from '../../defaults.ts';
import { groupedBy } from '../../grouping.ts';
import type { Manifest, ManifestKey } from '../../manifest/types.ts';
import { regionsOf } from '../../options/setup-request.ts';
import type { SecretPlace } from '../key-options.ts';

/** A secret that an entry of a manifest names, and what is to read it. */
export interface EntrySecret {
  name: string;
  regions: string[];
  /** The ARNs that the entry gives, if it gives any. */
  arns: string[];
  policyName: string;
  roleName: string;
  /** Which of the two the manifest gives; the others are defaults. */
  given: { policy: boolean; role: boolean };
}

/** Whether `rotate` with the manifest would change nothing but what is not right: keys that are generated are made anew. */
export function rotatesOnlyWrong({ keys }: Manifest): boolean {
  return keys.every(({ answers }) => answers.keySource?.kind !== 'generate');
}

/**
 * What the checks of `verify` have to know of an entry.
 * @param rotates whether `rotate` with the manifest changes nothing but what is not right
 */
export function verifiedEntry(
  { answers, at }: ManifestKey,
  { path, rotates }: { path: string; rotates: boolean },
): ManifestEntry {
  const { keySource: source, roleName = DEFAULTS.roleName } = answers;
  return {
    path,
    at,
    roleName,
    regions: [...new Set(regionsOf(answers))],
    ...(source ? { source } : {}),
    rotates: rotates && source !== undefined,
  };
}

/** The Regions that a manifest names, each once. */
export function regionsIn({ keys }: Manifest): string[] {
  return [...new Set(keys.flatMap(({ answers }) => regionsOf(answers)))];
}

/** The secrets that an entry names: one, in some Regions; several only where it gives ARNs of different names. */
export function secretsOf({ answers }: ManifestKey): EntrySecret[] {
  const { secretName: name, secretArns, regions } = answers;
  const policyName = answers.policyName ?? DEFAULTS.policyName;
  const roleName = answers.roleName ?? DEFAULTS.roleName;
  const given = { policy: answers.policyName !== undefined, role: answers.roleName !== undefined };
  if (name !== undefined)
    return [{ name, regions: [...new Set(regions)], arns: [], policyName, roleName, given }];
  const parsed = secretArns.flatMap((arn) => {
    const parts = parseSecretArn(arn);
    return parts ? [{ ...parts, arn }] : [];
  });
  return [...groupedBy(parsed, (each) => each.name)].map(([named, secrets]) => ({
    name: named,
    regions: [...new Set(secrets.map(({ region }) => region))],
    arns: secrets.map(({ arn }) => arn),
    policyName,
    roleName,
    given,
  }));
}

/** Returns the secrets that an entry names, each in each of its Regions, by their ARNs where the entry gives them. */
export function placesOf(entry: ManifestKey): SecretPlace[] {
  return secretsOf(entry).flatMap(({ name, regions, arns }) =>
    regions.map((region) => ({
      region,
      id: arns.find((arn) => parseSecretArn(arn)?.region === region) ?? name,
    })),
  );
}
