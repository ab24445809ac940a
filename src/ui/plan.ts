import type { Message } from '../failure.ts';
import type { Change, ChangeAction, Conflict } from '../plan-types.ts';
import { clean, cleanCommand, cleanLines, groupByText, MOST_LINES } from '../text.ts';
import { batchMessages } from './batch-messages.ts';
import { setupMessages as messages } from './messages.ts';
import type { Output } from './output.ts';

/** The planned changes, and warnings about them. */
export interface ShownPlan {
  changes: Change[];
  warnings: string[];
}

/**
 * Prints the plan: a line for each resource, then the warnings. If there are many secrets, those with the same change and reason
 * share a line.
 * @param unfolded true to print a line for each resource, however many there are
 */
export function showPlan(
  output: Output,
  { changes, warnings }: ShownPlan,
  title: string,
  { unfolded = false } = {},
): void {
  const { paint } = output;
  output.info(paint.bold(title));
  for (const line of planLines(output, changes, { unfolded })) output.info(line);
  const shown = unfolded ? warnings : warnings.slice(0, MOST_LINES);
  for (const warning of shown) showWarning(output, warning);
  if (shown.length < warnings.length)
    output.info(`  ${batchMessages.moreNotes(warnings.length - shown.length)}`);
  output.info();
}

/** Prints a warning that doesn't stop the run. */
export function showWarning({ paint, info }: Output, warning: string): void {
  info(`  ${paint.yellow('!')} ${clean(warning)}`);
}

/** Returns the lines of a plan: one for each resource, or one for each group of similar resources. */
export function planLines(output: Output, changes: Change[], { unfolded }: { unfolded: boolean }): string[] {
  const groupBy = ({ action, region, reason }: Change) => JSON.stringify([action, region, reason]);
  const groups = groupByText(changes, unfolded || !isLongPlan({ changes }) ? undefined : groupBy);
  return groups.map(([first, ...others]) => planLine(output, first, others.length + 1));
}

/** Returns true if a plan is too long to read line by line. */
export function isLongPlan({ changes }: Pick<ShownPlan, 'changes'>): boolean {
  return changes.filter(({ resource }) => resource === 'secret').length > MOST_LINES;
}

/** @param count the number of resources that the line stands for */
function planLine({ paint }: Output, change: Change, count: number): string {
  const { action, resource, name, region, reason } = change;
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
  const what = `${messages.mark[action]} ${messages.verb[action].padEnd(7)}`;
  const where = region ? ` (${region})` : '';
  const subject =
    count === 1
      ? `${messages.resource[resource]} ${paint.bold(clean(name))}`
      : paint.bold(batchMessages.several[resource](count));
  return `  ${colors[action](what)} ${subject}${where}: ${clean(reason)}`;
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
  /** True for a command, which is printed as one line that can be copied. */
  unwrapped: boolean;
}

/** Returns the lines of a message, with a command on its own line. */
export function messageLines(message: Message): MessageLine[] {
  if (typeof message === 'string' || 'resolutions' in message || message.command === undefined)
    return [{ text: clean(messageText(message)), unwrapped: false }];
  const indent = /^ */.exec(message.remedy)?.[0] ?? '';
  return [
    { text: clean(message.remedy), unwrapped: false },
    { text: `${indent}  ${cleanCommand(message.command)}`, unwrapped: true },
  ];
}

/** Returns a message as one line. */
export function messageText(message: Message): string {
  if (typeof message === 'string') return message;
  if ('resolutions' in message)
    return messages.resolutions(message.resolutions.map(({ flag, text }) => `${flag} (${text})`));
  return message.command === undefined ? message.remedy : `${message.remedy} ${message.command}`;
}
