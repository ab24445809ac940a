import type { Message } from '../failure.ts';
import type { Change, ChangeAction, Conflict } from '../plan-types.ts';
import { folded, MOST_LINES, plain, plainCommand, plainLines } from '../text.ts';
import { batchMessages } from './batch-messages.ts';
import { setupMessages as messages } from './messages.ts';
import type { Output } from './output.ts';

/** What is planned, and what the user should know of it. */
export interface ShownPlan {
  changes: Change[];
  warnings: string[];
}

/**
 * Shows the plan: a line for each resource, then what the user should know. Where there are many secrets, those of which
 * the same is to be said have a line together.
 * @param whole whether nothing is folded
 */
export function showPlan(
  output: Output,
  { changes, warnings }: ShownPlan,
  title: string,
  { whole = false } = {},
): void {
  const { paint } = output;
  output.say(paint.bold(title));
  for (const line of planLines(output, changes, whole)) output.say(line);
  const shown = whole ? warnings : warnings.slice(0, MOST_LINES);
  for (const warning of shown) showWarning(output, warning);
  if (shown.length < warnings.length)
    output.say(`  ${batchMessages.moreNotes(warnings.length - shown.length)}`);
  output.say();
}

/** Shows something that the user should know and that stops nothing. */
export function showWarning({ paint, say }: Output, warning: string): void {
  say(`  ${paint.yellow('!')} ${plain(warning)}`);
}

/** The lines of a plan, one a resource, or with like ones folded. */
export function planLines(output: Output, changes: Change[], whole: boolean): string[] {
  const alike = (change: Change) => JSON.stringify([change.action, change.region, change.reason]);
  return folded(changes, whole || !isLong({ changes }) ? undefined : alike).map(([first, ...others]) =>
    planLine(output, first, others.length + 1),
  );
}

/** Whether a plan is too long to be read line by line. */
export function isLong({ changes }: Pick<ShownPlan, 'changes'>): boolean {
  return changes.filter(({ resource }) => resource === 'secret').length > MOST_LINES;
}

/** @param count how many resources the line is about */
function planLine({ paint }: Output, change: Change, count: number): string {
  const { action, resource, name, region, reason } = change;
  const color = {
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
      ? `${messages.resource[resource]} ${paint.bold(plain(name))}`
      : paint.bold(batchMessages.several[resource](count));
  return `  ${color[action](what)} ${subject}${where}: ${plain(reason)}`;
}

/** Whether a plan changes anything at all. */
export function changesAnything(changes: { action: ChangeAction }[]): boolean {
  return changes.some(({ action }) => action !== 'keep');
}

/** The documents of a plan as text, for those who ask to see them. */
export function planDocuments({ paint }: Output, changes: Change[]): string {
  return changes
    .filter(({ document }) => document !== undefined)
    .map(({ name, resource, document }) => {
      const title = paint.bold(`${messages.resource[resource]} ${plain(name)}`);
      return `${title}\n${plainLines(JSON.stringify(document, undefined, 2))}`;
    })
    .join('\n\n');
}

/** What a conflict says, line by line. */
export function conflictLines({ found, details }: Conflict): string[] {
  return [plain(found), ...details.map((detail) => `  ${plain(messageText(detail))}`)];
}

/** A line of a message. */
export interface MessageLine {
  text: string;
  /** Whether it is a command, which is not broken, so that it can be copied. */
  whole: boolean;
}

/** Returns the lines of a message, with the command on a line of its own. */
export function messageLines(message: Message): MessageLine[] {
  if (typeof message === 'string' || 'waysOut' in message || message.command === undefined)
    return [{ text: plain(messageText(message)), whole: false }];
  const indent = /^ */.exec(message.remedy)?.[0] ?? '';
  return [
    { text: plain(message.remedy), whole: false },
    { text: `${indent}  ${plainCommand(message.command)}`, whole: true },
  ];
}

/** Returns a message as one line. */
export function messageText(message: Message): string {
  if (typeof message === 'string') return message;
  if ('waysOut' in message)
    return messages.waysOut(message.waysOut.map(({ flag, text }) => `${flag} (${text})`));
  return message.command === undefined ? message.remedy : `${message.remedy} ${message.command}`;
}
