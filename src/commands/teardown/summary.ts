import { field } from '../../cli/summary.ts';
import type { Change } from '../../plan-types.ts';
import { folded, MOST_LINES } from '../../text.ts';
import { own } from '../../ui/commands.ts';
import type { Output } from '../../ui/output.ts';
import { changesAnything, planLines } from '../../ui/plan.ts';
import { teardownMessages as messages } from './messages.ts';

/** A secret that is scheduled for deletion, and until when it can be restored, where that is known. */
export interface ScheduledSecret {
  region: string;
  arn: string;
  until?: Date;
}

/** What a finished teardown has to say. */
export interface TeardownSummary {
  scheduled: ScheduledSecret[];
  /** The command that undoes it, where there is anything to restore. */
  undo: string | undefined;
  /** What was planned. Empty changes of a run mean that all of it was done before. */
  changes: Change[];
}

/** Prints until when the secret can be restored, and how. */
export function showTeardown(output: Output, { scheduled, undo, changes }: TeardownSummary): void {
  const { paintResult: paint, prose } = output;
  if (undo === undefined) {
    showKept(output, changes);
    return;
  }
  const done = changesAnything(changes) ? messages.done : messages.doneAlready;
  const dated = scheduled.flatMap(({ region, arn, until }) => field(messages.deletedOn(region, until), arn));
  const lines = [
    paint.green.bold(done(scheduled.map(({ region }) => region))),
    ...dated,
    '',
    prose(messages.undo),
    `  ${undo}`,
  ];
  output.result(lines.join('\n'));
}

/** The same for many secrets: one by one, or, where that is too much to read, how many in which Region. */
export function showBatchTeardown(output: Output, { scheduled, undo, changes }: TeardownSummary): void {
  if (undo === undefined) {
    showKept(output, changes);
    return;
  }
  const done = changesAnything(changes) ? messages.doneAll : messages.doneAllAlready;
  const alike = scheduled.length > MOST_LINES ? ({ region }: ScheduledSecret) => region : undefined;
  const lines = [
    output.paintResult.green.bold(done(scheduled.length)),
    ...folded(scheduled, alike).flatMap(([first, ...others]) =>
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

/** Says what stays, and why, where no secret is scheduled for deletion. */
function showKept(output: Output, changes: Change[]): void {
  const kept = changes.filter(({ action }) => action === 'keep');
  const done = changesAnything(changes) ? messages.doneOther : messages.doneNothing;
  const lines = planLines(output, kept, kept.length <= MOST_LINES);
  output.result([done, ...(lines.length > 0 ? [messages.kept, ...lines] : [])].join('\n'));
}

/** The command that brings back what a manifest names. */
export function undoManifestCommand(path: string): string {
  return own('setup', '--manifest', path, '--restore');
}

/** The command that brings the secrets back, and what was taken down with them. */
export function undoCommand(
  arns: string[],
  names: { policyName?: string; roleName?: string; keyType?: 'srt-password' },
): string {
  return own(
    ...['setup', '--restore', ...arns.flatMap((arn) => ['--secret-arn', arn])],
    ...(names.policyName ? ['--policy-name', names.policyName] : []),
    ...(names.roleName ? ['--role-name', names.roleName] : []),
    ...(names.keyType ? ['--key-type', names.keyType] : []),
  );
}
