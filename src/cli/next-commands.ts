import { parseArn } from '../aws/arn.ts';
import { DEFAULTS } from '../defaults.ts';
import { Interrupted } from '../failure.ts';
import type { KeySource } from '../key/index.ts';
import { flagOf, type OptionSpec, optionsOf } from '../options/catalog/index.ts';
import type { SetupAnswers } from '../options/setup-request.ts';
import type { EncryptionSettings } from '../plan-types.ts';
import { escapeJson, MOST_LINES } from '../text.ts';
import { awsCommand, sourceOption } from '../ui/commands.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';

/** What `--show` prints: commands of the AWS CLI, or JSON for the MediaConnect API. */
export type ShownSettings = NonNullable<SetupAnswers['show']>;

/** Options of the run, not of what it sets up. */
const RUN_OPTIONS = ['manifest', 'dryRun', 'show'];
/** Options for the source of the key. The answers have one value for all of them. */
const KEY_OPTIONS = ['keyFile', 'keyEnv', 'generate'];

/**
 * Returns the words of the `setup` command that gives the same answers. Without questions, it needs `--yes` too. The key is never among them: `KEY-FILE`
 * stands for a file with a key that was typed.
 */
export function setupWords(answers: SetupAnswers): string[] {
  const values: Readonly<Record<string, unknown>> = { ...answers };
  const storesKey = answers.secretArns.length === 0 && !answers.existing;
  const words = optionsOf('setup').flatMap(([name, option]) => {
    if (RUN_OPTIONS.includes(name)) return [];
    if (KEY_OPTIONS.includes(name)) return name === 'keyFile' && storesKey ? keyWords(answers.keySource) : [];
    if (name === 'tags') return answers.tags.flatMap(({ key, value }) => ['--tag', `${key}=${value}`]);
    // The algorithm of a generated key is that of its source.
    if (name === 'algorithm' && answers.keySource?.kind === 'generate') return [];
    return optionWords(option, values[name]);
  });
  return ['setup', ...words];
}

function keyWords(source: KeySource | undefined): string[] {
  return sourceOption(source?.kind === 'stdin' ? undefined : source);
}

function optionWords(option: OptionSpec, value: unknown): string[] {
  const { defaultValue = false } = option;
  const flag = flagOf(option);
  if (value === undefined || value === defaultValue) return [];
  if (typeof value === 'boolean') return [flag];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((item) => [flag, String(item)]);
}

/**
 * Prints the settings that the option `--show` names. Without it, asks which ones to print until the user needs no more.
 * @param asks false for a run that can't ask
 */
export async function showSettings(
  output: Output,
  encryption: EncryptionSettings[],
  { shown, asks }: { shown: ShownSettings | undefined; asks: boolean },
): Promise<void> {
  const print = (kind: ShownSettings) => {
    output.result(['', ...settingsLines(output, encryption, kind)].join('\n'));
  };
  if (shown !== undefined) print(shown);
  else if (asks) await askForSettings(print);
}

