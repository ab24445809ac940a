import { allSettledOrThrow } from '../../aws/requests/concurrency.ts';
import { type CurrentValue, readValue } from '../../aws/secrets/versions.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import { printJson } from '../../cli/json.ts';
import { meantBy } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printPlan } from '../../cli/step-context.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, type ExitCode } from '../../failure.ts';
import { checkStoredKey, type KeyType, mayBePassword } from '../../key/index.ts';
import { regionWarnings } from '../../steps/named-secret.ts';
import { tried } from '../../steps/observe.ts';
import { setupMessages } from '../../ui/messages.ts';
import { asPlanned, type TornDown } from './apply/index.ts';
import { type PlannedTeardown, planToTakeDown, scheduledIn, takeDown, tornDownMembers } from './keys.ts';
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
  return runCommand(common, meantBy(answers).regions, (run) => performTeardown({ ...run, answers }));
}

/** Reads, plans, confirms and applies. */
export async function performTeardown(run: TeardownRun): Promise<ExitCode> {
  const { answers } = run;
  const wizard = run.interactive ? await import('./wizard.ts') : undefined;
  if (!wizard) demandAnswers(run);
  const known = meantBy(answers);
  const name = wizard ? await wizard.askSecretToTakeDown(run, known.name) : (known.name ?? '');
  const request = requestOf(answers, { name, regions: known.regions });
  const planned = await planToTakeDown(run, request);
  const expected = demandSuccess(asPlanned(planned.plan));
  const keyType = await keyTypeIn(run, planned.plan);

  const { dryRun } = answers;
  const { changes, warnings } = planned.plan;
  const plan = { changes, warnings: [...warnings, ...regionWarnings(known.regions)] };
  const goesOn = await printPlan(run, plan, { dryRun, nothingToDo: messages.nothingToDo });
  if (dryRun || !goesOn) return finish(run, planned, expected, keyType);
  if (wizard) await wizard.confirmByTyping(run, { asked: messages.confirmName(name), wanted: name });
  return finish(run, planned, demandSuccess(await takeDown(run, request, planned)), keyType);
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
  { secretArns: arns, policyName, roleName, given, recoveryDays, includeUntagged }: TeardownAnswers,
  secret: { name: string; regions: string[] },
): TeardownRequest {
  return { targets: [{ ...secret, arns, policyName, roleName, given }], recoveryDays, includeUntagged };
}

/**
 * Returns the key type of the secrets to delete. The undo command has to name it, and the values can't be read later. A secret
 * that can't be read is deleted anyway.
 */
async function keyTypeIn({ aws }: TeardownRun, { targets }: TeardownPlan): Promise<KeyType> {
  const going = targets.flatMap(({ secrets }) => secrets.filter(({ decision }) => decision === 'schedule'));
  const told = going.flatMap(({ secret }) => secret.keyType ?? []);
  if (told.length === going.length) return told.find((each) => each !== 'static-key') ?? 'static-key';
  const values = await allSettledOrThrow(
    going.map(({ secret: { region, arn } }) => tried(() => readValue(aws, region, arn))),
  );
  const isOther = values.some((each) => 'value' in each && isPassword(each.value));
  return isOther ? 'srt-password' : 'static-key';
}

/** The same distinction as in `verify`: a static key with a mistake is no password. */
function isPassword({ content }: CurrentValue): boolean {
  if (content.kind !== 'text') return false;
  return checkStoredKey(content.key, { keyType: 'static-key' }).length > 0 && mayBePassword(content.key);
}

/** @throws the conflict or failure of the secret, if any */
function demandSuccess(done: TornDown): TornDown {
  const [failure] = done.failures;
  if (failure) throw failure;
  return done;
}

async function finish(
  run: TeardownRun,
  { found, plan }: PlannedTeardown,
  done: TornDown,
  keyType: KeyType,
): Promise<ExitCode> {
  const { output, answers } = run;
  const scheduled = scheduledIn(plan, done);
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
      ...tornDownMembers(done, scheduled),
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
