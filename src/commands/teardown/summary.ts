import { field } from '../../cli/summary.ts';
import type { Change } from '../../plan-types.ts';
import { folded, MOST_LINES } from '../../text.ts';
import { toolCommand } from '../../ui/commands.ts';
import type { Output } from '../../ui/output.ts';
import { changesAnything, planLines } from '../../ui/plan.ts';
import { teardownMessages as messages } from './messages.ts';

/** A secret that is scheduled for deletion, and until when it can be restored, if known. */
export interface ScheduledSecret {
  region: string;
  arn: string;
  until?: Date;
}

/** What to print after a teardown. */
export interface TeardownSummary {
  scheduled: ScheduledSecret[];
  /** The command that undoes it, if there is anything to restore. */
  undo: string | undefined;
  /** The planned changes. If a run has none, everything was done earlier. */
  changes: Change[];
}

/** Prints how long the secret can be restored, and how. */
export function showTeardown(output: Output, { scheduled, undo, changes }: TeardownSummary): void {
  const { paintResult: paint, prose } = output;
  if (undo === undefined) {
    showKept(output, changes);
    return;
  }
  const headline = changesAnything(changes) ? messages.done : messages.doneAlready;
  const scheduledLines = scheduled.flatMap(({ region, arn, until }) =>
    field(messages.deletedOn(region, until), arn),
  );
  const lines = [
    paint.green.bold(headline(scheduled.map(({ region }) => region))),
    ...scheduledLines,
    '',
    prose(messages.undo),
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
    ...folded(scheduled, groupKey).flatMap(([first, ...others]) =>
      others.length === 0
        ? field(messages.deletedOn(first.region, first.until), first.arn)
        : [messages.goneAfter(first.region, others.length + 1, first.until)],
    ),
    '',
    output.prose(messages.undoAll),
    `  ${undo}`,
  ];
  output.result(lines.join('\n'));
}

/** Prints what stays, and why, if no secret is scheduled for deletion. */
function showKept(output: Output, changes: Change[]): void {
  const kept = changes.filter(({ action }) => action === 'keep');
  const headline = changesAnything(changes) ? messages.doneOther : messages.doneNothing;
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
  names: { policyName?: string; roleName?: string; keyType?: 'srt-password' },
): string {
  return toolCommand(
    ...['setup', '--restore', ...arns.flatMap((arn) => ['--secret-arn', arn])],
    ...(names.policyName ? ['--policy-name', names.policyName] : []),
    ...(names.roleName ? ['--role-name', names.roleName] : []),
    ...(names.keyType ? ['--key-type', names.keyType] : []),
  );
}