/** The setup is complete by now, so that an interruption only ends the questions. */
async function askForSettings(print: (kind: ShownSettings) => void): Promise<void> {
  const { askChoice } = await import('../ui/prompt.ts');
  try {
    for (;;) {
      const answer = await askChoice<ShownSettings | 'nothing'>(messages.showQuestion, [
        { value: 'nothing', name: messages.showNothing },
        { value: 'cli', name: messages.showCli },
        { value: 'json', name: messages.showJson },
      ]);
      if (answer === 'nothing') return;
      print(answer);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
}

/** Returns the settings for the AWS CLI or the MediaConnect API, with placeholders for what the user has to fill in. */
function settingsLines(output: Output, encryption: EncryptionSettings[], shown: ShownSettings): string[] {
  return shown === 'cli' ? cliLines(output, encryption) : apiLines(output, encryption);
}

function apiLines({ prose, paintResult: paint }: Output, encryption: EncryptionSettings[]): string[] {
  const settings = encryption.slice(0, MOST_LINES);
  const forRouters = settings.filter(isForTransit);
  return [
    paint.bold(prose(messages.api.settings)),
    // The fields are those of the MediaConnect API (API reference, `Encryption`).
    ...settings.map(({ region: _region, ...fields }) => `  ${escapeJson(JSON.stringify(fields))}`),
    ...(forRouters.length > 0
      ? [paint.bold(prose(messages.api.transit)), ...forRouters.map(transitLine)]
      : []),
    ...(settings.length < encryption.length ? [prose(messages.api.all)] : []),
  ];
}

/** Transit encryption accepts only keys with 64 digits, and no role with a path (API reference, `FlowTransitEncryption`). */
export function isForTransit({ algorithm, roleArn }: EncryptionSettings): boolean {
  return algorithm === 'aes256' && /:role\/[^/]+$/.test(roleArn);
}

function transitLine({ roleArn, secretArn }: EncryptionSettings): string {
  const settings = {
    encryptionKeyType: 'SECRETS_MANAGER',
    encryptionKeyConfiguration: { secretsManager: { secretArn, roleArn } },
  };
  return `  ${escapeJson(JSON.stringify(settings))}`;
}

function cliLines(
  { prose, command, paintResult: paint }: Output,
  encryption: EncryptionSettings[],
): string[] {
  const [first] = encryption;
  if (!first) return [];
  const { region, keyType, algorithm, roleArn, secretArn } = first;
  const { partition = '', account = '' } = parseArn(roleArn) ?? {};
  const arnOf = (resource: string) => `arn:${partition}:mediaconnect:${region}:${account}:${resource}`;
  // The AWS CLI capitalizes the fields of `Encryption`.
  const settings = { KeyType: keyType, Algorithm: algorithm, RoleArn: roleArn, SecretArn: secretArn };
  const target = { Destination: '203.0.113.10', Port: 2088 };
  const zixi = { Name: 'to-partner', Protocol: 'zixi-push', ...target, StreamId: 'stream', MaxLatency: 2000 };
  const srt = { Name: 'to-partner', Protocol: 'srt-caller', ...target, MinLatency: 2000 };
  const outputs = [{ ...(keyType === 'static-key' ? zixi : srt), Encryption: settings }];
  const entitlements = [{ Name: 'for-partner', Subscribers: ['444455556666'], Encryption: settings }];
  const lines = (title: string, name: string, value: unknown, ...options: string[]) => [
    paint.bold(title),
    command(
      `  ${awsCommand(
        ...['mediaconnect', name, '--region', region, '--flow-arn', arnOf('flow:FLOW-ID:FLOW-NAME')],
        ...[...options, escapeJson(JSON.stringify(value))],
      )}`,
    ),
  ];
  const sourceArn = arnOf('source:SOURCE-ID:SOURCE-NAME');
  return [
    ...lines(messages.cli.source, 'update-flow-source', settings, '--source-arn', sourceArn, '--decryption'),
    ...lines(messages.cli.output[keyType], 'add-flow-outputs', outputs, '--outputs'),
    ...(keyType === 'static-key'
      ? lines(messages.cli.entitlement, 'grant-flow-entitlements', entitlements, '--entitlements')
      : []),
    prose(messages.cli.placeholders),
    ...(encryption.length > 1 ? [prose(messages.cli.otherSecrets)] : []),
  ];
}

/** Returns the words of the `verify` command for one key. */
export function verifyWords(
  { secretName, secretArns, regions, roleName, keyType }: SetupAnswers,
  configuredRegion: string | undefined,
): string[] {
  const isConfigured = regions.length === 1 && regions[0] === configuredRegion;
  const optionsOfRegions = isConfigured ? [] : regions.flatMap((region) => ['--region', region]);
  return [
    'verify',
    ...secretArns.flatMap((arn) => ['--secret-arn', arn]),
    ...(secretArns.length === 0 && secretName ? ['--secret-name', secretName, ...optionsOfRegions] : []),
    ...(keyType && keyType !== DEFAULTS.keyType ? ['--key-type', keyType] : []),
    ...roleOption(roleName),
  ];
}

/** Returns the `--role-name` option, or nothing for the default. */
export function roleOption(roleName: string | undefined): string[] {
  return roleName === undefined || roleName === DEFAULTS.roleName ? [] : ['--role-name', roleName];
}
