import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import { EXIT, type ExitCode } from '../../../failure.ts';
import type { Verdict } from '../../../plan-types.ts';
import { clean, groupedBy, MOST_LINES } from '../../../text.ts';
import { type Output, verdictMark, verdictMarks, worstVerdict } from '../../../ui/output.ts';
import { isInformational, isSummary } from '../../catalog/index.ts';
import type { VerifyCheck } from '../result.ts';
import {
  findingOf,
  type Item,
  itemLines,
  itemsOf,
  lacksPermission,
  namesOf,
  permissionLines,
  secretNameIn,
  titleOf,
  withSubjects,
} from './items.ts';
import { verifyMessages as messages } from './messages.ts';

/** How a report is printed. */
export interface ReportOptions {
  /** The account, to be shown next to the verdict. */
  account?: string;
  /** True to list the checks that passed. Absent for a command without the option `--all`. */
  all?: boolean;
  /** Returns the command that prints the permissions of this run, with the optional ones if needed. */
  permissionsCommand?(needsOptional: boolean): string;
}

/**
 * Prints the verdict, then what is wrong and how to fix it, and counts the checks that passed.
 * @param outdated checks of what has to be updated before it can use a new key
 */
export function showChecks(
  output: Output,
  checks: readonly VerifyCheck[],
  outdated: readonly VerifyCheck[] = [],
  options: ReportOptions = {},
): void {
  const allChecks = [...checks, ...outdated];
  const items = itemsOf(allChecks);
  // What has to be updated counts only if MediaConnect can read the key.
  const isOutdated = outdated.length > 0 && !['failed', 'cannot-tell'].includes(verdictOf(checks));
  const title = isOutdated
    ? outdatedLine(output, outdated)
    : verdictLines(output, titleFor(checks, items), options);
  output.result([title, ...reportLines(output, allChecks, items, options)].join('\n'));
}

/** Returns the lines below the verdict. */
export function reportLines(
  output: Output,
  checks: readonly VerifyCheck[],
  items: readonly Item[],
  options: ReportOptions,
): string[] {
  const lacksAny = checks.some(lacksPermission);
  const isClean = items.length === 0 && !lacksAny;
  const blocks = [
    itemLines(output, items),
    permissionLines(output, checks, {
      command: options.permissionsCommand,
      isInTitle: verdictOf(checks) === 'cannot-tell' && lacksOnlyPermissions(checks),
    }),
    isClean && !options.all ? summaryLines(output, checks) : [],
  ];
  const passed = options.all ? allPassedLines(output, checks) : passedLines(output, checks, options);
  // Two problems and two warnings fit on one screen without a blank line here.
  const gap = isClean || lacksAny || options.all ? [''] : [];
  return [
    ...blocks.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines]),
    ...gap,
    ...passed,
  ];
}

/** Returns the line that counts what has to be updated before it can use a new key. */
function outdatedLine({ paintResult: paint, prose }: Output, outdated: readonly VerifyCheck[]): string {
  const subjects = [...new Set(outdated.map(({ subject }) => subject))];
  const kinds = subjects.map((arn) => routerKindOf(arn) ?? 'flow');
  return prose(paint.yellow.bold(`${verdictMarks.warning} ${userMessages.mustUpdate(kinds)}`));
}

/** Returns what has to be updated before it can use a new key, how, and the line that counts it. */
export function outdatedLines(output: Output, outdated: readonly VerifyCheck[]): string[] {
  return [outdatedLine(output, outdated), '', ...itemLines(output, itemsOf(outdated))];
}

/** The verdict of a report, and its sentence. */
export interface Title {
  verdict: Verdict;
  sentence: string;
}

/** Returns the verdict. Secrets with the same name in several Regions count as one key. */
function titleFor(checks: readonly VerifyCheck[], items: readonly Item[]): Title {
  const secretChecks = checks.filter(({ id }) => id.startsWith('secret-'));
  const keys = new Set(secretChecks.map(({ subject }) => secretNameIn(subject))).size;
  const verdict = verdictOf(checks);
  const problems = countItems(items, 'failed');
  const warnings = countItems(items, 'warning');
  if (verdict === 'cannot-tell') return { verdict, sentence: notVerified(checks) };
  if (verdict !== 'failed')
    return { verdict, sentence: keys === 0 ? messages.noKey : messages.canRead(keys, warnings) };
  const fault = faultOf(checks);
  const sentence =
    fault === 'access'
      ? messages.cannotRead(keys, keys, problems, warnings)
      : messages.faulty(fault ? messages.faults[fault] : messages.doesNotWork, problems, warnings);
  return { verdict, sentence };
}

export function countItems(items: readonly Item[], verdict: Verdict): number {
  return items.filter((item) => item.verdict === verdict).length;
}

/** Returns the sentence for checks without which there is no verdict. */
export function notVerified(checks: readonly VerifyCheck[]): string {
  return lacksOnlyPermissions(checks)
    ? messages.notPermitted(checks.filter(lacksPermission).length)
    : messages.notCompleted(checks.filter(isUndecided).length);
}

function lacksOnlyPermissions(checks: readonly VerifyCheck[]): boolean {
  return checks.filter(isUndecided).every(lacksPermission);
}

