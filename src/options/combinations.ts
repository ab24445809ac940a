import { parseArn, parseSecretArn } from '../aws/arn.ts';
import { partitionOf } from '../aws/regions.ts';
import type { GivenOptions } from './catalog/index.ts';
import { inputMessages as messages } from './messages.ts';
import { secretPrefix } from './rules.ts';

/** Returns invalid combinations of options that are valid by themselves. The sentences name flags. */

export function setupProblems(options: GivenOptions<'setup'>): string[] {
  const { keyFile, keyEnv, generate, secretArn } = options;
  const withArn = [options.secretName, options.region, options.kmsKeyId, keyFile, keyEnv, generate].some(
    (value) => value !== undefined,
  );
  return [
    ...keyProblems(options),
    ...(secretArn && withArn ? [messages.keyWithArn] : []),
    ...kmsKeyProblems(options),
    ...prefixProblems(options),
    ...partitionProblems(options),
  ];
}

/** All Regions must be in the account's partition. */
function partitionProblems({ region = [], secretArn = [] }: GivenOptions<'setup'>): string[] {
  const arns = secretArn.flatMap((arn) => parseSecretArn(arn.trim()) ?? []);
  const several = (regions: string[]) => new Set(regions.map(partitionOf)).size > 1;
  return [
    ...(several(region) ? [messages.partitions(messages.regionsOf('--region'))] : []),
    ...(several(arns.map((arn) => arn.region))
      ? [messages.partitions(messages.regionsOf('--secret-arn'))]
      : []),
  ];
}

/** A policy with a prefix must allow reading the secret that it is created for. */
function prefixProblems({
  policyScope,
  policyPrefix,
  secretName,
  secretArn = [],
}: GivenOptions<'setup'>): string[] {
  if (policyScope !== 'prefix') return policyPrefix === undefined ? [] : [messages.prefixAlone];
  if (policyPrefix === undefined) return [messages.prefixMissing];
  // An invalid prefix is reported by its own rule.
  if (secretPrefix(policyPrefix, '')) return [];
  const outside = (name: string | undefined) => name !== undefined && !name.startsWith(policyPrefix);
  const names = secretArn.map((arn) => parseSecretArn(arn.trim())?.name);
  return [
    ...(outside(secretName) ? [messages.outsidePrefix('--secret-name')] : []),
    ...(names.some(outside) ? [messages.outsidePrefix('--secret-arn')] : []),
  ];
}

/**
 * Returns problems with the KMS key. A key ARN is valid only in its own partition and Region. The Region doesn't matter for the
 * ARN of a multi-Region key or an alias.
 */
export function kmsKeyProblems({
  kmsKeyId,
  region = [],
}: Pick<GivenOptions<'setup'>, 'kmsKeyId' | 'region'>): string[] {
  const arn = kmsKeyId === undefined ? undefined : parseArn(kmsKeyId);
  if (!arn) return [];
  if (region.some((name) => partitionOf(name) !== arn.partition))
    return [messages.kmsPartition('--kms-key-id')];
  const ofOneRegion = !/^(alias\/|key\/mrk-)/.test(arn.resource);
  return ofOneRegion && region.some((name) => name !== arn.region)
    ? [messages.kmsRegions('--kms-key-id')]
    : [];
}

export function keyProblems({
  keyFile,
  keyEnv,
  generate,
  keyType,
  algorithm,
}: GivenOptions<'rotate'>): string[] {
  const sources = [keyFile, keyEnv, generate].filter((source) => source !== undefined);
  const srt = keyType === 'srt-password';
  return [
    ...(sources.length > 1 ? [messages.keySources] : []),
    ...(srt && algorithm !== undefined ? [messages.srtAlgorithm] : []),
    ...(srt && generate !== undefined ? [messages.srtGenerate] : []),
    ...(generate !== undefined && algorithm !== undefined && generate !== algorithm
      ? [messages.generateAlgorithm]
      : []),
  ];
}

/** Returns invalid combinations of options that name an existing secret. */
export function secretProblems({ secretName, secretArn, region }: GivenOptions<'teardown'>): string[] {
  if (secretArn === undefined) return [];
  const names = new Set(secretArn.map((arn) => parseSecretArn(arn.trim())?.name ?? ''));
  const named = secretName !== undefined || region !== undefined;
  return [
    ...(named ? [messages.arnOrName] : []),
    ...(names.size > 1 && !names.has('') ? [messages.arnsOfOneName] : []),
  ];
}
