import { routerKindOf } from '../../../aws/mediaconnect/routers.ts';
import { awsMessages } from '../../../aws/messages.ts';
import type { Verdict } from '../../../plan-types.ts';
import { clean, cleanCommand, groupedBy, MOST_LINES, type NonEmptyArray } from '../../../text.ts';
import { shortList } from '../../../ui/batch-messages.ts';
import { type Output, verdictMark, WORST_FIRST } from '../../../ui/output.ts';
import { cannotTell, isInformational } from '../../catalog/index.ts';
import type { VerifyCheck } from '../result.ts';
import { verifyMessages as messages } from './messages.ts';

/** The kinds of subjects. */
type SubjectKind = keyof typeof messages.kinds;

/** The kinds in the order of the report. */
const KINDS = Object.keys(messages.kinds);

/** The subject of a check for display. */
interface Subject {
  kind: SubjectKind;
  /** Empty for the caller. */
  name: string;
  arn: string;
  /** The Region of a secret. Secrets with the same name in several Regions share an item. */
  region?: string;
  /** The name of the role that has the policy. */
  role?: string;
}

/** A check with its subject. */
export interface SubjectCheck {
  subject: Subject;
  check: VerifyCheck;
}

/** A problem, a warning or an open question, with its fix. Equal ones of several subjects are one item. */
export interface Item {
  verdict: Verdict;
  kind: SubjectKind;
  subjects: Subject[];
  sentences: string[];
  remedy?: string;
  command?: string;
}

/** Adds the subjects, and sorts by kind. The checks of a part of a flow follow those of the flow, and are about the flow. */
export function withSubjects(checks: readonly VerifyCheck[]): SubjectCheck[] {
  let flowArn: string | undefined;
  return checks
    .map((check) => {
      if (/:flow:/.test(check.subject)) flowArn = check.subject;
      return { check, subject: subjectOf(check, flowArn) };
    })
    .sort((a, b) => KINDS.indexOf(a.subject.kind) - KINDS.indexOf(b.subject.kind));
}

function subjectOf({ id, subject: arn, role = '' }: VerifyCheck, flowArn: string = arn): Subject {
  if (id.startsWith('caller-')) return { kind: 'caller', name: '', arn };
  if (id.startsWith('flow-')) return { kind: 'flow', name: lastPart(flowArn), arn: flowArn };
  if (id.startsWith('router-')) {
    const kind = routerKindOf(arn) === 'routerOutput' ? 'router-output' : 'router-input';
    return { kind, name: lastPart(arn), arn };
  }
  if (arn.includes(':secretsmanager:'))
    return { kind: 'secret', name: secretNameIn(arn), arn, region: arn.split(':')[3] };
  if (arn.includes(':policy/')) return { kind: 'policy', name: lastPart(arn), role: lastPart(role), arn };
  return { kind: 'role', name: lastPart(arn), arn };
}

/** Returns the name in a secret's ARN. */
export function secretNameIn(arn: string): string {
  return /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn)?.[1] ?? arn;
}

function lastPart(arn: string): string {
  return arn.replace(/^.*[:/]/, '');
}

/** Returns `Secret studio-a (us-west-2, eu-west-1)`, or the plural for several names. */
export function titleOf({ kind, subjects }: Pick<Item, 'kind' | 'subjects'>): string {
  const [one, several] = messages.kinds[kind];
  const names = namesOf(
    subjects.map((subject) => ({
      ...subject,
      name: subject.role === undefined ? subject.name : messages.onRole(subject.name, subject.role),
    })),
  );
  return `${names.length > 1 ? several : one} ${shortList(names)}`.trimEnd();
}

/** Returns the names of subjects, each once with its Regions. */
export function namesOf(subjects: readonly Subject[]): string[] {
  const byName = groupedBy(subjects, ({ name }) => name);
  return [...byName].map(([name, group]) => {
    const regions = group.flatMap(({ region }) => region ?? []);
    return messages.withRegions(name, [...new Set(regions)]);
  });
}

/** Returns the items for all checks that did not pass, the worst first. Missing permissions have lines of their own. */
export function itemsOf(checks: readonly VerifyCheck[]): Item[] {
  const open = withSubjects(checks).filter(({ check }) => check.verdict !== 'ok' && !lacksPermission(check));
  const items = [...groupedBy(open, fixKey).values()].map(toItem);
  const merged = groupedBy(items, ({ subjects: _, ...rest }) => JSON.stringify(rest));
  const mergedItems = [...merged.values()].map((group): Item => {
    return { ...group[0], subjects: group.flatMap(({ subjects }) => subjects) };
  });
  return WORST_FIRST.flatMap((verdict) => mergedItems.filter((item) => item.verdict === verdict));
}

/** Returns the same text for checks of one subject that have the same fix or, without a fix, the same detail or reason. */
function fixKey({ subject, check }: SubjectCheck): string {
  const { verdict, role, remedy, command } = check;
  return JSON.stringify([verdict, subject.arn, role, remedy ?? reasonOf(check) ?? check.detail, command]);
}