/** Checks that don't concern MediaConnect's access to the secret, by type of problem, the most severe first. */
const FAULTS: [fault: keyof typeof messages.faults, ids: RegExp][] = [
  ['flow', /^flow-(exists|account)$/],
  ['router', /^router-(exists|account)$/],
  ['value', /^secret-(plaintext|form|characters|length)$/],
  ['key', /^secret-(key|same-key)$/],
  ['settings', /^flow-(encryption|protocol|algorithm)$/],
  ['ends', /^(flow|router)-other-end$/],
  ['encryption', /^(flow|router)-(encryption|secret|role)$/],
  ['messages', /^(flow|router)-messages$/],
  ['rotation', /^secret-rotation$/],
];

/** Returns the type of the problems: `access` if MediaConnect has no access to a key, undefined if there is more than that. */
export function faultOf(checks: readonly VerifyCheck[]): keyof typeof messages.faults | 'access' | undefined {
  const failed = checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const faults = FAULTS.filter(([, ids]) => failed.some((id) => ids.test(id)));
  const [first] = faults;
  if (!first) return 'access';
  return failed.every((id) => faults.some(([, ids]) => ids.test(id))) ? first[0] : undefined;
}

/** Returns the verdict in its color, with the account at the right if there is room, and else below. */
export function verdictLines(
  { paintResult: paint, prose, resultWidth }: Output,
  { verdict, sentence }: Title,
  { account }: ReportOptions,
): string {
  const color = { ok: paint.green, warning: paint.green, failed: paint.red, 'cannot-tell': paint.yellow };
  const text = `${verdictMarks[verdict === 'warning' ? 'ok' : verdict]} ${sentence}`;
  const painted = prose(color[verdict].bold(text));
  if (account === undefined) return painted;
  const note = messages.account(account);
  const space = resultWidth - text.length - note.length;
  return space < 2
    ? `${painted}\n${paint.dim(`  ${note}`)}`
    : `${painted}${' '.repeat(space)}${paint.dim(note)}`;
}

/** Returns what the checks of a working setup found that is worth knowing: a line for each resource, if they are few. */
function summaryLines(
  { paintResult: paint, prose, resultWidth }: Output,
  checks: readonly VerifyCheck[],
): string[] {
  const passed = withSubjects(checks).filter(({ check }) => check.verdict === 'ok' && isSummary(check.id));
  const rows = [...groupedBy(passed, ({ subject }) => subject.arn).values()].map((group) => {
    const [{ subject }] = group;
    const details = [...new Set(group.map(({ check }) => check.detail))].join(', ');
    const [name = ''] = namesOf([subject]);
    return {
      label: messages.kinds[subject.kind][0],
      name: clean(name),
      details: clean(subject.kind === 'caller' ? details.replace(/^you /, '') : details),
    };
  });
  if (rows.length > MOST_LINES) return [];
  const labelWidth = Math.max(...rows.map(({ label }) => label.length));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const fits = rows.every(({ details }) => labelWidth + nameWidth + 6 + details.length <= resultWidth);
  return rows.flatMap(({ label, name, details }) => {
    const title = `  ${paint.bold(label)}${' '.repeat(labelWidth - label.length)}  `;
    if (fits && name !== '') return [`${title}${name.padEnd(nameWidth)}  ${details}`];
    const indent = ' '.repeat(labelWidth + 4);
    const [first = '', ...others] = [name, details].filter(Boolean).map((text) => prose(indent + text, 0));
    return [title + first.slice(indent.length), ...others];
  });
}

function passedLines(
  { paintResult: paint }: Output,
  checks: readonly VerifyCheck[],
  { all }: ReportOptions,
): string[] {
  const passed = checks.filter(({ verdict }) => verdict === 'ok');
  if (passed.length === 0) return [];
  const hint = all === undefined ? '' : `  ${paint.dim(messages.listPassed)}`;
  return [`${paint.green(messages.passed(passed.length))}${hint}`];
}

/** Returns a line for each check that passed, below its subject. */
function allPassedLines(output: Output, checks: readonly VerifyCheck[]): string[] {
  const { paintResult: paint, prose } = output;
  const passed = withSubjects(checks.filter(({ verdict }) => verdict === 'ok'));
  const lines = [...groupedBy(passed, ({ subject }) => subject.arn).values()].flatMap((group) => {
    const [{ subject }] = group;
    const findings = new Set(group.map(findingOf));
    return [
      prose(`  ${paint.bold(clean(titleOf({ kind: subject.kind, subjects: [subject] })))}`),
      paint.dim(`  ${clean(subject.arn)}`),
      ...[...findings].map((finding) => prose(`    ${verdictMark(paint, 'ok')} ${clean(finding)}`)),
    ];
  });
  return [...passedLines(output, checks, {}), ...lines];
}

/** Returns the overall verdict: the worst of the checks that count. */
export function verdictOf(checks: readonly VerifyCheck[]): Verdict {
  return worstVerdict(checks.filter((check) => check.verdict !== 'cannot-tell' || isUndecided(check)));
}

/** Returns the exit code: 4 only if nothing has failed and every unknown check lacks a permission. */
export function exitCodeOf(checks: readonly VerifyCheck[]): ExitCode {
  const verdict = verdictOf(checks);
  if (verdict === 'failed') return EXIT.failed;
  if (verdict !== 'cannot-tell') return EXIT.done;
  return checks.filter(isUndecided).every(({ awsAction }) => awsAction !== undefined)
    ? EXIT.permission
    : EXIT.failed;
}

/** Returns true if the check has an unknown result that affects the overall verdict. */
function isUndecided({ id, verdict }: VerifyCheck): boolean {
  return verdict === 'cannot-tell' && !isInformational(id);
}
