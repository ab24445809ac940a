import { itemsOf } from '../../checks/verify/report/items.ts';
import {
  countItems,
  notVerified,
  outdatedLines,
  showChecks,
  verdictOf,
} from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { roleOption } from '../../cli/next-commands.ts';
import { isLikeArn, readKeyCommand } from '../../cli/summary.ts';
import type { KeyType } from '../../key/index.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { clean, cleanCommand, groupByText, MOST_LINES } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { keyTypeOption, toolCommand } from '../../ui/commands.ts';
import { setupMessages } from '../../ui/messages.ts';
import { type Output, verdictMark } from '../../ui/output.ts';
import { rotateMessages as messages } from './messages.ts';

/** What to print after a rotation. */
export interface RotationSummary {
  /** The secrets of each key that didn't fail. */
  keys: SecretOutcome[][];
  rollback: boolean;
  isBatch: boolean;
  /** The checks of `verify` on the secrets. */
  checks: readonly VerifyCheck[];
  /** What has to be updated before it can use a new key. */
  outdated: readonly VerifyCheck[];
  /** The names of the roles that read the keys. */
  roleNames: string[];
  commands: RotationCommands;
}

/** Commands that the summary prints. */
interface RotationCommands {
  verify: string;
  rollback: string;
}

/**
 * Prints which secrets have a new key, whether MediaConnect can read it, what the other end needs, and how to roll back. Prints all
 * checks only if one has failed.
 */
export function showRotation(output: Output, summary: RotationSummary): void {
  const { keys, checks, outdated, isBatch } = summary;
  const changedKeys = keys.filter((secrets) => secrets.some(({ action }) => action === 'updated'));
  const changed = changedKeys.flat().filter(({ action }) => action === 'updated');
  const hasFailed = verdictOf(checks) === 'failed';
  const lines = [
    headline(output, summary, changedKeys.length),
    ...(isBatch ? batchSecretLines(changed) : keys.flat().flatMap(secretLines)),
    ...(hasFailed ? [] : ['', ...verificationLines(output, summary)]),
    ...(hasFailed || outdated.length === 0 ? [] : ['', ...outdatedLines(output, outdated)]),
    ...nextLines(output, summary, changed[0]),
    ...(hasFailed ? [''] : []),
  ];
  output.result(lines.join('\n'));
  if (hasFailed) showChecks(output, checks, outdated);
}

function headline(
  { paintResult: paint, prose }: Output,
  { keys, rollback, isBatch }: RotationSummary,
  changedCount: number,
): string {
  if (changedCount === 0) return messages.noneChanged;
  const single = rollback ? messages.doneBack : messages.done(keys.flat().length);
  const batch = rollback ? messages.doneBackAll(changedCount) : messages.doneAll(changedCount);
  return prose(paint.green.bold(`✔ ${isBatch ? batch : single}`));
}

function secretLines({ region, arn }: SecretOutcome): string[] {
  return [`  ${setupMessages.secretLabel(region)}`, `  ${clean(arn)}`];
}

/** Returns the names and ARNs of the secrets or, if there are too many, their number in each Region. */
function batchSecretLines(secrets: SecretOutcome[]): string[] {
  if (secrets.length <= MOST_LINES)
    return secrets.flatMap(({ name, region, arn }) => [`  ${clean(name)}  ${region}`, `    ${clean(arn)}`]);
  return groupByText(secrets, ({ region }) => region).map(
    ([{ region }, ...others]) => `  ${batchMessages.secretsInRegion(region, others.length + 1)}`,
  );
}

/** Returns one or two lines that sum up the checks, none of which has failed. */
function verificationLines(
  { paintResult: paint, prose, command }: Output,
  { checks, roleNames, commands }: RotationSummary,
): string[] {
  const verdict = verdictOf(checks);
  const details = command(`  ${cleanCommand(commands.verify)}`);
  if (verdict === 'cannot-tell')
    return [prose(`${verdictMark(paint, verdict)} ${notVerified(checks)} ${messages.details}`), details];
  const verified = prose(`${verdictMark(paint, 'ok')} ${messages.verified(roleNames)}`);
  if (verdict === 'ok') return [verified];
  const warnings = messages.warnings(countItems(itemsOf(checks), verdict));
  return [verified, prose(`${verdictMark(paint, verdict)} ${warnings} ${messages.details}`), details];
}

/**
 * Returns what the other end needs, and how to roll back.
 * @param changed one of the secrets with a new key, if there are any
 */
function nextLines(
  { prose, command }: Output,
  { rollback, isBatch, commands }: RotationSummary,
  changed: SecretOutcome | undefined,
): string[] {
  if (!changed) return [];
  const { region, name, arn } = changed;
  const single = rollback ? messages.nextBack : messages.next;
  const batch = rollback ? messages.nextBackAll : messages.nextAll;
  return [
    '',
    prose(isBatch ? batch : single),
    command(`  ${cleanCommand(readKeyCommand(region, isLikeArn(name) ? arn : name))}`),
    ...(rollback ? [] : [messages.undo, command(`  ${cleanCommand(commands.rollback)}`)]),
  ];
}

/** The values for the commands about one key. */
interface CommandValues {
  secrets: SecretOutcome[];
  /** The Regions that the user named. None means all Regions that have the secret. */
  regions: string[];
  keyType: KeyType;
  /** Absent for the default role. */
  roleName?: string;
}

/** Returns the commands for one key. */
export function commandsFor({ secrets, regions, keyType, roleName }: CommandValues): RotationCommands {
  const [first] = secrets;
  const commandIn = (inRegions: string[], name: string, ...options: string[]) =>
    toolCommand(
      ...[name, '--secret-name', first?.name ?? '', ...inRegions.flatMap((region) => ['--region', region])],
      ...[...keyTypeOption(keyType), ...roleOption(roleName), ...options],
    );
  return {
    // Unlike `rotate`, `verify` doesn't search for the secret.
    verify: commandIn(
      secrets.map(({ region }) => region),
      'verify',
    ),
    rollback: commandIn(regions, 'rotate', '--rollback'),
  };
}

/** Returns the commands for a manifest. */
export function commandsForManifest(path: string): RotationCommands {
  return {
    verify: toolCommand('verify', '--manifest', path),
    rollback: toolCommand('rotate', '--manifest', path, '--rollback'),
  };
}
