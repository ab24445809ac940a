import type { ReadBackResult } from '../../checks/setup/index.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { printJson, setupMembers } from '../../cli/json.ts';
import { showSettings } from '../../cli/next-commands.ts';
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
import type { resolveConflict } from './resolve-conflict.ts';

/** Runs `setup` and returns the exit code. Prints failures. */
export function runSetup(answers: SetupAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, regionsOf(answers), async (run) => {
    await performSetup({ ...run, answers });
    return EXIT.done;
  });
}

/** Reads the current state, plans, confirms, applies and checks. */
export async function performSetup(run: SetupRun): Promise<void> {
  const approved = await approvedPlan(run);
  const { request, planned } = approved;
  if (run.answers.dryRun) return finish(run, approved, expectedResults(planned.plan));

  const result = demandSuccess(await applyKeys(run, planned));
  const outdated = planned.outdated.flat();
  const readBackResults = await readBackKeys(run, [request], result, outdated);
  await finish(run, approved, demandSuccess(result), { readBackResults, outdated });
}

/** A request, and its plan without conflicts. */
interface PlannedRequest {
  answers: CompleteAnswers;
  request: SetupRequest;
  planned: PlannedKeys;
}

/**
 * Completes the answers, plans and prints the plan. In a terminal, returns only if the user accepts the plan, and plans again each
 * time the user changes an answer.
 */
async function approvedPlan(run: SetupRun): Promise<PlannedRequest> {
  const { interactive } = run;
  const wizard = interactive ? await import('./wizard.ts') : undefined;
  const resolve = interactive ? (await import('./resolve-conflict.ts')).resolveConflict : undefined;
  let answers = wizard ? await wizard.askMissing(run) : await completeAnswers(run);
  for (;;) {
    const plannedRequest = await planWithoutConflicts(run, answers, resolve);
    const { plan } = plannedRequest.planned;
    const { dryRun } = run.answers;
    const hasChanges = await printAccountAndPlan(run, plan, { dryRun, nothingToDo: messages.nothingToDo });
    if (!wizard || !hasChanges || dryRun) return plannedRequest;
    const { confirm } = await import('../../cli/questions/context.ts');
    const { unlessBack } = await import('../../ui/dialog.ts');
    // Esc at the plan leads to the answers, and back from there.
    const decision = await unlessBack(() => confirm(run, plan, { canChange: true }));
    if (decision === 'apply') return plannedRequest;
    answers =
      (await unlessBack(() => wizard.changeAnswer(run, plannedRequest.answers))) ?? plannedRequest.answers;
  }
}

/**
 * Reads the current state and plans. In a terminal, asks about each conflict and plans again.
 * @param resolve undefined if the run can't prompt
 * @throws Failure with the conflicts that remain
 */
async function planWithoutConflicts(
  run: SetupRun,
  initialAnswers: CompleteAnswers,
  resolve: typeof resolveConflict | undefined,
): Promise<PlannedRequest> {
  let answers = initialAnswers;
  for (;;) {
    const request = completeRequest(answers.answers, answers.checked);
    const planned = await planKeys(run, [request]);
    const { failure, conflicts = [] } = planned.plan.keys[0] ?? {};
    if (failure) throw failure;
    const [conflict] = conflicts;
    if (!conflict) return { answers, request: planned.requests[0] ?? request, planned };
    if (!resolve || conflict.choices.length === 0) throw conflictFailure(conflicts);
    answers = await resolve(run, conflict, answers);
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
  { answers: { answers }, request }: PlannedRequest,
  result: SetupResult,
  { readBackResults, outdated = [] }: { readBackResults?: ReadBackResult[]; outdated?: VerifyCheck[] } = {},
): Promise<void> {
  const { aws, output, common, interactive } = run;
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
    output.info();
    const stored = secrets.some(({ action }) => action === 'created' || action === 'updated');
    showSummary(output, {
      outcomes: { secrets, policies, role },
      encryption,
      generated: generated && stored,
      sandbox: common.sandbox,
      hasUndecidedChecks: undecidedChecks(readBackResults).length > 0,
      outdated,
      answers,
      interactive,
      configuredRegion: aws.settings.configuration?.region?.value,
    });
    const asks = interactive && !common.sandbox && !output.options.quiet;
    await showSettings(output, encryption, { shown: answers.show, asks });
  }
}
