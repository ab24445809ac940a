import type { Message, Resolution } from '../failure.ts';
import type { Change, ChangeAction, Conflict } from '../plan-types.ts';
import { clean, cleanCommand, cleanLines, groupByText, MOST_LINES } from '../text.ts';
import { batchMessages } from './batch-messages.ts';
import { setupMessages as messages } from './messages.ts';
import { type Output, ROOM_FOR_COLUMNS } from './output.ts';

/** The planned changes, and warnings about them. */
export interface ShownPlan {
  changes: Change[];
  warnings: string[];
}

/** How to print a plan. */
export interface PlanOptions {
  /** True to print a line for each resource, however many there are. */
  unfolded?: boolean;
  /** A short text at the right end of the title. */
  note?: string;
}

/**
 * Prints the plan: a line for each resource, the totals, then the warnings. If there are many secrets, those with the same change
 * and reason share a line.
 */
export function showPlan(
  output: Output,
  { changes, warnings }: ShownPlan,
  title: string,
  { unfolded = false, note = '' }: PlanOptions = {},
): void {
  output.info(titleLine(output, title, note));
  output.info();
  for (const line of planLines(output, changes, { unfolded })) output.info(line);
  if (changesAnything(changes)) {
    output.info();
    const totals = totalsOf(changes);
    output.info(output.width < ROOM_FOR_COLUMNS ? totals : `  ${messages.planTotals(totals)}`);
  }
  const shown = unfolded ? warnings : warnings.slice(0, MOST_LINES);
  for (const warning of shown) showWarning(output, warning);
  if (shown.length < warnings.length)
    output.info(`  ${batchMessages.moreNotes(warnings.length - shown.length)}`);
  output.info();
}

function titleLine({ paint, width }: Output, title: string, note: string): string {
  const space = width - title.length - note.length;
  return note === '' ? paint.bold(title) : `${paint.bold(title)}${' '.repeat(Math.max(space, 2))}${note}`;
}

function totalsOf(changes: Change[]): string {
  const countOf = (...actions: ChangeAction[]) =>
    changes.filter(({ action }) => actions.includes(action)).length;
  return messages.totals(
    countOf('create', 'attach'),
    countOf('update', 'restore'),
    countOf('schedule', 'detach', 'delete'),
  );
}

/** Prints a warning that doesn't stop the run. */
export function showWarning({ paint, info }: Output, warning: string): void {
  info(`  ${paint.yellow('!')} ${clean(warning)}`);
}

/** The Region after a longer name follows without alignment. */
const WIDEST_NAME = 40;

/** A change, or several similar ones that share a line. */
interface PlanRow extends Change {
  kind: string;
}

/**
 * Returns the lines of a plan: one for each resource, or one for each group of similar resources, with the reason below. The reason
 * that successive lines have in common is printed once.
 */
export function planLines(output: Output, changes: Change[], { unfolded }: { unfolded: boolean }): string[] {
  const groupBy = ({ action, resource, region, reason }: Change) =>
    JSON.stringify([action, resource, region, reason]);
  const groups = groupByText(changes, unfolded || !isLongPlan({ changes }) ? undefined : groupBy);
  const rows = groups.map(([first, ...others]): PlanRow => {
    const { resource, name } = first;
    const last = others.at(-1);
    if (!last) return { ...first, name: clean(name), kind: messages.resource[resource] };
    const kind = batchMessages.several[resource](others.length + 1);
    return { ...first, name: clean(`${name} … ${last.name}`), kind };
  });
  return output.width < ROOM_FOR_COLUMNS
    ? rows.flatMap((row) => narrowLines(output, row))
    : table(output, rows);
}

function table(output: Output, rows: PlanRow[]): string[] {
  const verbWidth = Math.max(0, ...rows.map(({ action }) => messages.verb[action].length));
  const kindWidth = Math.max(0, ...rows.map(({ kind }) => kind.length));
  const regional = rows.filter(({ region }) => region !== undefined);
  const nameWidth = Math.min(Math.max(0, ...regional.map(({ name }) => name.length)), WIDEST_NAME);
  const indent = ' '.repeat(verbWidth + kindWidth + 8);
  return rows.flatMap((row, index) => {
    const { action, kind, name, region, reason } = row;
    const paint = paintOf(output, action);
    const what = paint(`${messages.mark[action]} ${messages.verb[action].padEnd(verbWidth)}`);
    const start = `  ${what}  ${kind.padEnd(kindWidth)}  `;
    if (isAttachment(action) && indent.length + name.length + reason.length + 1 <= output.width)
      return [`${start}${output.paint.bold(name)} ${clean(reason)}`];
    const padding = ' '.repeat(Math.max(nameWidth - name.length, 0));
    const line = `${start}${output.paint.bold(name)}${region ? `${padding}  ${region}` : ''}`;
    const details = hasSameReason(row, rows[index + 1]) ? [] : [indent + output.paint.dim(clean(reason))];
    return [line, ...details, ...differenceLines(output, row)];
  });
}

