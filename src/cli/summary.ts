import { outdatedLines } from '../checks/verify/report/report.ts';
import type { VerifyCheck } from '../checks/verify/result.ts';
import { algorithmName } from '../key/index.ts';
import type { SetupAnswers } from '../options/setup-request.ts';
import type { EncryptionSettings, Outcomes, RoleOutcome } from '../plan-types.ts';
import { clean, shellWord } from '../text.ts';
import { secretCommand, toolCommand } from '../ui/commands.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { type Output, ROOM_FOR_COLUMNS, verdictMarks } from '../ui/output.ts';
import { isForTransit, roleOption, setupWords, verifyWords } from './next-commands.ts';

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
  /** The answers that the run used, from options and questions. */
  answers: SetupAnswers;
  /** True if the run could ask questions. The command that needs none is then printed. */
  interactive: boolean;
  /** The Region in the configuration, which commands use by default. */
  configuredRegion?: string;
}

/** Prints the ARNs and the next steps. With `--quiet`, prints only the ARNs. */
export function showSummary(output: Output, summary: SetupSummary): void {
  const { outcomes, outdated, sandbox } = summary;
  const { secrets, role } = outcomes;
  if (output.options.quiet) {
    output.result([...secrets, role].map(({ arn }) => clean(arn)).join('\n'));
    return;
  }
  const lines = [
    ...(outdated.length > 0 ? outdatedLines(output, outdated) : [titleOf(output, summary)]),
    '',
    ...secrets.flatMap(({ region, arn }) => [`  ${messages.secretLabel(region)}`, `  ${clean(arn)}`]),
    `  ${messages.roleLabel}`,
    `  ${clean(role.arn)}`,
    '',
    output.paintResult.bold(messages.nextTitle),
    ...(sandbox ? sandboxSteps(output, summary) : nextSteps(output, summary)),
  ];
  output.result(lines.join('\n'));
}

function titleOf(output: Output, { outcomes, hasUndecidedChecks, sandbox }: SetupSummary): string {
  if (hasUndecidedChecks) return undecidedTitle(output, messages.undecided.one);
  const counts = [...outcomes.secrets, ...outcomes.policies, outcomes.role];
  return completeTitle(
    output,
    sandbox ? messages.complete.sandbox : messages.complete.one,
    sandbox ? [] : counts,
  );
}

/**
 * Returns the title of a successful run, with the number of its changes at the right.
 * @param outcomes the outcomes to count; none for a title alone
 */
export function completeTitle(
  { paintResult: paint, prose, resultWidth }: Output,
  text: string,
  outcomes: readonly { action: string }[],
): string {
  const title = `${verdictMarks.ok} ${text}`;
  if (outcomes.length === 0) return prose(paint.green.bold(title));
  const created = outcomes.filter(({ action }) => action === 'created').length;
  const changed = outcomes.filter(({ action }) => action === 'updated' || action === 'restored').length;
  const counts = messages.counts(created, changed);
  const space = resultWidth - title.length - counts.length;
  return space < 2 ? prose(paint.green.bold(title)) : paint.green.bold(title) + ' '.repeat(space) + counts;
}

/** Returns the title of a run whose checks can't tell whether MediaConnect can read the keys. */
export function undecidedTitle({ paintResult: paint, prose }: Output, text: string): string {
  return prose(paint.yellow.bold(`${verdictMarks['cannot-tell']} ${text}`));
}

function nextSteps(output: Output, { outcomes, encryption, generated, ...summary }: SetupSummary): string[] {
  const { answers, interactive, configuredRegion } = summary;
  const [first] = encryption;
  if (!first) return [];
  const { several, one } = messages.console;
  const { name, region, arn } = outcomes.secrets[0] ?? { name: '', region: '', arn: '' };
  const verify = toolCommand(...verifyWords(answers, configuredRegion));
  return [
    output.prose(`  1  ${encryption.length > 1 ? several : one}`),
    ...consoleRows(first).map((row) => output.prose(`       ${row}`)),
    ...otherEndStep(output, generated ? readKeyCommand(region, isLikeArn(name) ? arn : name) : undefined),
    ...passRoleStep(output, '  3  ', outcomes.role.name),
    ...labeledCommand(output, messages.checkLabel, verify),
    ...(interactive
      ? labeledCommand(output, messages.repeatLabel, toolCommand(...setupWords(answers), '--yes'))
      : []),
  ];
}

