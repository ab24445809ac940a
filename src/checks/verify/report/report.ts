import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import { EXIT, type ExitCode } from '../../../failure.ts';
import type { Verdict } from '../../../plan-types.ts';
import { clean, cleanCommand } from '../../../text.ts';
import { type Output, verdictMark, verdictMarks, WORST_FIRST, worstVerdict } from '../../../ui/output.ts';
import { CHECKS, isInformational } from '../../catalog/index.ts';
import type { VerifyCheck } from '../result.ts';
import { verifyMessages as messages } from './messages.ts';

/** Checks with a common subject. */
export interface CheckGroup {
  kind: 'flow' | 'router' | 'secret' | 'role' | 'caller';
  arn: string;
  checks: VerifyCheck[];
}

/**
 * Prints the checks, grouped by subject, and a final sentence with the conclusion.
 * @param outdated checks of what has to be updated before it can use a new key
 */
export function showChecks(
  output: Output,
  checks: readonly VerifyCheck[],
  outdated: readonly VerifyCheck[] = [],
): void {
  const lines = groupsOf([...checks, ...outdated]).flatMap((group) => [...groupLines(output, group), '']);
  // What has to be updated counts only if MediaConnect can read the key.
  const isOutdated = outdated.length > 0 && !['failed', 'cannot-tell'].includes(verdictOf(checks));
  const conclusion = isOutdated ? outdatedLine(output, outdated) : conclusionOf(output, checks);
  output.result([...lines, conclusion].join('\n'));
}

/** Returns the line that counts what has to be updated before it can use a new key. */
function outdatedLine({ paintResult: paint, prose }: Output, outdated: readonly VerifyCheck[]): string {
  const subjects = [...new Set(outdated.map(({ subject }) => subject))];
  const kinds = subjects.map((arn) => routerKindOf(arn) ?? 'flow');
  return prose(paint.yellow.bold(`${verdictMarks.warning} ${userMessages.mustUpdate(kinds)}`));
}

/** Returns what has to be updated before it can use a new key, how, and the line that counts it. */
export function outdatedLines(output: Output, outdated: readonly VerifyCheck[]): string[] {
  const groups = groupsOf(outdated).flatMap((group) => [...groupLines(output, group), '']);
  return [outdatedLine(output, outdated), '', ...groups].slice(0, -1);
}

