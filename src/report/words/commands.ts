import { iamRegionOf } from '../../aws/partitions.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { KeySource, KeyType } from '../../key/index.ts';
import { shellWord } from '../shell.ts';

/** A command of this program, as a shell takes it. */
export function own(...words: string[]): string {
  return shell('mc-static-key', ...words);
}

/** A command of the AWS CLI, as a shell takes it. */
export function aws(...words: string[]): string {
  return shell('aws', ...words);
}

/** A command of the AWS CLI for IAM in a partition. IAM is global, but in each partition it is another one. */
export function iam(partition: string, ...words: string[]): string {
  const region = iamRegionOf(partition);
  return aws('iam', ...words, ...(region === undefined ? [] : ['--region', region]));
}

function shell(...words: string[]): string {
  return words.map(shellWord).join(' ');
}

/** Without the option, a key is checked as a static one. */
export function keyTypeOption(keyType: KeyType): string[] {
  return keyType === DEFAULTS.keyType ? [] : ['--key-type', keyType];
}

/** What a `rotate` of one secret is about. */
export interface ToRotate {
  name: string;
  /** Where the secret gets the key, and nowhere else. */
  regions: string[];
  keyType: KeyType;
  /** Where the key comes from, where that is known. */
  source?: KeySource | undefined;
  /** The role that is to read it, where that is known. */
  roleName?: string | undefined;
}

/** The `rotate` that stores the key. */
export function rotateCommand({ name, regions, keyType, source, roleName }: ToRotate): string {
  const role = roleName === undefined || roleName === DEFAULTS.roleName ? [] : ['--role-name', roleName];
  return own(
    ...['rotate', '--secret-name', name, ...regions.flatMap((region) => ['--region', region])],
    ...[...keyTypeOption(keyType), ...sourceOption(source), ...role],
  );
}

function sourceOption(source: KeySource | undefined): string[] {
  if (source?.kind === 'generate') return ['--generate', source.algorithm];
  if (source?.kind === 'env') return ['--key-env', source.name];
  return ['--key-file', source?.kind === 'file' ? source.path : 'KEY-FILE'];
}

/** What `setup` needs to be told to put right what is there. */
export interface SetUp {
  secrets: { arn: string; keyType: KeyType }[];
  /** Where it is needed. Without a secret to point to, no ARN says so. */
  regions: string[];
  /** Absent where the default is to be taken. */
  roleName?: string | undefined;
  /** The policy that has to be the role's, where one is named. */
  policyName?: string | undefined;
  /** A manifest that says all of it. */
  manifest?: string | undefined;
}

/** The `setup` that completes what is there, once for each type of key; without a secret to point to, it asks for one. */
export function setupCommand(
  { secrets, regions, roleName, policyName, manifest }: SetUp,
  ...more: string[]
): string {
  if (manifest !== undefined) return own('setup', '--manifest', manifest);
  const types = [...new Set(secrets.map(({ keyType }) => keyType))];
  // The reserved name is refused by `setup`, which then takes its default.
  const isReserved = /^mediaconnectaccessrole$/i.test(roleName ?? '');
  const role = roleName === undefined || isReserved ? [] : ['--role-name', roleName];
  const where = secrets.length > 0 ? [] : regions.flatMap((region) => ['--region', region]);
  const policy = policyName === undefined ? [] : ['--policy-name', policyName];
  return (types.length > 0 ? types : [DEFAULTS.keyType])
    .map((type) => {
      const arns = secrets.flatMap(({ arn, keyType }) => (keyType === type ? ['--secret-arn', arn] : []));
      return own('setup', ...arns, ...where, ...keyTypeOption(type), ...policy, ...role, ...more);
    })
    .join(' && ');
}