/** Returns what to turn on for each kind of resource that can use the key, with the names in the MediaConnect console. */
function consoleRows(settings: EncryptionSettings): string[] {
  const { keyType, algorithm } = settings;
  const { consoleType, consoleRows: rows } = messages;
  const type = [consoleType[keyType], ...(algorithm ? [algorithmName(algorithm)] : [])].join(', ');
  const table = [
    [rows.source, rows.decryption(type)],
    [rows.output[keyType], rows.encryption(type)],
    ...(isForTransit(settings) ? [[rows.router, rows.transit]] : []),
  ];
  const width = Math.max(...table.map(([label = '']) => label.length));
  return table.map(([label = '', setting]) => `${label.padEnd(width)}   ${setting}`);
}

/** @param command the command that shows the generated key; absent if the user has the key */
function otherEndStep(output: Output, command: string | undefined): string[] {
  if (command === undefined) return [output.prose(`  2  ${messages.otherEnd}`)];
  return [output.prose(`  2  ${messages.getGenerated}`), output.command(`       ${command}`)];
}

/** Returns the step for users who may edit a flow but not yet pass the role, on one line if it fits. */
export function passRoleStep(
  { prose, command, resultWidth }: Output,
  start: string,
  roleName: string,
): string[] {
  const permissions = toolCommand('permissions', 'create-flow', ...roleOption(roleName));
  const line = `${start}${messages.passRole} ${permissions}`;
  if (line.length <= resultWidth) return [line];
  const indent = resultWidth < ROOM_FOR_COLUMNS ? 2 : start.length + 2;
  return [prose(start + messages.passRole), command(`${' '.repeat(indent)}${permissions}`)];
}

/** Returns the steps after a run in the sandbox, whose resources no longer exist. */
function sandboxSteps(output: Output, { answers, interactive }: SetupSummary): string[] {
  return [
    ...labeledCommand(output, `  ${messages.realLabel}`, realCommand('setup')),
    ...labeledCommand(output, `  ${messages.tryLabel}`, realCommand('sandbox')),
    ...(interactive
      ? labeledCommand(output, `  ${messages.flagsLabel}`, realCommand(...setupWords(answers)))
      : []),
  ];
}

/** Returns a command without the option `--sandbox`. */
export function realCommand(...words: string[]): string {
  return ['mc-static-key', ...words].map(shellWord).join(' ');
}

/** The width of the column with the labels of commands. */
const LABEL_WIDTH = 20;

/** Returns a command beside its label or, on a narrow terminal, below it. The command may have several lines. */
function labeledCommand({ command, resultWidth }: Output, label: string, text: string): string[] {
  if (resultWidth < ROOM_FOR_COLUMNS) return [label, command(`${' '.repeat(4)}${text}`)];
  const lines = command(' '.repeat(LABEL_WIDTH) + text);
  return [label.padEnd(LABEL_WIDTH) + lines.slice(LABEL_WIDTH)];
}

/** True for a name that Secrets Manager may take for part of an ARN. Its secret needs the ARN. */
export function isLikeArn(name: string): boolean {
  return /-[A-Za-z0-9]{6}$/.test(name);
}

/**
 * Returns the command that shows the key, for the other end of the stream.
 * @param secret the name or ARN of the secret
 */
export function readKeyCommand(region: string, secret: string): string {
  const place = { arn: secret, region };
  return secretCommand('get-secret-value', place, '--query', 'SecretString', '--output', 'text');
}
