import type { SecretState } from '../../aws/secrets/index.ts';
import { verify } from '../../checks/verify/index.ts';
import { verifyMessages } from '../../checks/verify/report/messages.ts';
import { verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { printJson, secretMembers } from '../../cli/json.ts';
import {
  checkKeyOfFlags,
  demandAnswers,
  namedSecret,
  readKeyOfFlags,
  resolveSecret,
} from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type UsersOfKey, usersOfReplaced } from '../../cli/replaced-users.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printAccountAndPlan, stepContext, trackRemaining } from '../../cli/step-context.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, type ExitCode, Interrupted } from '../../failure.ts';
import { type CheckedKey, isValidSrtPassword, type UncheckedKey } from '../../key/index.ts';
import { keyRules } from '../../options/setup-request.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../../steps/conflict.ts';
import { regionWarnings } from '../../steps/named-secret.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { doneLines } from '../../ui/progress.ts';
import { rotateMessages as messages } from './messages.ts';
import type { RotateAnswers } from './options.ts';
import { findSecretsToRotate, planNewKey, planRollback, type Rotation } from './plan.ts';
import { readHistories } from './rollback.ts';
import { commandsFor, showRotation } from './summary.ts';

/** A run of `rotate`. */
export interface RotateRun extends CommandRun {
  answers: RotateAnswers;
}

/** Runs `rotate` and returns the exit code. Prints failures. */
export function runRotate(answers: RotateAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, namedSecret(answers).regions, (run) => performRotate({ ...run, answers }));
}

/** Reads, plans, confirms, applies and checks. */
export async function performRotate(run: RotateRun): Promise<ExitCode> {
  const { answers } = run;
  const context = stepContext(run, { withPolicies: false });
  const missingKeyOptions = answers.keySource || answers.rollback ? [] : [setupMessages.missingItems.newKey];
  if (!run.interactive) demandAnswers(answers, run.common, missingKeyOptions);
  const unchecked = await readKeyOfFlags(run);
  const checkedEarly = unchecked && (await checkIfTypeIsKnown(unchecked, run));
  const { name, regions } = await resolveSecret(run, messages.intro);

  run.progress.start(messages.looking(regions));
  const target = { name, regions, arns: answers.secretArns, readsValues: answers.rollback };
  const { secrets, warnings: searchWarnings } = await findSecretsToRotate(context, target);
  run.progress.stop();
  const typedRun = withKeyType(run, secrets);
  const checked = checkedEarly ?? (unchecked && (await checkKeyOfFlags(unchecked, typedRun)));
  const rotation = await planRotation(typedRun, context, { name, secrets }, checked);

  const { outdated, warnings: userWarnings } = await usersOfRotation(run, rotation);
  const warnings = [
    ...(changesAnything(rotation.changes) ? [messages.breaks(answers)] : []),
    ...userWarnings,
    ...rotation.warnings,
    ...searchWarnings,
    ...regionWarnings(regions),
  ];
  const plan = { changes: rotation.changes, warnings };
  const hasChanges = await printAccountAndPlan(run, plan, {
    dryRun: answers.dryRun,
    nothingToDo: answers.rollback ? messages.nothingToRollBack : messages.nothingToDo,
  });
  if (answers.dryRun) return finish(run, rotation, rotation.expected, { checks: [], outdated });
  if (hasChanges && run.interactive)
    await (await import('../../cli/questions/context.ts')).confirm(run, plan);
  const secretOutcomes = hasChanges ? await applyPlan(run, context, rotation) : rotation.expected;
  const checks = await checkSecrets(run, rotation, secretOutcomes);
  return finish(run, rotation, secretOutcomes, { checks, outdated });
}

/**
 * Finds the users of the secrets that get a new value.
 * @throws Failure with the conflicts if a user can't use the new key
 */
async function usersOfRotation(
  run: RotateRun,
  { replaced, newKey }: Rotation,
): Promise<Pick<UsersOfKey, 'warnings' | 'outdated'>> {
  const isRollback = run.answers.rollback;
  const { keys, unseen } = await usersOfReplaced(run, [{ secrets: replaced, key: newKey }], { isRollback });
  const conflicts = keys.flatMap((key) => key.conflicts);
  if (conflicts.length > 0) throw conflictFailure(conflicts);
  return {
    warnings: [...keys.flatMap((key) => key.warnings), ...unseen],
    outdated: keys.flatMap((key) => key.outdated),
  };
}

/**
 * Checks the key before anything is asked, if its type is known. Returns undefined if the key may be a password and only the
 * secret's tag may give the type.
 */
