import { parseSecretArn } from '../aws/arn.ts';
import type { Tag } from '../aws/tags.ts';
import { DEFAULTS } from '../defaults.ts';
import type { Algorithm, CheckedKey, KeyMaterial, KeyRules, KeySource, KeyType } from '../key/index.ts';
import type { PolicyScope } from '../policy/index.ts';
import type { OptionValues, RawOptions } from './catalog/index.ts';
import { setupProblems } from './combinations.ts';
import type { KeyAnswers, OptionReader } from './read-options.ts';
import { flagReader, readOptions, withKeySource } from './read-options.ts';

/** The options of `setup` as commander stores them. */
export type SetupOptions = RawOptions<'setup'>;

type SetupValues = Omit<OptionValues<'setup'>, 'keyFile' | 'keyEnv' | 'generate' | 'manifest'>;

/** The answers given so far: first those in the options, then those in the wizard. */
export interface SetupAnswers extends SetupValues {
  keySource?: KeySource;
  /** True if existing secrets with that name are used as is and no key is stored. Only a manifest sets it. */
  existing: boolean;
}

/** Reads flags into typed values. Returns all problems, one sentence each. */
export function readAnswers(options: SetupOptions): { answers: SetupAnswers; problems: string[] } {
  const problems: string[] = [];
  const answers = answersOf(options, flagReader(problems));
  return { answers, problems: [...problems, ...setupProblems(options)] };
}

/** Reads options into typed values, from flags or a manifest. The reader collects the problems. */
export function answersOf(options: SetupOptions, read: OptionReader): SetupAnswers {
  const { manifest: _, ...values } = readOptions('setup', options, read);
  return { ...withKeySource(values), existing: false };
}

/** Answers with nothing missing, and the key that they name. */
export interface CompleteAnswers {
  answers: SetupAnswers;
  /** Absent if the user gave secret ARNs. */
  checked?: CheckedKey;
}

/** Returns the rules to check the key against. */
export function keyRules({ keyType = DEFAULTS.keyType, algorithm }: KeyAnswers): KeyRules {
  return { keyType, algorithm };
}

/** Returns true if no answer determines the key type. A generated key is a static key. */
export function keyTypeIsUnknown({ keyType, algorithm, keySource }: KeyAnswers): boolean {
  return keyType === undefined && algorithm === undefined && keySource?.kind !== 'generate';
}

/** Creates the request and applies the defaults. The answers must have a secret name, a Region and a key, or secret ARNs. */
export function completeRequest(answers: SetupAnswers, checked: CheckedKey | undefined): SetupRequest {
  const { algorithm, tags, restore, updateTrust, existingKey } = answers;
  return {
    secret: secretOf(answers, checked),
    keyType: answers.keyType ?? DEFAULTS.keyType,
    keyTypeGuessed: answers.keyType || algorithm ? undefined : true,
    algorithm,
    policy: { name: answers.policyName ?? DEFAULTS.policyName, scope: scopeOf(answers) },
    role: {
      name: answers.roleName ?? DEFAULTS.roleName,
      description: answers.roleDescription ?? DEFAULTS.roleDescription,
      sourceAccount: answers.sourceAccount,
      sourceArns: answers.sourceArns,
      permissionsBoundary: answers.permissionsBoundary,
    },
    tags,
    answers: { restore, updateTrust, existingKey },
  };
}

/** Returns the prefix that secret names must start with; empty if there is no restriction. */
export function prefixOf({ policyScope, policyPrefix }: SetupAnswers): string {
  return policyScope === 'prefix' ? (policyPrefix ?? '') : '';
}

function scopeOf(answers: SetupAnswers): PolicyScope {
  const { policyScope = DEFAULTS.policyScope } = answers;
  if (policyScope !== 'prefix') return policyScope;
  const prefix = prefixOf(answers);
  // An empty prefix would allow all secrets.
  if (prefix === '') throw new Error('the request has no prefix');
  return { prefix };
}

function secretOf(answers: SetupAnswers, checked: CheckedKey | undefined): SetupRequest['secret'] {
  if (answers.secretArns.length > 0) return { kind: 'existing', arns: [...new Set(answers.secretArns)] };
  const { secretName: name, kmsKeyId } = answers;
  const regions = [...new Set(answers.regions)];
  if (name === undefined || regions.length === 0) throw new Error('the request is not complete');
  if (answers.existing) return { kind: 'named', name, regions };
  if (!checked) throw new Error('the request has no key');
  const { key, generated } = checked;
  return { kind: 'store', name, regions, key, generated, kmsKeyId };
}

/** Returns the Regions of a request. */
export function regionsOf({ secretArns, regions }: Pick<SetupAnswers, 'secretArns' | 'regions'>): string[] {
  return secretArns.length > 0 ? secretArns.flatMap((arn) => parseSecretArn(arn)?.region ?? []) : regions;
}

/** What the user wants for one key, complete and checked. It doesn't depend on the account's state. */
export interface SetupRequest {
  secret:
    | NewSecret
    /** Existing secrets, by full ARN. */
    | { kind: 'existing'; arns: string[] }
    /** Existing secrets, by name. */
    | { kind: 'named'; name: string; regions: string[] };
  keyType: KeyType;
  /** Set if no answer determines the key type. The tag of an existing secret then decides. */
  keyTypeGuessed?: true;
  /** Checked against the key length; derived from it if absent. */
  algorithm?: Algorithm;
  policy: PolicySpec;
  role: RoleSpec;
  /** The user's tags, without those that the program adds. */
  tags: Tag[];
  /** The answers that resolve conflicts with what exists. */
  answers: {
    existingKey?: 'keep' | 'replace';
    restore: boolean;
    updateTrust: boolean;
  };
}

/** The desired state of the policy that allows reading the key. */
export interface PolicySpec {
  name: string;
  scope: PolicyScope;
}

/** The desired state of the role that reads the key. */
export interface RoleSpec {
  name: string;
  description: string;
  /** True if the trust policy has an `aws:SourceAccount` condition. */
  sourceAccount: boolean;
  sourceArns: string[];
  permissionsBoundary?: string;
}

/** A key to store under one name in each of the Regions. */
export interface NewSecret {
  kind: 'store';
  name: string;
  regions: string[];
  key: KeyMaterial;
  /** If a secret with this name already has a key in any Region, that key is used instead of a generated one. */
  generated: boolean;
  kmsKeyId?: string;
}
