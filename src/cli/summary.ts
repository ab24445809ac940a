import { parseArn } from '../aws/arn.ts';
import { outdatedLines } from '../checks/verify/report/report.ts';
import type { VerifyCheck } from '../checks/verify/result.ts';
import type { EncryptionSettings, Outcomes, RoleOutcome } from '../plan-types.ts';
import { clean, escapeJson } from '../text.ts';
import { awsCommand, secretCommand } from '../ui/commands.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';

/** What `setup` prints at the end. */
export interface SetupSummary {
  outcomes: Pick<Outcomes, 'secrets' | 'policies'> & { role: RoleOutcome };
  encryption: EncryptionSettings[];
  /** True if this run generated and stored a key. */
  generated: boolean;
  sandbox: boolean;
  /** True if checks could not determine whether MediaConnect can read the key. */
  hasUndecidedChecks: boolean;
  /** What has to be updated before it can use the new key. */
  outdated: readonly VerifyCheck[];
}

/** Prints the ARNs, and the settings to paste into the MediaConnect console or API. */
export function showSummary(
  output: Output,
  { outcomes, encryption, generated, sandbox, hasUndecidedChecks, outdated }: SetupSummary,
): void {
  const { paintResult: paint } = output;
  const title = hasUndecidedChecks
    ? paint.yellow.bold(messages.summaryUndecided)
    : paint.green.bold(messages.summaryTitle);
  const lines = [
    ...(outdated.length > 0 ? outdatedLines(output, outdated) : [title]),
    '',
    ...outcomes.secrets.flatMap(({ region, arn }) => labeledValue(messages.secretLabel(region), arn)),
    ...outcomes.policies.flatMap(({ arn }) => labeledValue(messages.policyLabel, arn)),
    ...labeledValue(messages.roleLabel, outcomes.role.arn),
    '',
    ...nextSteps(output, encryption, outcomes.role.arn),
    ...(generated && !sandbox ? generatedKey(output, encryption) : []),
    ...(sandbox ? ['', output.prose(messages.sandboxEnd)] : []),
  ];
  output.result(lines.join('\n'));
}

/** Returns a label with its value on the next line, so that the value can be copied as a line. */
export function labeledValue(label: string, value: string): string[] {
  return [`${label}:`, `  ${clean(value)}`];
}

function nextSteps(
  { paintResult: paint, prose }: Output,
  encryption: EncryptionSettings[],
  roleArn: string,
): string[] {
  const [first] = encryption;
  if (!first) return [];
  // The fields are those of the MediaConnect API (API reference, `Encryption`).
  const { region: _region, ...apiSettings } = first;
  return [
    paint.bold(messages.nextTitle),
    '',
    prose(messages.consoleStep(messages.consoleSubject[first.keyType])),
    ...consoleFields(first),
    ...(encryption.length > 1 ? [prose(messages.regionsDiffer)] : []),
    '',
    prose(messages.apiStep),
    `  ${escapeJson(JSON.stringify(apiSettings))}`,
    '',
    ...cliCommands(first, prose),
    ...(first.algorithm === 'aes256' ? transitStep(first, prose) : []),
    prose(messages.placeholders),
    '',
    prose(messages.passRole(roleArn)),
  ];
}

function consoleFields({ keyType, algorithm, roleArn, secretArn }: EncryptionSettings): string[] {
  const { type, algorithm: algorithmLabel, role, secret } = messages.consoleFields;
  return [
    `  ${type}: ${messages.consoleType[keyType]}`,
    ...(algorithm ? [`  ${algorithmLabel}: ${algorithm.replace('aes', 'AES-')}`] : []),
    `  ${role}: ${roleArn}`,
    `  ${secret}: ${secretArn}`,
  ];
}

/** Transit encryption takes only keys with 64 digits, and no role with a path (API reference, `FlowTransitEncryption`). */
function transitStep({ roleArn, secretArn }: EncryptionSettings, prose: Output['prose']): string[] {
  if (!/:role\/[^/]+$/.test(roleArn)) return [];
  const settings = {
    encryptionKeyType: 'SECRETS_MANAGER',
    encryptionKeyConfiguration: { secretsManager: { secretArn, roleArn } },
  };
  return [
    prose(messages.transitStep),
    `  ${escapeJson(JSON.stringify(settings))}`,
    prose(messages.transitBoth),
    '',
  ];
}

/** Returns AWS CLI commands with placeholders for what the user has to fill in, such as the flow. */
function cliCommands(settings: EncryptionSettings, prose: Output['prose']): string[] {
  const { region, keyType, algorithm, roleArn, secretArn } = settings;
  const { partition = '', account = '' } = parseArn(roleArn) ?? {};
  const flow = `arn:${partition}:mediaconnect:${region}:${account}:flow:FLOW-ID:FLOW-NAME`;
  // The AWS CLI capitalizes the fields of `Encryption`.
  const encryption = { KeyType: keyType, Algorithm: algorithm, RoleArn: roleArn, SecretArn: secretArn };
  const target = { Destination: '203.0.113.10', Port: 2088 };
  const zixi = { Name: 'to-partner', Protocol: 'zixi-push', ...target, StreamId: 'stream', MaxLatency: 2000 };
  const srt = { Name: 'to-partner', Protocol: 'srt-caller', ...target, MinLatency: 2000 };
  const outputs = [{ ...(keyType === 'static-key' ? zixi : srt), Encryption: encryption }];
  const entitlements = [{ Name: 'for-partner', Subscribers: ['444455556666'], Encryption: encryption }];
  const command = (name: string, option: string, value: unknown) =>
    `  ${awsCommand('mediaconnect', name, '--region', region, '--flow-arn', flow, option, escapeJson(JSON.stringify(value)))}`;
  return [
    prose(messages.cliOutput[keyType]),
    command('add-flow-outputs', '--outputs', outputs),
    ...(keyType === 'static-key'
      ? [messages.cliEntitlement, command('grant-flow-entitlements', '--entitlements', entitlements)]
      : []),
  ];
}

function generatedKey({ prose }: Output, [first]: EncryptionSettings[]): string[] {
  return first ? ['', prose(messages.generated), `  ${readKeyCommand(first.region, first.secretArn)}`] : [];
}

/** Returns the command that shows the key, for the other end of the stream. */
export function readKeyCommand(region: string, secretArn: string): string {
  const secret = { arn: secretArn, region };
  return secretCommand('get-secret-value', secret, '--query', 'SecretString', '--output', 'text');
}
