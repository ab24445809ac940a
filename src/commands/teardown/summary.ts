import { labeledValue } from '../../cli/summary.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { KeyType } from '../../key/index.ts';
import type { Change } from '../../plan-types.ts';
import { groupByText, MOST_LINES } from '../../text.ts';
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
  scheduled: ScheduledSecret[];
  /** The command that undoes the teardown, if there is anything to restore. */
  undo: string | undefined;
  /** The planned changes. If a run has none, everything was done earlier. */
  changes: Change[];
}

/** Prints until when the secret can be restored, and how. */
export function showTeardown(output: Output, { scheduled, undo, changes }: TeardownSummary): void {
  if (undo === undefined) {
    showKept(output, changes);
    return;
  }
  const headline = changesAnything(changes) ? messages.done : messages.doneAlready;
  const lines = [
    output.paintResult.green.bold(headline(scheduled.map(({ region }) => region))),
    ...scheduled.flatMap(secretLines),
    '',
    output.prose(messages.undo),
    `  ${undo}`,
  ];
  output.result(lines.join('\n'));
}

/** Like `showTeardown`, for many secrets: lists them or, if there are too many, prints their number in each Region. */
export function showBatchTeardown(output: Output, { scheduled, undo, changes }: TeardownSummary): void {
  if (undo === undefined) {
    showKept(output, changes);
    return;
  }
  const headline = changesAnything(changes) ? messages.doneAll : messages.doneAllAlready;
  const groupKey = scheduled.length > MOST_LINES ? ({ region }: ScheduledSecret) => region : undefined;
  const lines = [
    output.paintResult.green.bold(headline(scheduled.length)),
    ...groupByText(scheduled, groupKey).flatMap(([first, ...others]) =>
      others.length === 0
        ? secretLines(first)
        : [messages.goneAfter(first.region, others.length + 1, first.until)],
    ),
    '',
    output.prose(messages.undoAll),
    `  ${undo}`,
  ];
  output.result(lines.join('\n'));
}

function secretLines({ region, arn, until }: ScheduledSecret): string[] {
  return labeledValue(messages.deletedOn(region, until), arn);
}

/** Prints what stays, and why, if no secret is scheduled for deletion. */
function showKept(output: Output, changes: Change[]): void {
  const kept = changes.filter(({ action }) => action === 'keep');
  const headline = changesAnything(changes) ? messages.doneWithoutSecret : messages.doneNothing;
  const lines = planLines(output, kept, { unfolded: kept.length <= MOST_LINES });
  output.result([headline, ...(lines.length > 0 ? [messages.kept, ...lines] : [])].join('\n'));
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
