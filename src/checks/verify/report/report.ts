import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { userMessages } from '../../../aws/secrets/messages.ts';
import { EXIT, type ExitCode } from '../../../failure.ts';
import type { Verdict } from '../../../plan-types.ts';
import { plain, plainCommand } from '../../../text.ts';
import type { Output } from '../../../ui/output.ts';
import { mark, verdictMarks, WORST_FIRST, worst } from '../../../ui/verdicts.ts';
import { CHECKS, isBeside } from '../../catalog/index.ts';
import type { VerifyCheck } from '../result.ts';
import { verifyShow as messages } from './messages.ts';

/** What some checks are about, and these checks. */
export interface Group {
  kind: 'flow' | 'router' | 'secret' | 'role' | 'caller';
  arn: string;
  checks: VerifyCheck[];
}

/**
 * Prints what was checked, grouped by what it is about, and in the end one sentence that says what it comes to.
 * @param outdated checks of what has to be updated before it can use a new key
 */
export function showChecks(
  output: Output,
  checks: readonly VerifyCheck[],
  outdated: readonly VerifyCheck[] = [],
): void {
  const lines = groupsOf([...checks, ...outdated]).flatMap((group) => [...groupLines(output, group), '']);
  const isUsable = outdated.length === 0 || ['failed', 'cannot-tell'].includes(verdictOf(checks));
  const conclusion = isUsable ? verdictLine(output, checks) : outdatedLine(output, outdated);
  output.result([...lines, conclusion].join('\n'));
}

/** The line that says what has to be updated before it can use a new key. */
function outdatedLine({ paintResult: paint, prose }: Output, outdated: readonly VerifyCheck[]): string {
  const subjects = [...new Set(outdated.map(({ subject }) => subject))];
  const kinds = subjects.map((arn) => routerKindOf(arn) ?? 'flow');
  return prose(paint.yellow.bold(`${verdictMarks.warning} ${userMessages.mustUpdate(kinds)}`));
}

/** What has to be updated before it can use a new key, how, and the line that counts it. */
export function outdatedLines(output: Output, outdated: readonly VerifyCheck[]): string[] {
  const groups = groupsOf(outdated).flatMap((group) => [...groupLines(output, group), '']);
  return [outdatedLine(output, outdated), '', ...groups].slice(0, -1);
}

