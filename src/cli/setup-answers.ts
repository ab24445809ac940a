import { parseArn } from '../aws/arn.ts';
import * as rules from '../aws/names.ts';
import type { KeySource } from '../key/source.ts';
import { inputWords as words } from '../report/words/input.ts';
import type { SetupAnswers } from '../steps/request.ts';

/** The options of `setup` as the parser answers them: text, not checked. */
export interface SetupOptions {
  secretName?: string;
  secretArn?: string[];
  region?: string[];
  keyFile?: string;
  keyEnv?: string;
  generate?: string;
  keyType?: string;
  algorithm?: string;
  kmsKeyId?: string;
  policyName?: string;
  policyScope?: string;
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
  /** One of the common options; here it is only made sure that it is no key, because hints name the profile. */
  profile?: string;
}

/** Turns options into typed answers, and says everything that is wrong with them, a sentence each. */
export function readAnswers(options: SetupOptions): { answers: SetupAnswers; problems: string[] } {
  const problems: string[] = [];
  const read = reader(problems);
  const algorithms = ['aes128', 'aes192', 'aes256'] as const;
  const generate = read.choice(options.generate, algorithms, '--generate');
  const answers: SetupAnswers = {
    ...read.text('secretName', options.secretName, rules.secretName, '--secret-name'),
    secretArns: read.list(options.secretArn, rules.secretArn, '--secret-arn'),
    regions: read.list(options.region, rules.region, '--region'),
    ...keySourceOf(options, generate),
    ...given('keyType', read.choice(options.keyType, ['static-key', 'srt-password'] as const, '--key-type')),
    ...given('algorithm', read.choice(options.algorithm, algorithms, '--algorithm') ?? generate),
    ...read.text('kmsKeyId', options.kmsKeyId, rules.kmsKeyId, '--kms-key-id'),
    ...read.text('policyName', options.policyName, rules.policyName, '--policy-name'),
    ...given(
      'policyScope',
      read.choice(options.policyScope, ['secrets', 'region', 'account'] as const, '--policy-scope'),
    ),
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
    ...given('existingKey', read.choice(options.existingKey, ['keep', 'replace'] as const, '--existing-key')),
    restore: options.restore ?? false,
    updateTrust: options.updateTrust ?? false,
    dryRun: options.dryRun ?? false,
  };
  return { answers, problems: [...problems, ...combinations(options)] };
}

function reader(problems: string[]) {
  const report = (problem: string | undefined) => {
    if (problem) problems.push(problem);
    return problem === undefined;
  };
  return {
    text<K extends string>(key: K, value: string | undefined, rule: rules.Rule, flag: string) {
      return given(key, value !== undefined && report(rule(value, flag)) ? value : undefined);
    },
    list: (values: string[] | undefined, rule: rules.Rule, flag: string) =>
      (values ?? []).map((value) => value.trim()).filter((value) => report(rule(value, flag))),
    choice<T extends string>(value: string | undefined, choices: readonly T[], flag: string): T | undefined {
      const chosen = choices.find((choice) => choice === value);
      if (value !== undefined && chosen === undefined) report(words.oneOf(flag, choices));
      return chosen;
    },
    tags(values: string[] | undefined): rules.Tag[] {
      const tags = (values ?? []).flatMap((text) => {
        const tag = rules.parseTag(text);
        if (!tag) report(words.tagForm('--tag'));
        return tag && report(rules.tagProblem(tag, '--tag')) ? [tag] : [];
      });
      if (new Set(tags.map(({ key }) => key.toLowerCase())).size < tags.length)
        report(words.tagTwice('--tag'));
      if (tags.length > 49) report(words.tagCount('--tag', 49));
      return tags;
    },
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]?: V });
}

function keySourceOf(
  { keyFile, keyEnv }: SetupOptions,
  algorithm: 'aes128' | 'aes192' | 'aes256' | undefined,
): { keySource?: KeySource } {
  if (keyFile === '-') return { keySource: { kind: 'stdin' } };
  if (keyFile !== undefined) return { keySource: { kind: 'file', path: keyFile } };
  if (keyEnv !== undefined) return { keySource: { kind: 'env', name: keyEnv } };
  return algorithm ? { keySource: { kind: 'generate', algorithm } } : {};
}

/** What is wrong with options that are right by themselves but do not go together. */
function combinations(options: SetupOptions): string[] {
  const { keyFile, keyEnv, generate, secretArn, keyType, algorithm } = options;
  const sources = [keyFile, keyEnv, generate].filter((source) => source !== undefined);
  const withArn = [options.secretName, options.region, options.kmsKeyId, ...sources].some(
    (value) => value !== undefined,
  );
  const srt = keyType === 'srt-password';
  return [
    ...(sources.length > 1 ? [words.keySources] : []),
    ...(secretArn && withArn ? [words.keyWithArn] : []),
    ...(srt && algorithm !== undefined ? [words.srtAlgorithm] : []),
    ...(srt && generate !== undefined ? [words.srtGenerate] : []),
    ...(generate !== undefined && algorithm !== undefined && generate !== algorithm
      ? [words.generateAlgorithm]
      : []),
    ...(keyEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(keyEnv) ? [words.envName('--key-env')] : []),
    ...(rules.looksLikePartOfKey(options.profile ?? '') ? [words.looksLikeKey('--profile')] : []),
    ...(kmsKeyElsewhere(options) ? [words.kmsRegions('--kms-key-id')] : []),
  ];
}

/** A key ARN is good for its own Region only, unless it is a multi-Region key's or an alias's. */
function kmsKeyElsewhere({ kmsKeyId, region }: SetupOptions): boolean {
  const arn = kmsKeyId === undefined ? undefined : parseArn(kmsKeyId);
  if (!arn || !region || /^(alias\/|key\/mrk-)/.test(arn.resource)) return false;
  return region.some((name) => name !== arn.region);
}
