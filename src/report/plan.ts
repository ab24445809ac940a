import type { Output } from './output.ts';
import { plain, plainLines } from './plain.ts';
import type { Change, ChangeAction, Conflict } from './types.ts';
import { setupWords as words } from './words/setup.ts';

/** Shows the plan: a line for each resource, then what the user should know. */
export function showPlan(
  output: Output,
  { changes, warnings }: { changes: Change[]; warnings: string[] },
  title: string,
): void {
  const { paint } = output;
  output.say(paint.bold(title));
  for (const change of changes) output.say(planLine(output, change));
  for (const warning of warnings) output.say(`  ${paint.yellow('!')} ${plain(warning)}`);
  output.say();
}

function planLine({ paint }: Output, { action, resource, name, region, reason }: Change): string {
  const colour = {
    create: paint.green,
    attach: paint.green,
    update: paint.yellow,
    restore: paint.yellow,
    keep: paint.dim,
    schedule: paint.red,
    detach: paint.red,
    delete: paint.red,
  };
  const what = `${words.mark[action]} ${words.verb[action].padEnd(7)}`;
  const where = region ? ` (${region})` : '';
  return `  ${colour[action](what)} ${words.resource[resource]} ${paint.bold(plain(name))}${where}: ${plain(reason)}`;
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
      const title = paint.bold(`${words.resource[resource]} ${plain(name)}`);
      return `${title}\n${plainLines(JSON.stringify(document, undefined, 2))}`;
    })
    .join('\n\n');
}

/** What a conflict says, line by line. */
export function conflictLines({ found, details }: Conflict): string[] {
  return [plain(found), ...details.map((detail) => `  ${plain(detail)}`)];
}

/** The ways out of a conflict in one sentence; nothing when there are none. */
export function waysOut({ choices }: Conflict): string | undefined {
  return choices.length === 0
    ? undefined
    : words.waysOut(choices.map(({ flag, text }) => `${flag} (${text})`));
}
