import { allSettledOrThrow } from '../../aws/requests/concurrency.ts';
import { type CurrentValue, readValue } from '../../aws/secrets/versions.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import { printJson } from '../../cli/json.ts';
import { namedSecret } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printPlan } from '../../cli/step-context.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { checkStoredKey, type KeyType, mayBePassword } from '../../key/index.ts';
import { regionWarnings } from '../../steps/named-secret.ts';
import { toAttempt } from '../../steps/observe.ts';
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
import type { TeardownAnswers } from './options.ts';
import { showTeardown, undoCommand } from './summary.ts';
import type { TargetPlan, TeardownPlan, TeardownRequest } from './types.ts';

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
  const wizard = run.interactive ? await import('./wizard.ts') : undefined;
  if (!wizard) demandAnswers(run);
  const fromFlags = namedSecret(answers);
  const name = wizard ? await wizard.askSecretToTearDown(run, fromFlags.name) : (fromFlags.name ?? '');
  const request = requestOf(answers, { name, regions: fromFlags.regions });
  const planned = await observeAndPlan(run, request);
  const expected = demandSuccess(asPlanned(planned.plan));
  const keyType = await keyTypeIn(run, planned.plan);

  const { dryRun } = answers;
  const { changes, warnings } = planned.plan;
  const plan = { changes, warnings: [...warnings, ...regionWarnings(fromFlags.regions)] };
  const hasChanges = await printPlan(run, plan, { dryRun, nothingToDo: messages.nothingToDo });
  if (dryRun || !hasChanges) return finish(run, planned, expected, keyType);
  if (wizard) await wizard.confirmByTyping(run, { question: messages.confirmName(name), expected: name });
  return finish(run, planned, demandSuccess(await tearDownAndVerify(run, request, planned)), keyType);
}

/** Lists everything that is missing in one failure, for a run that can't prompt. */
function demandAnswers({ answers, common }: TeardownRun): void {
  const { secretName, secretArns, dryRun } = answers;
  const missing = [
    ...(secretName === undefined && secretArns.length === 0 ? [setupMessages.missingItems.existing] : []),
    ...(common.yes || dryRun ? [] : [setupMessages.missingItems.yes]),
  ];
  if (missing.length > 0) throw missingFailure(missing);
}

function requestOf(
  { secretArns: arns, policyName, roleName, givenNames, recoveryDays, includeUntagged }: TeardownAnswers,
  secret: { name: string; regions: string[] },
): TeardownRequest {
  return { targets: [{ ...secret, arns, policyName, roleName, givenNames }], recoveryDays, includeUntagged };
}

/**
 * Returns the key type of the secrets to delete. The undo command has to name it, and the values can't be read later. A secret
 * that can't be read is deleted anyway.
 */
async function keyTypeIn({ aws }: TeardownRun, { targets }: TeardownPlan): Promise<KeyType> {
  const removals = targets.flatMap(({ secrets }) =>
    secrets.filter(({ decision }) => decision === 'schedule'),
  );
  const taggedTypes = removals.flatMap(({ secret }) => secret.keyType ?? []);
  if (taggedTypes.length === removals.length)
    return taggedTypes.find((keyType) => keyType !== 'static-key') ?? 'static-key';
  const values = await allSettledOrThrow(
    removals.map(({ secret: { region, arn } }) => toAttempt(() => readValue(aws, region, arn))),
  );
  const hasPassword = values.some((attempt) => 'value' in attempt && isPassword(attempt.value));
  return hasPassword ? 'srt-password' : 'static-key';
}

/** Returns true if a value is an SRT password. As in `verify`, a static key with a mistake doesn't count as one. */
function isPassword({ content }: CurrentValue): boolean {
  if (content.kind !== 'text') return false;
  return checkStoredKey(content.key, { keyType: 'static-key' }).length > 0 && mayBePassword(content.key);
}

/** @throws the conflict or failure of the secret, if any */
function demandSuccess(result: TeardownResult): TeardownResult {
  const [failure] = result.failures;
  if (failure) throw failure;
  return result;
}

async function finish(
  run: TeardownRun,
  { found, plan }: PlannedTeardown,
  result: TeardownResult,
  keyType: KeyType,
): Promise<ExitCode> {
  const { output, answers } = run;
  const scheduled = scheduledIn(plan, result);
  const arns = scheduled.map(({ arn }) => arn);
  const [target] = plan.targets;
  const undo = target && arns.length > 0 ? undoCommand(arns, undoNames(target, keyType)) : undefined;
  if (output.options.json) {
    const { account, partition } = found.identity;
    const { dryRun } = answers;
    printJson(output, {
      dryRun: dryRun || undefined,
      account,
      partition,
      ...teardownMembers(result, scheduled),
      undo,
    });
  } else if (!answers.dryRun) {
    showTeardown(output, { scheduled, undo, changes: plan.changes });
  }
  return EXIT.done;
}

/** Returns what the undo command has to name besides the secrets: values other than the defaults, and the key type. */
function undoNames({ target: { policyName, roleName } }: TargetPlan, keyType: KeyType) {
  return {
    policyName: policyName === DEFAULTS.policyName ? undefined : policyName,
    roleName: roleName === DEFAULTS.roleName ? undefined : roleName,
    keyType: keyType === DEFAULTS.keyType ? undefined : keyType,
  };
}
