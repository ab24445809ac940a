import { DEFAULTS } from '../defaults.ts';
import type { KeySource, KeyType } from '../key/index.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import { shellWord } from '../text.ts';

/** The options that a printed command needs to connect to AWS as this run does. */
export interface Connection {
  profile?: string;
  /** The profile to pass to the AWS CLI, which otherwise prefers access keys from the environment. */
  awsProfile?: string;
  endpointUrl?: string;
  accountId?: string;
  sandbox?: boolean;
  /** The Region for IAM, if it is not at its default endpoint. */
  iamRegion?: string;
}

let connection: Connection = {};

/**
 * Makes every printed command connect to AWS as this run does. Without the profile or endpoint, a command would change another
 * account. The connection is a global because a process has only one.
 */
export function connectCommands(next: Connection): void {
  connection = next;
}

/** Returns a shell command of this program. */
export function toolCommand(...words: string[]): string {
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

/** Returns a shell command of the AWS CLI. */
export function awsCommand(...words: string[]): string {
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

/** Returns the `--key-type` option, or nothing for the default. */
export function keyTypeOption(keyType: KeyType): string[] {
  return keyType === DEFAULTS.keyType ? [] : ['--key-type', keyType];
}

/** Joins commands with `&&`, so that each runs only if the one before succeeded. */
export function commandSequence(...commands: (string | undefined)[]): string {
  return commands.filter((command) => command !== undefined).join(' && ');
}

/** The role and the policy that give read access to a secret. The defaults apply to an absent name. */
export interface ReadAccess {
  roleName?: string;
  policyName?: string;
}

/** The values for a `setup` command that creates a missing secret. */
export interface StoreCommandValues extends ReadAccess {
  name: string;
  region: string;
  keyType: KeyType;
}

/** Returns the `setup` command that stores the key. Without a key source, `setup` asks for it. */
export function storeCommand(
  { name, region, keyType, ...readAccess }: StoreCommandValues,
  ...source: string[]
): string {
  return toolCommand(
    ...['setup', '--secret-name', name, '--region', region],
    ...[...keyTypeOption(keyType), ...source, ...readAccessOptions(readAccess)],
  );
}

function readAccessOptions({ roleName, policyName }: ReadAccess): string[] {
  // `setup` refuses the reserved name, so use its default.
  const isDefault = roleName === undefined || roleName === DEFAULTS.roleName || isReserved(roleName);
  return [...option('--policy-name', policyName), ...(isDefault ? [] : ['--role-name', roleName])];
}

function isReserved(roleName: string): boolean {
  return /^mediaconnectaccessrole$/i.test(roleName);
}

/** The values for a `rotate` command for one secret. */
export interface RotateCommandValues {
  name: string;
  /** The only Regions in which the secret gets the key. */
  regions: string[];
  keyType: KeyType;
  /** The source of the key, if known. */
  source?: KeySource;
  /** The role that reads the secret, if known. */
  roleName?: string;
}

/** Returns the `rotate` command that stores the key. */
export function rotateCommand({ name, regions, keyType, source, roleName }: RotateCommandValues): string {
  return toolCommand(
    ...['rotate', '--secret-name', name, ...regions.flatMap((region) => ['--region', region])],
    ...[...keyTypeOption(keyType), ...sourceOption(source), ...readAccessOptions({ roleName })],
  );
}

/**
 * Returns the options for the source of a key. `KEY-FILE` stands for a file with a key that the user typed, and for a file whose name
 * may be a key.
 */
export function sourceOption(source: KeySource | undefined): string[] {
  if (source?.kind === 'generate') return ['--generate', source.algorithm];
  if (source?.kind === 'env') return ['--key-env', source.name];
  const path = source?.kind === 'file' ? source.path : undefined;
  return ['--key-file', path === undefined || looksLikePartOfKey(path) ? 'KEY-FILE' : path];
}

/** The values for a `setup` command that completes or repairs existing resources. */
export interface SetupCommandValues {
  secrets: { arn: string; keyType: KeyType }[];
  /** The Regions of the setup. Used only without secrets, because the ARN of a secret names its Region. */
  regions: string[];
  /** Absent for the default role. */
  roleName?: string;
  /** The policy that the role needs, if one is named. */
  policyName?: string;
  /** The path of a manifest. The command then takes everything from it. */
  manifest?: string;
}

/**
 * Returns the `setup` commands that complete an existing setup, one for each key type. Without a secret, the command asks for
 * one.
 */
export function setupCommand(
  { secrets, regions, roleName, policyName, manifest }: SetupCommandValues,
  ...moreOptions: string[]
): string {
  if (manifest !== undefined) return toolCommand('setup', '--manifest', manifest);
  const types = [...new Set(secrets.map(({ keyType }) => keyType))];
  const regionOptions = secrets.length > 0 ? [] : regions.flatMap((region) => ['--region', region]);
  const roleOptions = roleName === undefined || isReserved(roleName) ? [] : ['--role-name', roleName];
  const otherOptions = [...option('--policy-name', policyName), ...roleOptions, ...moreOptions];
  const commands = (types.length > 0 ? types : [DEFAULTS.keyType]).map((type) => {
    const arnOptions = secrets.flatMap(({ arn, keyType }) => (keyType === type ? ['--secret-arn', arn] : []));
    return toolCommand('setup', ...arnOptions, ...regionOptions, ...keyTypeOption(type), ...otherOptions);
  });
  return commandSequence(...commands);
}

/** Returns the AWS CLI command for a secret. */
export function secretCommand(
  command: string,
  { arn, region }: { arn: string; region: string },
  ...options: string[]
): string {
  return awsCommand('secretsmanager', command, '--region', region, '--secret-id', arn, ...options);
}

/** A word of a shell command, with its quotes. */
const SHELL_WORD = /(?:\\.|'[^']*'|[^\s'\\])+/g;

/**
 * Breaks a command into lines that fit the width, with `\` at the end of all but the last, so that it can be copied as a whole. An
 * option stays on one line with its values. A longer line stays whole.
 */
export function commandLines(command: string, width: number): string[] {
  const indent = /^ */.exec(command)?.[0] ?? '';
  if (command.length <= width) return [command];
  const lines: string[] = [];
  let line = indent;
  for (const part of optionsWithValues(command)) {
    // Two columns are for the space and the backslash.
    if (line.trim() !== '' && line.length + part.length + 3 > width) {
      lines.push(`${line} \\`);
      line = `${indent}  ${part}`;
    } else line = line.trim() === '' ? line + part : `${line} ${part}`;
  }
  return [...lines, line];
}

/** Returns the parts of a command that belong together: the words before the first option, then each option with its values. */
function optionsWithValues(command: string): string[] {
  const parts: string[] = [];
  for (const word of command.match(SHELL_WORD) ?? []) {
    if (parts.length === 0 || word.startsWith('--') || word === '&&') parts.push(word);
    else parts.push(`${parts.pop()} ${word}`);
  }
  return parts;
}
