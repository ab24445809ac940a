import { regionsIn, secretsOf } from '../../cli/batch/manifest-secrets.ts';
import {
  beginBatch,
  endOfBatch,
  failedAmong,
  printSkipped,
  runWithManifest,
  withOutcomesOfFailed,
} from '../../cli/batch/run-batch.ts';
import { failedMembers, printJson, remainingMembers } from '../../cli/json.ts';
import type { CommonOptions } from '../../cli/options.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { printChanges, showAccount } from '../../cli/step-context.ts';
import type { ExitCode } from '../../failure.ts';
import type { Manifest } from '../../manifest/fields.ts';
import type { FailedKey } from '../../plan-types.ts';
import { disambiguated } from '../../steps/groups.ts';
import { canProceed } from '../../steps/plan.ts';
import { batchEndings, batchMessages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { asPlanned, type TeardownResult } from './apply/index.ts';
import {
  observeAndPlan,
  type PlannedTeardown,
  scheduledIn,
  tearDownAndVerify,
  teardownMembers,
} from './keys.ts';
import { teardownMessages as messages } from './messages.ts';
import { showTeardown, undoManifestCommand } from './summary.ts';
import type { TargetPlan, TeardownPlan, TeardownRequest } from './types.ts';

/** The options of `teardown --manifest`, besides the manifest. */
export interface ManifestTeardownOptions extends Omit<TeardownRequest, 'targets'> {
  dryRun: boolean;
}

/**
 * Runs `teardown --manifest` and returns the exit code. Prints failures.
 * @throws Failure if the manifest has mistakes
 */
export function runTeardownManifest(
  path: string,
  options: ManifestTeardownOptions,
  common: CommonOptions,
): Promise<number> {
  return runWithManifest(path, common, (run, manifest) => performTeardownManifest(run, manifest, options));
}

/** Reads, plans, confirms and applies, like `teardown`, for all keys of a manifest. */
export async function performTeardownManifest(
  run: CommandRun,
  manifest: Manifest,
  { dryRun, recoveryDays, includeUntagged }: ManifestTeardownOptions,
): Promise<ExitCode> {
  beginBatch(run, dryRun);
  const request = { targets: manifest.keys.flatMap(secretsOf), recoveryDays, includeUntagged };
  const planned = await observeAndPlan(run, request);
  const { plan } = planned;
  await showAccount(run);
  const expected = asPlanned(plan);
  const proceedingTargets = plan.targets.filter(canProceed);
  const targetCount = request.targets.length;
  const nothingToDo = batchMessages.nothingToDo.teardown(proceedingTargets.length, targetCount);
  const subject = setupMessages.manifestSubject(manifest.commandPath, targetCount, regionsIn(manifest));
  const hasChanges =
    (proceedingTargets.length > 0 || targetCount === 0) &&
    printChanges(run, plan, { dryRun, nothingToDo, subject });
  if (dryRun || !hasChanges) return finish(run, manifest, planned, expected, dryRun);
  printSkipped(run, failedOf(plan, expected), targetCount, batchEndings.teardown);
  if (run.interactive) await confirm(proceedingTargets);
  return finish(run, manifest, planned, await tearDownAndVerify(run, request, planned), dryRun);
}

/**
 * Makes the user type the name of a single secret, or the number of several secrets. Typing all names would take too long, and
 * the number also shows that the user has read the plan.
 */
async function confirm(targets: TargetPlan[]): Promise<void> {
  const { confirmByTyping } = await import('./wizard.ts');
  const [first = '', ...others] = targets.map(({ target }) => target.name);
  const count = String(targets.length);
  const confirmation =
    others.length === 0
      ? { question: messages.confirmName(first), hint: messages.confirmWhy, expected: first }
      : { question: messages.confirmNumber(count), hint: messages.confirmWhyAll, expected: count };
  await confirmByTyping(confirmation);
}

function failedOf({ targets }: TeardownPlan, { failures }: TeardownResult): FailedKey[] {
  return failedAmong(disambiguated(targets.map(({ target }) => target)), failures);
}

function finish(
  run: CommandRun,
  manifest: Manifest,
  { found, plan }: PlannedTeardown,
  result: TeardownResult,
  dryRun: boolean,
): ExitCode {
  const { output } = run;
  const failed = failedOf(plan, result);
  const reportedResult = { ...result, ...withOutcomesOfFailed({ ...result, isBatch: true }, run) };
  const scheduled = scheduledIn(plan, reportedResult);
  const undo = scheduled.length > 0 ? undoManifestCommand(manifest.commandPath) : undefined;
  if (output.options.json) {
    printJson(output, {
      ...teardownMembers(found.identity, reportedResult, { scheduled, undo, dryRun }),
      ...remainingMembers(run.outcomes),
      ...failedMembers(failed),
    });
  } else if (!dryRun && (undo || failed.length < plan.targets.length)) {
    const { changes } = plan;
    showTeardown(output, { isBatch: true, scheduled, undo, changes, outcomes: reportedResult });
  }
  return endOfBatch(run, {
    failed,
    keyCount: plan.targets.length,
    reported: { secrets: reportedResult.secrets, policies: result.policies, roles: result.roles },
    end: batchEndings.teardown,
  });
}