function narrowLines(output: Output, row: PlanRow): string[] {
  const { action, kind, name, region, reason } = row;
  return [
    paintOf(output, action)(`${messages.mark[action]} ${messages.verb[action]} ${kind}`),
    ...[output.paint.bold(name), ...(region ? [region] : []), output.paint.dim(clean(reason))].map(
      (line) => `  ${line}`,
    ),
    ...differenceLines(output, row),
  ];
}

/** Returns what a change adds to a document, and what stays. */
function differenceLines({ paint }: Output, { difference }: Change): string[] {
  if (!difference) return [];
  return [
    `    ${difference.title}`,
    ...difference.lines.map(
      ({ mark, text }) => `    ${mark === '+' ? paint.green(mark) : paint.dim(mark)} ${clean(text)}`,
    ),
  ];
}

function hasSameReason(row: PlanRow, next: PlanRow | undefined): boolean {
  const isAlike = row.action === next?.action && row.resource === next.resource && row.reason === next.reason;
  return isAlike && !row.difference;
}

function isAttachment(action: ChangeAction): boolean {
  return action === 'attach' || action === 'detach';
}

function paintOf({ paint }: Output, action: ChangeAction) {
  const colors = {
    create: paint.green,
    attach: paint.green,
    update: paint.yellow,
    restore: paint.yellow,
    keep: paint.dim,
    schedule: paint.red,
    detach: paint.red,
    delete: paint.red,
  };
  return colors[action];
}

/** Returns true if a plan is too long to read line by line. */
export function isLongPlan({ changes }: Pick<ShownPlan, 'changes'>): boolean {
  return changes.filter(({ resource }) => resource === 'secret').length > MOST_LINES;
}

/** Returns true if a plan changes anything. */
export function changesAnything(changes: { action: ChangeAction }[]): boolean {
  return changes.some(({ action }) => action !== 'keep');
}

/** Returns the documents of a plan as text, shown on request. */
export function planDocuments({ paint }: Output, changes: Change[]): string {
  return changes
    .filter(({ document }) => document !== undefined)
    .map(({ name, resource, document }) => {
      const title = paint.bold(`${messages.resource[resource]} ${clean(name)}`);
      return `${title}\n${cleanLines(JSON.stringify(document, undefined, 2))}`;
    })
    .join('\n\n');
}

/** Returns the lines that describe a conflict. */
export function conflictLines({ found, details }: Conflict): string[] {
  return [clean(found), ...details.map((detail) => `  ${clean(messageText(detail))}`)];
}

/** A line of a message for the user. */
export interface MessageLine {
  text: string;
  /** True for a command, which is not wrapped like prose, so that it can be copied. */
  unwrapped: boolean;
}

/** Returns the lines of a message, with a command or an option on its own line. */
export function messageLines(message: Message): MessageLine[] {
  const prose = (text: string) => ({ text: clean(text), unwrapped: false });
  if (typeof message === 'string') return [prose(message)];
  if ('resolutions' in message) return resolutionLines(message.resolutions).map(prose);
  if (message.command === undefined) return [prose(message.remedy)];
  const indent = /^ */.exec(message.remedy)?.[0] ?? '';
  return [prose(message.remedy), { text: `${indent}  ${cleanCommand(message.command)}`, unwrapped: true }];
}

function resolutionLines(resolutions: Resolution[]): string[] {
  const width = Math.max(...resolutions.map(({ flag }) => flag.length));
  return [
    resolutionTitle(resolutions),
    ...resolutions.map(({ flag, text }) => `  ${flag.padEnd(width)}   ${text}`),
  ];
}

function resolutionTitle({ length }: Resolution[]): string {
  return length === 1 ? messages.resolve.one : messages.resolve.several;
}

/** Returns a message as one line. */
export function messageText(message: Message): string {
  if (typeof message === 'string') return message;
  if ('resolutions' in message) {
    const { resolutions } = message;
    const choices = resolutions.map(({ flag, text }) => `${flag} (${text})`).join('; ');
    return `${resolutionTitle(resolutions)} ${choices}`;
  }
  return message.command === undefined ? message.remedy : `${message.remedy} ${message.command}`;
}