/** Puts checks of the same thing together: first the flow, then the secrets, the roles and the caller. */
export function groupsOf(checks: readonly VerifyCheck[]): Group[] {
  const groups = new Map<string, Group>();
  let flow = '';
  for (const check of checks) {
    const kind = kindOf(check);
    const arn = kind === 'role' ? (check.role ?? check.subject) : check.subject;
    if (/:flow:/.test(arn)) flow = arn;
    // All parts of a flow stand under it.
    const key = kind === 'flow' ? `${kind} ${flow}` : `${kind} ${arn}`;
    const group = groups.get(key) ?? { kind, arn, checks: [] };
    group.checks.push(check);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}

const KINDS: Group['kind'][] = ['flow', 'router', 'secret', 'role', 'caller'];

function kindOf({ id }: VerifyCheck): Group['kind'] {
  const word = id.slice(0, id.indexOf('-'));
  // What a policy allows stands under the role that has it.
  return KINDS.find((kind) => kind === word) ?? 'role';
}

/** The lines of a group: what it is about, and below that what was found. */
export function groupLines(output: Output, { kind, arn, checks }: Group): string[] {
  return [...titleLines(output, messages.title(kind, arn), [arn]), ...checkLines(output, checks)];
}

/** What something is called, in its line, and its ARNs. */
export function titleLines({ paintResult: paint, prose }: Output, title: string, arns: string[]): string[] {
  return [prose(paint.bold(plain(title))), ...arns.map((arn) => paint.dim(`  ${plain(arn)}`))];
}

/** What was found about one thing, the worst first. */
export function checkLines(output: Output, checks: VerifyCheck[]): string[] {
  return WORST_FIRST.flatMap((verdict) =>
    verdictLines(
      output,
      verdict,
      checks.filter((check) => check.verdict === verdict),
    ),
  );
}

/** Many checks are good, and then each is a few words on a common line; what is unknown for one reason is grouped too. */
function verdictLines(output: Output, verdict: Verdict, checks: VerifyCheck[]): string[] {
  if (verdict === 'ok') {
    const details = [...new Set(checks.map(({ detail }) => detail))];
    return details.length > 0 ? [marked(output, verdict, details.join(', '))] : [];
  }
  return reasonsOf(checks).flatMap((same) => [
    marked(output, verdict, `${same.questions.join(', ')}${same.rest}`),
    ...fixLines(output, same.check),
  ]);
}

/** Checks that are unknown for the same reason, as one: their questions, and what follows on these. */
function reasonsOf(checks: VerifyCheck[]) {
  const reasons = new Map<string, { questions: string[]; rest: string; check: VerifyCheck }>();
  for (const check of checks) {
    const question = CHECKS[check.id].question;
    const asks = check.verdict === 'cannot-tell' && check.detail.startsWith(question);
    const rest = check.detail.slice(asks ? question.length : 0);
    const same = reasons.get(rest) ?? { questions: [], rest, check };
    if (asks && !same.questions.includes(question)) same.questions.push(question);
    reasons.set(rest, same);
  }
  return [...reasons.values()];
}

function marked({ paintResult: paint, prose }: Output, verdict: Verdict, text: string): string {
  return prose(`  ${mark(paint, verdict)} ${plain(text)}`);
}

/** A command stays on one line, so that it can be copied. */
function fixLines({ prose }: Output, check: VerifyCheck | undefined): string[] {
  if (check?.remedy === undefined) return [];
  return [
    prose(`    ${plain(check.remedy)}`),
    ...(check.command === undefined ? [] : [`      ${plainCommand(check.command)}`]),
  ];
}

function verdictLine(output: Output, checks: readonly VerifyCheck[]): string {
  const keys = new Set(
    checks.flatMap(({ id, subject }) => (id.startsWith('secret-') ? [messages.nameIn(subject)] : [])),
  );
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

/** The checks that say nothing of whether MediaConnect may read the secret, by what they say, the gravest first. */
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

/** What is wrong, where it is not that MediaConnect may not read the key. */
function faultOf(checks: readonly VerifyCheck[]): keyof typeof messages.faults | undefined {
  const failed = checks.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const faults = FAULTS.filter(([, ids]) => failed.some((id) => ids.test(id)));
  const isAll = failed.every((id) => FAULTS.some(([, ids]) => ids.test(id)));
  return isAll ? faults[0]?.[0] : undefined;
}

/** How many checks make a verdict what it is. */
export function countOf(verdict: Verdict, checks: readonly VerifyCheck[]): number {
  return checks.filter((check) => (verdict === 'cannot-tell' ? isOpen(check) : check.verdict === verdict))
    .length;
}

/** The last line, which says what all of it comes to. */
export function concludingLine(
  { paintResult: paint, prose }: Output,
  verdict: Verdict,
  sentence: string,
): string {
  const color = { ok: paint.green, warning: paint.green, failed: paint.red, 'cannot-tell': paint.yellow };
  return prose(color[verdict].bold(`${verdictMarks[verdict === 'warning' ? 'ok' : verdict]} ${sentence}`));
}

/** What all checks come to: the worst of those that decide. */
export function verdictOf(checks: readonly VerifyCheck[]): Verdict {
  return worst(checks.filter((check) => check.verdict !== 'cannot-tell' || isOpen(check)));
}

/** Returns the exit code: 4 only if nothing has failed and every unknown check lacks a permission. */
export function exitCodeOf(checks: readonly VerifyCheck[]): ExitCode {
  const verdict = verdictOf(checks);
  if (verdict === 'failed') return EXIT.failed;
  if (verdict !== 'cannot-tell') return EXIT.done;
  return checks.filter(isOpen).every(({ awsAction }) => awsAction !== undefined)
    ? EXIT.permission
    : EXIT.failed;
}

/** Whether a check that decides is unknown. */
function isOpen({ id, verdict }: VerifyCheck): boolean {
  return verdict === 'cannot-tell' && !isBeside(id);
}
