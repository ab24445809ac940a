import { parseArn, parseSecretArn } from '../aws/arn.ts';
import { partitionOf } from '../aws/regions.ts';
import { attributeOf, flagOf, NEW_SECRET_OPTIONS, type RawOptions } from './catalog/index.ts';
import { inputMessages as messages } from './messages.ts';
import { secretPrefixProblem } from './rules.ts';

/** Returns the problems with combinations of `setup` options that are valid by themselves. The sentences name flags. */
export function setupProblems(options: RawOptions<'setup'>): string[] {
  const values: Readonly<Record<string, unknown>> = options;
  const ofNewSecret = NEW_SECRET_OPTIONS.filter((option) => values[attributeOf(option)] !== undefined);
  return [
    ...keyProblems(options),
    ...(options.secretArn && ofNewSecret.length > 0 ? [messages.notWithArn(ofNewSecret.map(flagOf))] : []),
    ...kmsKeyProblems(options),
    ...prefixProblems(options),
    ...partitionProblems(options),
  ];
}

/** All Regions must be in one partition, that of the account. */
function partitionProblems({ region = [], secretArn = [] }: RawOptions<'setup'>): string[] {
  const arnRegions = secretArn.flatMap((arn) => parseSecretArn(arn.trim())?.region ?? []);
  const problemsIn = (flag: string, regions: string[]) => {
    const partitions = new Set(regions.map(partitionOf));
    return partitions.size > 1 ? [messages.partitions(messages.regionsOf(flag))] : [];
  };
  return [...problemsIn('--region', region), ...problemsIn('--secret-arn', arnRegions)];
}

/** A policy with a prefix must cover the secret that it is created for. */
function prefixProblems(options: RawOptions<'setup'>): string[] {
  const { policyScope, policyPrefix, secretName, secretArn = [] } = options;
  if (policyScope !== 'prefix') return policyPrefix === undefined ? [] : [messages.prefixAlone];
  if (policyPrefix === undefined) return [messages.prefixMissing];
  // An invalid prefix is reported by its own rule.
  if (secretPrefixProblem(policyPrefix, '')) return [];
  const isOutsidePrefix = (name: string | undefined) => name !== undefined && !name.startsWith(policyPrefix);
  const names = secretArn.map((arn) => parseSecretArn(arn.trim())?.name);
  return [
    ...(isOutsidePrefix(secretName) ? [messages.outsidePrefix('--secret-name')] : []),
    ...(names.some(isOutsidePrefix) ? [messages.outsidePrefix('--secret-arn')] : []),
  ];
}

/**
 * Returns problems with the KMS key. A key ARN is valid only in its own partition and Region. The Region doesn't matter for the
 * ARN of a multi-Region key or an alias.
 */
export function kmsKeyProblems(options: Pick<RawOptions<'setup'>, 'kmsKeyId' | 'region'>): string[] {
  const { kmsKeyId, region = [] } = options;
  const arn = kmsKeyId === undefined ? undefined : parseArn(kmsKeyId);
  if (!arn) return [];
  if (region.some((name) => partitionOf(name) !== arn.partition))
    return [messages.kmsPartition('--kms-key-id')];
  const isSingleRegion = !/^(alias\/|key\/mrk-)/.test(arn.resource);
  const isElsewhere = isSingleRegion && region.some((name) => name !== arn.region);
  return isElsewhere ? [messages.kmsRegions('--kms-key-id')] : [];
}

/** Returns the problems with combinations of options for the key. */
export function keyProblems(options: RawOptions<'rotate'>): string[] {
  const { keyFile, keyEnv, generate, keyType, algorithm } = options;
  const sources = [keyFile, keyEnv, generate].filter((source) => source !== undefined);
  const isPassword = keyType === 'srt-password';
  const hasTwoAlgorithms = generate !== undefined && algorithm !== undefined && generate !== algorithm;
  return [
    ...(sources.length > 1 ? [messages.keySources] : []),
    ...(isPassword && algorithm !== undefined ? [messages.srtAlgorithm] : []),
    ...(isPassword && generate !== undefined ? [messages.srtGenerate] : []),
    ...(hasTwoAlgorithms ? [messages.generateAlgorithm] : []),
  ];
}

/** Returns the problems with combinations of options that name an existing secret. */
export function secretProblems({ secretName, secretArn, region }: RawOptions<'teardown'>): string[] {
  if (secretArn === undefined) return [];
  const names = new Set(secretArn.map((arn) => parseSecretArn(arn.trim())?.name ?? ''));
  const hasNameOrRegion = secretName !== undefined || region !== undefined;
  return [
    ...(hasNameOrRegion ? [messages.arnOrName] : []),
    ...(names.size > 1 && !names.has('') ? [messages.arnsOfOneName] : []),
  ];
}
