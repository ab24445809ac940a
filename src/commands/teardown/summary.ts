import { DEFAULTS } from '../../defaults.ts';
import type { KeyType } from '../../key/index.ts';
import type { Change, Outcomes } from '../../plan-types.ts';
import { clean, cleanCommand, dayOf, groupByText, MOST_LINES } from '../../text.ts';
import { batchMessages } from '../../ui/batch-messages.ts';
import { keyTypeOption, toolCommand } from '../../ui/commands.ts';
import type { Output } from '../../ui/output.ts';
import { changesAnything, planLines } from '../../ui/plan.ts';
import { teardownMessages as messages } from './messages.ts';
import type { TeardownTarget } from './types.ts';

/** A secret that is scheduled for deletion. */
export interface ScheduledSecret {
  region: string;
  arn: string;
  /** Until when it can be restored, if known. */
  until?: Date;
}

/** What to print after a teardown. */
export interface TeardownSummary {
  isBatch: boolean;
  scheduled: ScheduledSecret[];
  /** The command that undoes the teardown, if there is anything to restore. */
  undo: string | undefined;
  /** The planned changes. If a run has none, everything was done earlier. */
  changes: Change[];
  outcomes: Outcomes;
}

/** Prints what was removed, until when the secrets can be restored, and how. */
export function showTeardown(output: Output, summary: TeardownSummary): void {
  const { scheduled, undo } = summary;
  if (undo === undefined) {
    showKept(output, summary);
    return;
  }
  const { paintResult: paint, prose, command } = output;
  const byDay = groupByText(scheduled, ({ until }) => (until ? dayOf(until) : ''));
  const lines = [
    prose(paint.green.bold(`✔ ${headline(summary)}`)),
    ...totalLines(output, summary),
    '',
    ...byDay.flatMap((secrets) => [
      prose(messages.restorable(secrets.length, secrets[0].until)),
      ...secretLines(secrets),
    ]),
    '',
    messages.undo,
    command(`  ${cleanCommand(undo)}`),
  ];
  output.result(lines.join('\n'));
}

function headline({ isBatch, scheduled, changes }: TeardownSummary): string {
  const isNew = changesAnything(changes);
  if (isBatch) return (isNew ? messages.doneAll : messages.doneAllAlready)(scheduled.length);
  return (isNew ? messages.done : messages.doneAlready)(scheduled.map(({ region }) => region));
}

function totalLines({ prose }: Output, { outcomes }: TeardownSummary): string[] {
  const totals = messages.totals(outcomes);
  return totals === '' ? [] : [prose(totals)];
}

/** Returns the ARNs of the secrets or, if there are too many, their number in each Region. */
function secretLines(secrets: ScheduledSecret[]): string[] {
  if (secrets.length <= MOST_LINES) return secrets.map(({ arn }) => `  ${clean(arn)}`);
  return groupByText(secrets, ({ region }) => region).map(
    ([{ region }, ...others]) => `  ${batchMessages.secretsInRegion(region, others.length + 1)}`,
  );
}

/** Prints what stays, and why, if no secret is scheduled for deletion. */
function showKept(output: Output, summary: TeardownSummary): void {
  const { changes } = summary;
  const kept = changes.filter(({ action }) => action === 'keep');
  const headlineText = changesAnything(changes) ? messages.doneWithoutSecret : messages.doneNothing;
  const lines = planLines(output, kept, { unfolded: kept.length <= MOST_LINES });
  output.result(
    [
      headlineText,
      ...totalLines(output, summary),
      ...(lines.length > 0 ? [messages.kept, ...lines] : []),
    ].join('\n'),
  );
}

/** Returns the command that restores what a manifest names. */
export function undoManifestCommand(path: string): string {
  return toolCommand('setup', '--manifest', path, '--restore');
}

/** Returns the command that restores the secrets, and what was torn down with them. */
export function undoCommand(
  arns: string[],
  { policyName, roleName }: TeardownTarget,
  keyType: KeyType,
): string {
  return toolCommand(
    ...['setup', '--restore', ...arns.flatMap((arn) => ['--secret-arn', arn])],
    ...(policyName === DEFAULTS.policyName ? [] : ['--policy-name', policyName]),
    ...(roleName === DEFAULTS.roleName ? [] : ['--role-name', roleName]),
    ...keyTypeOption(keyType),
  );
}
