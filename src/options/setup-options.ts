import { parseArn, parseSecretArn } from '../aws/arn.ts';
import { partitionOf } from '../aws/regions.ts';
import {
  EXISTING_KEY_ANSWERS,
  given,
  type KeyOptions,
  keyProblems,
  POLICY_SCOPES,
  type Reader,
  reader,
  readKeyOptions,
} from './key-options.ts';
import { inputMessages as messages } from './messages.ts';
import * as rules from './rules.ts';
import type { SetupAnswers } from './setup-request.ts';

/** The options of `setup` as the parser returns them: text, not checked. */
export interface SetupOptions extends KeyOptions {
  secretName?: string;
  secretArn?: string[];
  region?: string[];
  kmsKeyId?: string;
  policyName?: string;
  policyScope?: string;
  policyPrefix?: string;
  roleName?: string;
  roleDescription?: string;
  sourceAccount?: boolean;
  sourceArn?: string[];
  permissionsBoundary?: string;
  tag?: string[];
  existingKey?: string;
  restore?: boolean;
  updateTrust?: boolean;
  dryRun?: boolean;
}

/** Reads flags into typed values. Returns every problem with them, a sentence each. */
export function readAnswers(options: SetupOptions): { answers: SetupAnswers; problems: string[] } {
  const problems: string[] = [];
  const answers = answersOf(options, reader(problems));
  return { answers, problems: [...problems, ...combinations(options)] };
}

/** Reads options into typed values, from flags or a manifest; the reader collects the problems. */
export function answersOf(options: SetupOptions, read: Reader): SetupAnswers {
  return {
    ...read.text('secretName', options.secretName, rules.secretName, '--secret-name'),
    secretArns: read.list(options.secretArn, rules.secretArn, '--secret-arn'),
    regions: read.list(options.region, rules.region, '--region'),
    existing: false,
    ...readKeyOptions(options, read),
    ...read.text('kmsKeyId', options.kmsKeyId, rules.kmsKeyId, '--kms-key-id'),
    ...read.text('policyName', options.policyName, rules.policyName, '--policy-name'),
    ...given('policyScope', read.choice(options.policyScope, POLICY_SCOPES, '--policy-scope')),
    ...read.text('policyPrefix', options.policyPrefix, rules.secretPrefix, '--policy-prefix'),
    ...read.text('roleName', options.roleName, rules.roleName, '--role-name'),
    ...read.text('roleDescription', options.roleDescription, rules.roleDescription, '--role-description'),
    sourceAccount: options.sourceAccount ?? true,
    sourceArns: read.list(options.sourceArn, rules.sourceArn, '--source-arn'),
    ...read.text(
      'permissionsBoundary',
      options.permissionsBoundary,
      rules.boundaryArn,
      '--permissions-boundary',
    ),
    tags: read.tags(options.tag),
    ...given('existingKey', read.choice(options.existingKey, EXISTING_KEY_ANSWERS, '--existing-key')),
    restore: options.restore ?? false,
    updateTrust: options.updateTrust ?? false,
    dryRun: options.dryRun ?? false,
  };
}

/** What is wrong with options that are right by themselves but do not go together; the sentences name flags. */
export function combinations(options: SetupOptions): string[] {
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

/** An account is in one partition. */
function partitionProblems({ region = [], secretArn = [] }: SetupOptions): string[] {
  const arns = secretArn.flatMap((arn) => parseSecretArn(arn.trim()) ?? []);
  const several = (regions: string[]) => new Set(regions.map(partitionOf)).size > 1;
  return [
    ...(several(region) ? [messages.partitions(messages.regionsOf('--region'))] : []),
    ...(several(arns.map((arn) => arn.region))
      ? [messages.partitions(messages.regionsOf('--secret-arn'))]
      : []),
  ];
}

/** A policy for a prefix must allow reading the secret that it is made for. */
function prefixProblems({ policyScope, policyPrefix, secretName, secretArn = [] }: SetupOptions): string[] {
  if (policyScope !== 'prefix') return policyPrefix === undefined ? [] : [messages.prefixAlone];
  if (policyPrefix === undefined) return [messages.prefixMissing];
  // Its own rule reports one that is wrong by itself.
  if (rules.secretPrefix(policyPrefix, '')) return [];
  const outside = (name: string | undefined) => name !== undefined && !name.startsWith(policyPrefix);
  const names = secretArn.map((arn) => parseSecretArn(arn.trim())?.name);
  return [
    ...(outside(secretName) ? [messages.outsidePrefix('--secret-name')] : []),
    ...(names.some(outside) ? [messages.outsidePrefix('--secret-arn')] : []),
  ];
}

/** A key ARN is good for its own Region only, unless it is a multi-Region key's or an alias's; no ARN leaves its partition. */
export function kmsKeyProblems({
  kmsKeyId,
  region = [],
}: Pick<SetupOptions, 'kmsKeyId' | 'region'>): string[] {
  const arn = kmsKeyId === undefined ? undefined : parseArn(kmsKeyId);
  if (!arn) return [];
  if (region.some((name) => partitionOf(name) !== arn.partition))
    return [messages.kmsPartition('--kms-key-id')];
  const ofOneRegion = !/^(alias\/|key\/mrk-)/.test(arn.resource);
  return ofOneRegion && region.some((name) => name !== arn.region)
    ? [messages.kmsRegions('--kms-key-id')]
    : [];
}
