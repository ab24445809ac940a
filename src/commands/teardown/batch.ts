import { secretsOf } from '../../cli/batch/manifest-secrets.ts';
import {
  beginBatch,
  endOfBatch,
  failedAmong,
  printSkipped,
  runWithManifest,
  withDoneForFailed,
} from '../../cli/batch/run-batch.ts';
import { failedMembers, leftMembers, printJson } from '../../cli/json.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { printChanges, showAccount } from '../../cli/step-context.ts';
import type { ExitCode } from '../../failure.ts';
import type { Manifest } from '../../manifest/members.ts';
import type { FailedKey } from '../../plan-types.ts';
import { toldApart } from '../../steps/groups.ts';
import { isOpen } from '../../steps/plan.ts';
import { batchEndings, batchMessages } from '../../ui/batch-messages.ts';
import { asPlanned, type TornDown } from './apply/index.ts';
import { type PlannedTeardown, planToTakeDown, scheduledIn, takeDown, tornDownMembers } from './keys.ts';
import { teardownMessages as messages } from './messages.ts';
import { showBatchTeardown, undoManifestCommand } from './summary.ts';
import type { TeardownRequest } from './types.ts';

/** How to tear down what a manifest names. */
export interface TeardownHow extends Omit<TeardownRequest, 'targets'> {
  dryRun: boolean;
}

/**
 * Runs `teardown --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runTeardownManifest(path: string, how: TeardownHow, common: CommonOptions): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performTeardownManifest(run, manifest, how));
}

/** Reads, plans, confirms and applies, like `teardown`, for all keys of a manifest. */
export async function performTeardownManifest(
  run: CommandRun,
  manifest: Manifest,
  { dryRun, recoveryDays, includeUntagged }: TeardownHow,
): Promise<ExitCode> {
  beginBatch(run, dryRun);
  const request = { targets: manifest.keys.flatMap(secretsOf), recoveryDays, includeUntagged };
  const planned = await planToTakeDown(run, request);
  const { plan } = planned;
  await showAccount(run);
  const expected = asPlanned(plan);
  const open = plan.targets.filter(isOpen);
  const { length: all } = request.targets;
  const nothingToDo = batchMessages.nothingToDo.teardown(open.length, all);
  const changes = (open.length > 0 || all === 0) && printChanges(run, plan, { dryRun, nothingToDo });
  if (dryRun || !changes) return finish(run, manifest, planned, expected, dryRun);
  printSkipped(run, failedOf(request, expected), request.targets.length, batchEndings.teardown);
  if (run.interactive)
    await confirm(
      run,
      open.map(({ target }) => target.name),
    );
  return finish(run, manifest, planned, await takeDown(run, request, planned), dryRun);
}

/** Nobody types many names. Typing their number shows that the user has read the plan. */
async function confirm(run: CommandRun, [first = '', ...others]: string[]): Promise<void> {
  const { confirmByTyping } = await import('./wizard.ts');
  const count = `${others.length + 1}`;
  const question =
    others.length === 0
      ? { asked: messages.confirmName(first), wanted: first }
      : { asked: messages.confirmNumber(count), wanted: count };
  await confirmByTyping(run, question);
}

function failedOf({ targets }: Pick<TeardownRequest, 'targets'>, { failures }: TornDown): FailedKey[] {
  return failedAmong(toldApart(targets), failures);
}

function finish(
  run: CommandRun,
  manifest: Manifest,
  { found, plan }: PlannedTeardown,
  done: TornDown,
  dryRun: boolean,
): ExitCode {
  const { output } = run;
  const failed = failedOf({ targets: plan.targets.map(({ target }) => target) }, done);
  const whole = { ...done, ...withDoneForFailed({ ...done, ofManifest: true }, run) };
  const scheduled = scheduledIn(plan, whole);
  const undo = scheduled.length > 0 ? undoManifestCommand(manifest.commandPath) : undefined;
  if (output.options.json) {
    const { account, partition } = found.identity;
    printJson(output, {
      dryRun: dryRun || undefined,
      account,
      partition,
      ...tornDownMembers(whole, scheduled),
      undo,
      ...leftMembers(run.outcomes),
      ...failedMembers(failed),
    });
  } else if (!dryRun && (undo || failed.length < plan.targets.length)) {
    showBatchTeardown(output, { scheduled, undo, changes: plan.changes });
  }
  return endOfBatch(run, {
    failed,
    all: plan.targets.length,
    reported: { secrets: whole.secrets, policies: done.policies, roles: done.roles },
    end: batchEndings.teardown,
  });
}