async function checkIfTypeIsKnown(unchecked: UncheckedKey, run: RotateRun): Promise<CheckedKey | undefined> {
  const { keyType, algorithm } = run.answers;
  const isKnown = keyType !== undefined || algorithm !== undefined || !isValidSrtPassword(unchecked);
  return isKnown ? checkKeyOfFlags(unchecked, run) : undefined;
}

/** Returns the run with the key type from the secrets' tag, if no flag gives it. */
function withKeyType(run: RotateRun, secrets: SecretState[]): RotateRun {
  const { answers } = run;
  const [taggedType] = secrets.flatMap(({ keyType }) => keyType ?? []);
  const isTypeUnknown = answers.keyType === undefined && answers.algorithm === undefined;
  return isTypeUnknown && taggedType ? { ...run, answers: { ...answers, keyType: taggedType } } : run;
}

/** Runs the checks of `verify` on the secrets. */
async function checkSecrets(
  { aws, answers, progress }: RotateRun,
  { keyToStore, rules }: Rotation,
  secrets: SecretOutcome[],
): Promise<VerifyCheck[]> {
  progress.start(verifyMessages.looking);
  const targets = secrets.map(({ region, arn: id }) => ({ region, id, ...rules, key: keyToStore }));
  const role = answers.roleName ?? DEFAULTS.roleName;
  const checks = await verify(aws, { groups: [{ secrets: targets, role }] });
  progress.stop();
  return checks;
}

/** Plans the rollback, or the new key. Asks for the new key if no flag gives it. */
async function planRotation(
  run: RotateRun,
  context: StepContext,
  found: { name: string; secrets: SecretState[] },
  checkedFromFlags: CheckedKey | undefined,
): Promise<Rotation> {
  if (run.answers.rollback) {
    const histories = await readHistories(context, found.secrets);
    return planRollback(histories, keyRules(run.answers), run.answers.roleName);
  }
  const { answers, checked } = checkedFromFlags
    ? { answers: run.answers, checked: checkedFromFlags }
    : await (await import('../../cli/questions/key.ts')).askKey(run);
  const { name } = found;
  // The secrets are read again, because prompting for the key may have taken a while.
  const regions = found.secrets.map(({ region }) => region);
  const { secrets } = await findSecretsToRotate(context, { name, regions, arns: [], readsValues: false });
  const histories = await readHistories(context, secrets, checked);
  return planNewKey(context, { name, secrets, rules: keyRules(answers) }, checked, histories);
}

/** Applies the rotation and tracks the remaining Regions. */
async function applyPlan(run: RotateRun, context: StepContext, rotation: Rotation): Promise<SecretOutcome[]> {
  const { outcomes, output, progress, answers } = run;
  const startedAt = performance.now();
  const howToContinueStoring = rotation.generated ? messages.goOnGenerated : messages.goOn;
  const howToContinue = answers.rollback ? messages.goOnBack : howToContinueStoring;
  const expected = { secrets: rotation.expected, policies: [], roles: [] };
  const trackingContext = trackRemaining(context, outcomes, expected, {
    title: messages.stillOther,
    howToContinue,
  });
  progress.start(answers.rollback ? messages.goingBack : messages.storing);
  const secrets = await rotation.apply(trackingContext);
  // A user who interrupts during the last change still gets the report of what was changed.
  if (run.interrupt.aborted) throw new Interrupted();
  const elapsedMs = performance.now() - startedAt;
  for (const line of doneLines({ secrets, policies: [], roles: [] }, elapsedMs, output.width))
    progress.done(line);
  output.info();
  return secrets;
}

async function finish(
  run: RotateRun,
  rotation: Rotation,
  secrets: SecretOutcome[],
  { checks: secretChecks, outdated }: { checks: VerifyCheck[]; outdated: VerifyCheck[] },
): Promise<ExitCode> {
  const checks = [...secretChecks, ...outdated];
  const { aws, output, answers } = run;
  const { dryRun, rollback, roleName } = answers;
  if (output.options.json) {
    const { account, partition } = await aws.identity();
    printJson(output, {
      dryRun: dryRun || undefined,
      account,
      partition,
      secrets: secrets.map(secretMembers),
      verdict: dryRun ? undefined : verdictOf(checks),
      checks: dryRun ? undefined : checks,
    });
  } else if (!dryRun) {
    const { regions } = namedSecret(answers);
    showRotation(output, {
      keys: [secrets],
      rollback,
      isBatch: false,
      checks: secretChecks,
      outdated,
      roleNames: [roleName ?? DEFAULTS.roleName],
      commands: commandsFor({ secrets, regions, keyType: rotation.rules.keyType, roleName }),
    });
  }
  // Undecided checks are reported, but the new key is in place.
  return verdictOf(checks) === 'failed' ? EXIT.failed : EXIT.done;
}
