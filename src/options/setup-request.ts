import { parseSecretArn } from '../aws/arn.ts';
import type { Tag } from '../aws/tags.ts';
import { DEFAULTS } from '../defaults.ts';
import type { Algorithm, CheckedKey, KeyMaterial, KeyRules, KeySource, KeyType } from '../key/index.ts';
import type { PolicyScope } from '../policy/index.ts';
import type { GivenOptions, OptionValues } from './catalog/index.ts';
import { setupProblems } from './combinations.ts';
import { type Reader, reader, readOptions, withKeySource } from './read-options.ts';

/** The options of `setup` as commander keeps them. */
export type SetupOptions = GivenOptions<'setup'>;

type SetupValues = Omit<OptionValues<'setup'>, 'keyFile' | 'keyEnv' | 'generate' | 'manifest'>;

/** What the user wants, as far as it is known: from options and then from the wizard. */
export interface SetupAnswers extends SetupValues {
  keySource?: KeySource;
  /** Whether the secrets of that name are used as they are, so that no key is stored. Only a manifest says so. */
  existing: boolean;
}

/** Reads flags into typed values. Returns every problem with them, a sentence each. */
export function readAnswers(options: SetupOptions): { answers: SetupAnswers; problems: string[] } {
  const problems: string[] = [];
  const answers = answersOf(options, reader(problems));
  return { answers, problems: [...problems, ...setupProblems(options)] };
}

/** Reads options into typed values, from flags or a manifest; the reader collects the problems. */
export function answersOf(options: SetupOptions, read: Reader): SetupAnswers {
  const { manifest: _, ...values } = readOptions('setup', options, read);
  return { ...withKeySource(values), existing: false };
}

/** Answers with nothing missing, and the key that they name. */
export interface CompleteAnswers {
  answers: SetupAnswers;
  /** Absent when secrets are given by their ARNs. */
  checked?: CheckedKey;
}

/** What the key is checked against. */
export function keyRules({
  keyType = DEFAULTS.keyType,
  algorithm,
}: Pick<SetupAnswers, 'keyType' | 'algorithm'>): KeyRules {
  return { keyType, ...(algorithm ? { algorithm } : {}) };
}

/** Returns whether the type of a key is not given. A key that is generated is a static key. */
export function hasOpenType({
  keyType,
  algorithm,
  keySource,
}: Pick<SetupAnswers, 'keyType' | 'algorithm' | 'keySource'>): boolean {
  return keyType === undefined && algorithm === undefined && keySource?.kind !== 'generate';
}

/** Puts the defaults in, once and last. Secret name, Region and key must be known by now, unless secrets are given by ARN. */
export function completeRequest(answers: SetupAnswers, checked: CheckedKey | undefined): SetupRequest {
  return {
    secret: secretOf(answers, checked),
    keyType: answers.keyType ?? DEFAULTS.keyType,
    ...(answers.keyType || answers.algorithm ? {} : { keyTypeGuessed: true as const }),
    ...(answers.algorithm ? { algorithm: answers.algorithm } : {}),
    policy: policyOf(answers),
    role: roleOf(answers),
    tags: answers.tags,
    answers: {
      restore: answers.restore,
      updateTrust: answers.updateTrust,
      ...(answers.existingKey ? { existingKey: answers.existingKey } : {}),
    },
  };
}

/** The policy that is wanted, defaults put in. */
function policyOf(answers: SetupAnswers): SetupRequest['policy'] {
  return {
    name: answers.policyName ?? DEFAULTS.policyName,
    scope: scopeOf(answers),
  };
}

/** The role that is wanted, defaults put in. */
function roleOf(answers: SetupAnswers): SetupRequest['role'] {
  return {
    name: answers.roleName ?? DEFAULTS.roleName,
    description: answers.roleDescription ?? DEFAULTS.roleDescription,
    sourceAccount: answers.sourceAccount,
    sourceArns: answers.sourceArns,
    ...(answers.permissionsBoundary ? { permissionsBoundary: answers.permissionsBoundary } : {}),
  };
}

/** What the names of the secrets must begin with; empty when that is not limited. */
export function prefixOf({ policyScope, policyPrefix }: SetupAnswers): string {
  return policyScope === 'prefix' ? (policyPrefix ?? '') : '';
}

function scopeOf(answers: SetupAnswers): PolicyScope {
  const { policyScope = DEFAULTS.policyScope } = answers;
  if (policyScope !== 'prefix') return policyScope;
  const prefix = prefixOf(answers);
  // Without one, it would be every secret.
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
  return {
    kind: 'store',
    name,
    regions,
    key,
    generated,
    ...(kmsKeyId ? { kmsKeyId } : {}),
  };
}

/** The Regions that a request is about. */
export function regionsOf({ secretArns, regions }: Pick<SetupAnswers, 'secretArns' | 'regions'>): string[] {
  return secretArns.length > 0 ? secretArns.flatMap((arn) => parseSecretArn(arn)?.region ?? []) : regions;
}

/** What the user wants of one key, complete and checked. Nothing in it depends on what the account holds. */
export interface SetupRequest {
  secret: NewSecret | NamedSecrets | ExistingSecrets;
  keyType: KeyType;
  /** Set where the type of the key is not given: the tag of an existing secret decides. */
  keyTypeGuessed?: true;
  /** Checked against the key's length; derived from the length when absent. */
  algorithm?: Algorithm;
  policy: PolicySpec;
  role: RoleSpec;
  /** The user's tags; the program adds its own. */
  tags: Tag[];
  answers: {
    existingKey?: 'keep' | 'replace';
    restore: boolean;
    updateTrust: boolean;
  };
}

/** The desired policy: it allows reading the key. */
export interface PolicySpec {
  name: string;
  scope: PolicyScope;
}

/** The desired role: it reads the key. */
export interface RoleSpec {
  name: string;
  description: string;
  /** Whether the trust policy has the `aws:SourceAccount` condition. */
  sourceAccount: boolean;
  sourceArns: string[];
  permissionsBoundary?: string;
}

/** A key to be stored under one name in each of the Regions. */
export interface NewSecret {
  kind: 'store';
  name: string;
  regions: string[];
  key: KeyMaterial;
  /** A generated key yields to one that a secret of this name already holds, in whichever Region. */
  generated: boolean;
  kmsKeyId?: string;
}

/** Secrets that exist already, by their full ARNs. */
export interface ExistingSecrets {
  kind: 'existing';
  arns: string[];
}

/** Secrets that exist already, by their name. */
export interface NamedSecrets {
  kind: 'named';
  name: string;
  regions: string[];
}
