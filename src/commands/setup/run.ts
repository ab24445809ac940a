import type { ReadBackResult } from '../../checks/setup/index.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { printJson, setupMembers } from '../../cli/json.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { runCommand } from '../../cli/run-command.ts';
import { completeAnswers, type SetupRun } from '../../cli/setup-inputs.ts';
import { printAccountAndPlan } from '../../cli/step-context.ts';
import { showSummary } from '../../cli/summary.ts';
import { EXIT } from '../../failure.ts';
import {
  type CompleteAnswers,
  completeRequest,
  regionsOf,
  type SetupAnswers,
  type SetupRequest,
} from '../../options/setup-request.ts';
import { conflictFailure } from '../../steps/conflict.ts';
import { expectedResults, type SetupResult } from '../../steps/results.ts';
import { setupMessages as messages } from '../../ui/messages.ts';
import { applyKeys, encryptionSettings, outcomesOf, type PlannedKeys, planKeys } from './keys.ts';
import { documentChecks, readBackKeys, undecidedChecks } from './read-back.ts';
import type { resolveConflict } from './wizard.ts';

/** Runs `setup` and returns the exit code. Prints failures. */
export function runSetup(answers: SetupAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, regionsOf(answers), async (run) => {
    await performSetup({ ...run, answers });
    return EXIT.done;
  });
}

/** Reads the current state, plans, confirms, applies and checks. */
export async function performSetup(run: SetupRun): Promise<void> {
  const wizard = run.interactive ? await import('./wizard.ts') : undefined;
  const initialAnswers = wizard ? await wizard.askMissing(run) : await completeAnswers(run);
  const { request, planned } = await planWithoutConflicts(run, initialAnswers, wizard?.resolveConflict);
  const { plan } = planned;
  const { dryRun } = run.answers;
  const hasChanges = await printAccountAndPlan(run, plan, { dryRun, nothingToDo: messages.nothingToDo });
  if (dryRun) return finish(run, request, expectedResults(plan));
  if (hasChanges && wizard) await (await import('../../cli/questions/context.ts')).confirm(run, plan);

  const result = demandSuccess(await applyKeys(run, planned));
  const outdated = planned.outdated.flat();
  const readBackResults = await readBackKeys(run, [request], result, outdated);
  await finish(run, request, demandSuccess(result), { readBackResults, outdated });
}

/**
 * Reads the current state and plans. In a terminal, asks about each conflict and plans again.
 * @param resolve undefined if the run can't prompt
 * @throws Failure with the conflicts that remain
 */
async function planWithoutConflicts(
  run: SetupRun,
  initialAnswers: CompleteAnswers,
  resolve?: typeof resolveConflict,
): Promise<{ request: SetupRequest; planned: PlannedKeys }> {
  let currentAnswers = initialAnswers;
  for (;;) {
    const request = completeRequest(currentAnswers.answers, currentAnswers.checked);
    const planned = await planKeys(run, [request]);
    const { failure, conflicts = [] } = planned.plan.keys[0] ?? {};
    if (failure) throw failure;
    const [conflict] = conflicts;
    if (!conflict) return { request: planned.requests[0] ?? request, planned };
    if (!resolve || conflict.choices.length === 0) throw conflictFailure(conflicts);
    currentAnswers = await resolve(run, conflict, currentAnswers);
  }
}

/** @throws the failure of the key, if it has one */
function demandSuccess(result: SetupResult): SetupResult {
  const failure = result.keys[0]?.failure;
  if (failure) throw failure;
  return result;
}

/**
 * Prints the outcomes.
 * @param readBackResults absent in a dry run
 */
async function finish(
  run: SetupRun,
  request: SetupRequest,
  result: SetupResult,
  { readBackResults, outdated = [] }: { readBackResults?: ReadBackResult[]; outdated?: VerifyCheck[] } = {},
): Promise<void> {
  const { aws, output, common } = run;
  const outcomes = outcomesOf(result);
  const dryRun = readBackResults === undefined;
  const encryption = await encryptionSettings([request], result, dryRun);
  const { secrets, policies, roles } = outcomes;
  const [role] = roles;
  if (output.options.json) {
    const { account, partition } = await aws.identity();
    const checks = documentChecks(readBackResults, outdated);
    printJson(output, setupMembers({ account, partition, outcomes, encryption, checks, dryRun }));
  } else if (!dryRun && role) {
    const generated = request.secret.kind === 'store' && request.secret.generated;
    const stored = secrets.some(({ action }) => action === 'created' || action === 'updated');
    showSummary(output, {
      outcomes: { secrets, policies, role },
      encryption,
      generated: generated && stored,
      sandbox: common.sandbox,
      hasUndecidedChecks: undecidedChecks(readBackResults).length > 0,
      outdated,
    });
  }
}
