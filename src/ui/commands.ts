import { DEFAULTS } from '../defaults.ts';
import type { KeySource, KeyType } from '../key/index.ts';
import { shellWord } from '../text.ts';

/** How a run reaches AWS, as far as a command that is typed later would not do the same by itself. */
export interface Connection {
  profile?: string | undefined;
  /** A profile that the AWS CLI would not take by itself, as access keys in the environment come first for it. */
  awsProfile?: string | undefined;
  endpointUrl?: string | undefined;
  accountId?: string | undefined;
  sandbox?: boolean;
  /** The Region in which IAM is addressed, where that is not at its default address. */
  iamRegion?: string | undefined;
}

let connection: Connection = {};

/**
 * Has every printed command reach AWS as this run does: without its profile or endpoint, a command would change another account.
 * It is the process that has one connection, as it has one command line.
 */
export function connectCommands(next: Connection): void {
  connection = next;
}

/** A command of this program, as a shell takes it. */
export function own(...words: string[]): string {
  const { profile, endpointUrl, accountId, sandbox } = connection;
  return shell(
    'mc-static-key',
    ...words,
    ...option('--profile', profile),
    ...option('--endpoint-url', endpointUrl),
    ...option('--account-id', accountId),
    ...(sandbox ? ['--sandbox'] : []),
  );
}

/** A command of the AWS CLI, as a shell takes it. */
export function aws(...words: string[]): string {
  const { awsProfile, profile = awsProfile, endpointUrl, iamRegion } = connection;
  return shell(
    'aws',
    ...words,
    ...option('--region', words[0] === 'iam' ? iamRegion : undefined),
    ...(words.includes('--profile') ? [] : option('--profile', profile)),
    ...option('--endpoint-url', endpointUrl),
  );
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function shell(...words: string[]): string {
  return words.map(shellWord).join(' ');
}

/** Without the option, a key is checked as a static one. */
export function keyTypeOption(keyType: KeyType): string[] {
  return keyType === DEFAULTS.keyType ? [] : ['--key-type', keyType];
}

/** Commands of which each is run if the one before has done what it should. */
export function inTurn(...commands: (string | undefined)[]): string {
  return commands.filter((command) => command !== undefined).join(' && ');
}

/** Who is to read a secret, where that was said; the rest is the default. */
export interface Reading {
  roleName?: string | undefined;
  policyName?: string | undefined;
}

/** What a `setup` of a secret that is not there is about. */
export interface ToStore extends Reading {
  name: string;
  region: string;
  keyType: KeyType;
}

/** The `setup` that stores the key; without its source, it asks for it. */
export function storeCommand({ name, region, keyType, ...reading }: ToStore, ...source: string[]): string {
  return own(
    ...['setup', '--secret-name', name, '--region', region],
    ...[...keyTypeOption(keyType), ...source, ...readingOptions(reading)],
  );
}

function readingOptions({ roleName, policyName }: Reading): string[] {
  // The reserved name is refused by `setup`, which then takes its default.
  const isDefault = roleName === undefined || roleName === DEFAULTS.roleName || isReserved(roleName);
  return [
    ...(policyName === undefined ? [] : ['--policy-name', policyName]),
    ...(isDefault ? [] : ['--role-name', roleName]),
  ];
}

function isReserved(roleName: string): boolean {
  return /^mediaconnectaccessrole$/i.test(roleName);
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
  return own(
    ...['rotate', '--secret-name', name, ...regions.flatMap((region) => ['--region', region])],
    ...[...keyTypeOption(keyType), ...sourceOption(source), ...readingOptions({ roleName })],
  );
}

function sourceOption(source: KeySource | undefined): string[] {
  if (source?.kind === 'generate') return ['--generate', source.algorithm];
  if (source?.kind === 'env') return ['--key-env', source.name];
  return ['--key-file', source?.kind === 'file' ? source.path : 'KEY-FILE'];
}

/** The options with which `setup` repairs what exists. */
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
  const role = roleName === undefined || isReserved(roleName) ? [] : ['--role-name', roleName];
  const where = secrets.length > 0 ? [] : regions.flatMap((region) => ['--region', region]);
  const policy = policyName === undefined ? [] : ['--policy-name', policyName];
  return (types.length > 0 ? types : [DEFAULTS.keyType])
    .map((type) => {
      const arns = secrets.flatMap(({ arn, keyType }) => (keyType === type ? ['--secret-arn', arn] : []));
      return own('setup', ...arns, ...where, ...keyTypeOption(type), ...policy, ...role, ...more);
    })
    .join(' && ');
}