function toItem(group: NonEmptyArray<SubjectCheck>): Item {
  const [{ subject, check }] = group;
  const { verdict, remedy, command } = check;
  const reasons = new Set(group.map((each) => reasonOf(each.check)));
  const [reason] = reasons;
  const sentences =
    group.length > 2 && reasons.size === 1 && reason !== undefined
      ? [asSentence(messages.notCompletedBecause(group.length, reason))]
      : [...new Set(group.map((each) => asSentence(findingOf(each))))];
  return { verdict, kind: subject.kind, subjects: [subject], sentences, remedy, command };
}

/** Returns why a check has an unknown result; undefined for another verdict. */
function reasonOf({ id, verdict, detail }: VerifyCheck): string | undefined {
  const start = cannotTell(id, '');
  return verdict === 'cannot-tell' && detail.startsWith(start) ? detail.slice(start.length) : undefined;
}

/** Returns true if a check could not be made because the caller lacks a permission, and only that helps. */
export function lacksPermission({ verdict, awsAction, remedy = '' }: VerifyCheck): boolean {
  if (verdict !== 'cannot-tell' || awsAction === undefined) return false;
  const [start = ''] = awsMessages.accessDeniedHint(awsAction, '\n').split('\n');
  return remedy.startsWith(start);
}

/** Returns what a check found. The check of a secret's reader names the role. */
export function findingOf({ subject, check: { role, detail } }: SubjectCheck): string {
  const isAboutReader = role !== undefined && subject.kind === 'secret';
  return isAboutReader ? detail.replace(/(^|the )role /, `role ${lastPart(role)} `) : detail;
}

function asSentence(text: string): string {
  const isWord = /^[a-z']+([ ;,]|$)/.test(text);
  const start = isWord ? text.charAt(0).toUpperCase() : text.charAt(0);
  return `${start}${text.slice(1)}${/[.!?:]$/.test(text) ? '' : '.'}`;
}

/** Returns the lines of the items, numbered: the subject, what is wrong and what to do, and the command. */
export function itemLines({ paintResult: paint, prose, command }: Output, items: readonly Item[]): string[] {
  const shown = items.slice(0, MOST_LINES);
  const numberWidth = String(shown.length).length;
  const indent = ' '.repeat(numberWidth + 4);
  const lines = shown.flatMap((item, index) => {
    const start = `${verdictMark(paint, item.verdict)} ${String(index + 1).padStart(numberWidth)}  `;
    const text = [...item.sentences, ...(item.remedy === undefined ? [] : [item.remedy])].join(' ');
    return [
      start + prose(indent + paint.bold(clean(titleOf(item))), 0).slice(indent.length),
      prose(`${indent}${clean(text)}`, 0),
      ...(item.command === undefined ? [] : [command(`${indent}  ${cleanCommand(item.command)}`)]),
    ];
  });
  const hiddenCount = items.length - shown.length;
  return hiddenCount > 0 ? [...lines, `${indent}${messages.moreItems(hiddenCount)}`] : lines;
}

/** How the missing permissions are printed. */
interface PermissionOptions {
  /** Returns the command that prints the permissions of this run, with the optional ones if needed. */
  command?(needsOptional: boolean): string;
  /** True if the verdict already counts the checks. */
  isInTitle: boolean;
}

/** Returns a line for each missing permission, and the command that prints a policy with them. */
export function permissionLines(
  { paintResult: paint, prose, command, resultWidth }: Output,
  checks: readonly VerifyCheck[],
  options: PermissionOptions,
): string[] {
  const lacking = withSubjects(checks.filter(lacksPermission));
  if (lacking.length === 0) return [];
  const byAction = [...groupedBy(lacking, ({ check }) => check.awsAction ?? '')];
  const width = Math.max(...byAction.map(([action]) => action.length));
  const title = `${verdictMark(paint, 'cannot-tell')} ${messages.missingPermissions(lacking.length)}`;
  const needsOptional = lacking.some(({ check: { id } }) => isInformational(id) || id.endsWith('-other-end'));
  return [
    ...(options.isInTitle ? [] : [prose(title)]),
    ...byAction.flatMap(([action, group]) => {
      const subjects = [...groupedBy(group, ({ subject }) => subject.arn).values()];
      const titles = subjects.map(([{ subject }]) =>
        subject.kind === 'caller' ? messages.caller : titleOf({ kind: subject.kind, subjects: [subject] }),
      );
      const what = clean(messages.checksOf(group.length, titles));
      const line = `  ${clean(action).padEnd(width)}  ${what}`;
      return line.length > resultWidth ? [`  ${clean(action)}`, prose(`    ${what}`)] : [line];
    }),
    '',
    ...(options.command
      ? [
          prose(`  ${messages.printPolicy(byAction.length)}`),
          command(`    ${cleanCommand(options.command(needsOptional))}`),
        ]
      : [prose(`  ${messages.askForThem}`)]),
  ];
}