/** Groups checks by subject: first the flow, then the secrets, the roles and the caller. */
export function groupsOf(checks: readonly VerifyCheck[]): CheckGroup[] {
  const groups = new Map<string, CheckGroup>();
  let flow = '';
  for (const check of checks) {
    const kind = kindOf(check);
    const arn = kind === 'role' ? (check.role ?? check.subject) : check.subject;
    if (/:flow:/.test(arn)) flow = arn;
    // All parts of a flow are in its group.
    const key = kind === 'flow' ? `${kind} ${flow}` : `${kind} ${arn}`;
    const group = groups.get(key) ?? { kind, arn, checks: [] };
    group.checks.push(check);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

const KINDS: CheckGroup['kind'][] = ['flow', 'router', 'secret', 'role', 'caller'];

function kindOf({ id }: VerifyCheck): CheckGroup['kind'] {
  const word = id.slice(0, id.indexOf('-'));
  // Checks of a policy are in the group of its role.
  return KINDS.find((kind) => kind === word) ?? 'role';
}

/** Returns the lines of a group: its title, then its checks. */
export function groupLines(output: Output, { kind, arn, checks }: CheckGroup): string[] {
  return [...titleLines(output, messages.title(kind, arn), [arn]), ...checkLines(output, checks)];
}

/** Returns the title line and its ARNs. */
export function titleLines({ paintResult: paint, prose }: Output, title: string, arns: string[]): string[] {
  return [prose(paint.bold(clean(title))), ...arns.map((arn) => paint.dim(`  ${clean(arn)}`))];
}

/** Returns the lines for the checks of one subject, the worst first. */
export function checkLines(output: Output, checks: VerifyCheck[]): string[] {
  return WORST_FIRST.flatMap((verdict) => linesFor(output, verdict, checks));
}

/**
 * Returns the lines for one verdict. Checks with the verdict `ok` share a line of a few words each; unknown checks are grouped by
 * reason.
 */
function linesFor(output: Output, verdict: Verdict, allChecks: VerifyCheck[]): string[] {
  const checks = allChecks.filter((check) => check.verdict === verdict);
  if (verdict === 'ok') {
    const details = [...new Set(checks.map(({ detail }) => detail))];
    return details.length > 0 ? [marked(output, verdict, details.join(', '))] : [];
  }
  return groupedByReason(checks).flatMap(({ questions, reason, check }) => [
    marked(output, verdict, `${questions.join(', ')}${reason}`),
    ...fixLines(output, check),
  ]);
}

/** Combines checks that are unknown for the same reason: their questions, and the text after the question. */
function groupedByReason(checks: VerifyCheck[]) {
  const groups = new Map<string, { questions: string[]; reason: string; check: VerifyCheck }>();
  for (const check of checks) {
    const question = CHECKS[check.id].question;
    const startsWithQuestion = check.verdict === 'cannot-tell' && check.detail.startsWith(question);
    const reason = check.detail.slice(startsWithQuestion ? question.length : 0);
    const group = groups.get(reason) ?? { questions: [], reason, check };
    if (startsWithQuestion && !group.questions.includes(question)) group.questions.push(question);
    groups.set(reason, group);
  }
  return [...groups.values()];
}

function marked({ paintResult: paint, prose }: Output, verdict: Verdict, text: string): string {
  return prose(`  ${verdictMark(paint, verdict)} ${clean(text)}`);
}

/** Commands stay on one line, so that they can be copied. */
function fixLines({ prose }: Output, { remedy, command }: VerifyCheck): string[] {
  if (remedy === undefined) return [];
  return [
    prose(`    ${clean(remedy)}`),
    ...(command === undefined ? [] : [`      ${cleanCommand(command)}`]),
  ];
}

/** Returns the last line of the report. Secrets with the same name in several Regions count as one key. */
function conclusionOf(output: Output, checks: readonly VerifyCheck[]): string {
  const secretChecks = checks.filter(({ id }) => id.startsWith('secret-'));
  const keys = new Set(secretChecks.map(({ subject }) => messages.nameIn(subject)));
  const verdict = verdictOf(checks);
  const count = countOf(verdict, checks);
  const sentence = {
    ok: () => messages.canRead(keys.size, 0),
    warning: () => messages.canRead(keys.size, count),
    failed: () => {
      const fault = faultOf(checks);
      return fault ? messages.faulty(messages.faults[fault], count) : messages.cannotRead(keys.size, count);
    },
    'cannot-tell': () => messages.cannotTell(keys.size, count),
  }[verdict]();
  return concludingLine(output, verdict, sentence);
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

/** Returns the type of problem, if it is not missing access for MediaConnect. */
function faultOf(checks: readonly VerifyCheck[]): keyof typeof messages.faults | undefined {
  const failed = checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const faults = FAULTS.filter(([, ids]) => failed.some((id) => ids.test(id)));
  const areAllFaults = failed.every((id) => faults.some(([, ids]) => ids.test(id)));
  return areAllFaults ? faults[0]?.[0] : undefined;
}

/** Counts the checks that determine a verdict. */
export function countOf(verdict: Verdict, checks: readonly VerifyCheck[]): number {
  return checks.filter((check) =>
    verdict === 'cannot-tell' ? isUndecided(check) : check.verdict === verdict,
  ).length;
}

/** Returns the last line, in the color of the verdict. */
export function concludingLine(
  { paintResult: paint, prose }: Output,
  verdict: Verdict,
  sentence: string,
): string {
  const color = { ok: paint.green, warning: paint.green, failed: paint.red, 'cannot-tell': paint.yellow };
  return prose(color[verdict].bold(`${verdictMarks[verdict === 'warning' ? 'ok' : verdict]} ${sentence}`));
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
