import { allSettledOrThrow } from '../../aws/requests/concurrency.ts';
import { readValue } from '../../aws/secrets/versions.ts';
import { printJson } from '../../cli/json.ts';
import { demandAnswers, isPassword, namedSecret, resolveSecret } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printAccountAndPlan } from '../../cli/step-context.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import type { KeyType } from '../../key/index.ts';
import { regionWarnings } from '../../steps/named-secret.ts';
import { toAttempt } from '../../steps/observe.ts';
import { asPlanned, type TeardownResult } from './apply/index.ts';
import {
  observeAndPlan,
  type PlannedTeardown,
  scheduledIn,
  tearDownAndVerify,
  teardownMembers,
} from './keys.ts';
import { teardownMessages as messages } from './messages.ts';
import type { TeardownAnswers } from './options.ts';
import { showTeardown, undoCommand } from './summary.ts';
import type { TeardownPlan } from './types.ts';

/** A run of `teardown`. */
export interface TeardownRun extends CommandRun {
  answers: TeardownAnswers;
}

/** Runs `teardown` and returns the exit code. Prints failures. */
export function runTeardown(answers: TeardownAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, namedSecret(answers).regions, (run) => performTeardown({ ...run, answers }));
}

/** Reads, plans, confirms and applies. */
export async function performTeardown(run: TeardownRun): Promise<ExitCode> {
  const { answers } = run;
  if (!run.interactive) demandAnswers(answers, run.common);
  const { name, regions } = await resolveSecret(run, messages.intro);
  const { secretArns: arns, policyName, roleName, givenNames, dryRun } = answers;
  const target = { name, regions, arns, policyName, roleName, givenNames };
  const { recoveryDays, includeUntagged } = answers;
  const request = { targets: [target], recoveryDays, includeUntagged };
  const planned = await observeAndPlan(run, request);
  const expected = demandSuccess(asPlanned(planned.plan));
  const keyType = await keyTypeIn(run, planned.plan);

  const { changes, warnings } = planned.plan;
  const plan = { changes, warnings: [...warnings, ...regionWarnings(regions)] };
  const hasChanges = await printAccountAndPlan(run, plan, { dryRun, nothingToDo: messages.nothingToDo });
  if (dryRun || !hasChanges) return finish(run, planned, expected, keyType);
  if (run.interactive) {
    const { confirmByTyping } = await import('./wizard.ts');
    const question = messages.confirmName(name);
    await confirmByTyping({ question, hint: messages.confirmWhy, expected: name });
  }
  return finish(run, planned, demandSuccess(await tearDownAndVerify(run, request, planned)), keyType);
}

/**
 * Returns the key type of the secrets to delete. The undo command has to name the type, and the values can't be read later. A
 * secret that can't be read is deleted anyway.
 */
async function keyTypeIn({ aws }: TeardownRun, { targets }: TeardownPlan): Promise<KeyType> {
  const secretsToDelete = targets.flatMap(({ secrets }) =>
    secrets.flatMap(({ secret, decision }) => (decision === 'schedule' ? [secret] : [])),
  );
  const taggedTypes = secretsToDelete.flatMap(({ keyType }) => keyType ?? []);
  if (taggedTypes.length === secretsToDelete.length)
    return taggedTypes.includes('srt-password') ? 'srt-password' : 'static-key';
  const values = await allSettledOrThrow(
    secretsToDelete.map(({ region, arn }) => toAttempt(() => readValue(aws, region, arn))),
  );
  const hasPassword = values.some((attempt) => 'value' in attempt && isPassword(attempt.value.content));
  return hasPassword ? 'srt-password' : 'static-key';
}

/** @throws the conflict or failure of the secret, if any */
function demandSuccess(result: TeardownResult): TeardownResult {
  const [failure] = result.failures;
  if (failure) throw failure;
  return result;
}

/** Prints the result and returns the exit code. */
function finish(
  { output, answers }: TeardownRun,
  { found, plan }: PlannedTeardown,
  result: TeardownResult,
  keyType: KeyType,
): ExitCode {
  const scheduled = scheduledIn(plan, result);
  const arns = scheduled.map(({ arn }) => arn);
  const target = plan.targets[0]?.target;
  const undo = target && arns.length > 0 ? undoCommand(arns, target, keyType) : undefined;
  if (output.options.json)
    printJson(output, teardownMembers(found.identity, result, { scheduled, undo, dryRun: answers.dryRun }));
  else if (!answers.dryRun)
    showTeardown(output, { isBatch: false, scheduled, undo, changes: plan.changes, outcomes: result });
  return EXIT.done;
}
