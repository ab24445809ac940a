import type { SecretState } from '../../aws/secrets/index.ts';
import { verify } from '../../checks/verify/index.ts';
import { verifyShow } from '../../checks/verify/report/messages.ts';
import { showChecks, verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import { printJson, secretMembers } from '../../cli/json.ts';
import { checkKeyOfFlags, namedSecret, readKeyOfFlags } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type UsersOfKey, usersOfReplaced } from '../../cli/replaced-users.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printPlan, stepContext, trackRemaining } from '../../cli/step-context.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, type ExitCode, Interrupted } from '../../failure.ts';
import { type CheckedKey, fitsPassword, type UncheckedKey } from '../../key/index.ts';
import { keyRules } from '../../options/setup-request.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { conflictFailure } from '../../steps/conflict.ts';
import { regionWarnings } from '../../steps/named-secret.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { rotateMessages as messages, showRotation } from './messages.ts';
import type { RotateAnswers } from './options.ts';
import { findToRotate, historiesFor, planNewKey, planRollback, type Rotation } from './plan.ts';
import { readHistories } from './rollback.ts';

/** A run of `rotate`. */
export interface RotateRun extends CommandRun {
  answers: RotateAnswers;
}

/** Loads the questions, and with them the prompts, which a run without questions doesn't need. */
async function loadQuestions() {
  const [{ confirm }, { askKey }, { askSecretFor }] = await Promise.all([
    import('../../cli/questions/context.ts'),
    import('../../cli/questions/key.ts'),
    import('../../cli/questions/secret.ts'),
  ]);
  return { confirm, askKey, askSecretFor };
}

type Questions = Awaited<ReturnType<typeof loadQuestions>>;

/** Runs `rotate` and returns the exit code. Prints failures. */
export function runRotate(answers: RotateAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, namedSecret(answers).regions, (run) => performRotate({ ...run, answers }));
}

/** Reads, plans, confirms, applies and checks. */
export async function performRotate(run: RotateRun): Promise<ExitCode> {
  const { answers } = run;
  const context = stepContext(run, { withPolicies: false });
  const questions = run.interactive ? await loadQuestions() : undefined;
  if (!questions) demandAnswers(run);
  const unchecked = await readKeyOfFlags(run);
  const checkedEarly = unchecked && (await checkIfTypeIsKnown(unchecked, run));
  const fromFlags = namedSecret(answers);
  const name = questions
    ? await questions.askSecretFor(run, messages.intro, fromFlags.name)
    : (fromFlags.name ?? '');

  run.progress.start(messages.looking(fromFlags.regions));
  const target = {
    name,
    regions: fromFlags.regions,
    arns: answers.secretArns,
    readsValues: answers.rollback,
  };
  const { secrets, warnings: unseen } = await findToRotate(context, target);
  run.progress.stop();
  const typedRun = withKeyType(run, secrets);
  const checked = checkedEarly ?? (unchecked && (await checkKeyOfFlags(unchecked, typedRun)));
  const rotation = await planRotation(typedRun, context, { name, secrets }, checked, questions);

  const breakWarning = changesAnything(rotation.changes) ? [messages.breaks] : [];
  const users = await usersOfRotation(run, rotation);
  const { outdated } = users;
  const warnings = [
    ...breakWarning,
    ...users.warnings,
    ...rotation.warnings,
    ...unseen,
    ...regionWarnings(fromFlags.regions),
  ];
  const plan = { changes: rotation.changes, warnings };
  const hasChanges = await printPlan(run, plan, {
    dryRun: answers.dryRun,
    nothingToDo: answers.rollback ? messages.nothingToRollBack : messages.nothingToDo,
  });
  if (answers.dryRun) return finish(run, rotation, rotation.expected, { checks: [], outdated });
  if (hasChanges && questions) await questions.confirm(run, plan);
  const secretOutcomes = hasChanges ? await apply(run, context, rotation) : rotation.expected;
  const checks = await check(run, rotation, secretOutcomes);
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
 * Checks the key before anything is asked, if its type is known. If it may be a password, the type may be known only from the
 * secret.
 */
async function checkIfTypeIsKnown(unchecked: UncheckedKey, run: RotateRun): Promise<CheckedKey | undefined> {
  const { keyType, algorithm } = run.answers;
  const isKnown = keyType !== undefined || algorithm !== undefined || !fitsPassword(unchecked);
  return isKnown ? checkKeyOfFlags(unchecked, run) : undefined;
}

/** Returns the run with the key type from the secrets' tag, if no flag gives it. */
function withKeyType(run: RotateRun, secrets: SecretState[]): RotateRun {
  const { answers } = run;
  const [taggedType] = secrets.flatMap(({ keyType }) => keyType ?? []);
  const isTypeUnknown = answers.keyType === undefined && answers.algorithm === undefined;
  return isTypeUnknown && taggedType ? { ...run, answers: { ...answers, keyType: taggedType } } : run;
}

/** Runs the checks of `verify` on the current secrets. */
async function check(
  { aws, answers, progress }: RotateRun,
  { keyToStore, rules }: Rotation,
  secrets: SecretOutcome[],
): Promise<VerifyCheck[]> {
  progress.start(verifyShow.looking);
  const expectedKey = { ...rules, key: keyToStore };
  const targets = secrets.map(({ region, arn: id }) => ({ region, id, ...expectedKey }));
  const role = answers.roleName ?? DEFAULTS.roleName;
  const checks = await verify(aws, { groups: [{ secrets: targets, role }] });
  progress.stop();
  return checks;
}

/** Lists everything that is missing in one failure, for a run that can't prompt. */
function demandAnswers({ answers, common }: RotateRun): void {
  const { secretName, secretArns, keySource, rollback, dryRun } = answers;
  const missing = [
    ...(secretName === undefined && secretArns.length === 0 ? [setupMessages.missingItems.existing] : []),
    ...(keySource || rollback ? [] : [setupMessages.missingItems.newKey]),
    ...(common.yes || dryRun ? [] : [setupMessages.missingItems.yes]),
  ];
  if (missing.length > 0) throw missingFailure(missing);
}

async function planRotation(
  run: RotateRun,
  context: StepContext,
  found: { name: string; secrets: SecretState[] },
  checkedFromFlags: CheckedKey | undefined,
  questions: Questions | undefined,
): Promise<Rotation> {
  if (run.answers.rollback) {
    const { roleName } = run.answers;
    const histories = await readHistories(context.aws, found.secrets);
    return planRollback(histories, keyRules(run.answers), roleName);
  }
  const keyAnswers = checkedFromFlags
    ? { answers: run.answers, checked: checkedFromFlags }
    : await questions?.askKey(run);
  if (!keyAnswers) throw new Error('there is no key');
  const { checked } = keyAnswers;
  const { name } = found;
  // The secrets are read again, because prompting for the key may have taken a while.
  const regions = found.secrets.map(({ region }) => region);
  const { secrets } = await findToRotate(context, { name, regions, arns: [], readsValues: false });
  const histories = await historiesFor(checked, context, secrets);
  return planNewKey(context, { name, secrets, rules: keyRules(keyAnswers.answers) }, checked, histories);
}

/** Applies the rotation and tracks the remaining Regions. */
async function apply(run: RotateRun, context: StepContext, rotation: Rotation): Promise<SecretOutcome[]> {
  const { outcomes, progress, answers } = run;
  const howToContinueStoring = rotation.generated ? messages.goOnGenerated : messages.goOn;
  const howToContinue = answers.rollback ? messages.goOnBack : howToContinueStoring;
  const expected = { secrets: rotation.expected, policies: [], roles: [] };
  const trackingContext = trackRemaining(context, outcomes, expected, {
    title: messages.stillOther,
    howToContinue,
  });
  progress.start(answers.rollback ? messages.goingBack : messages.storing);
  const silentContext = { ...trackingContext, begin: () => undefined, end: () => undefined };
  const secrets = await rotation.apply(silentContext);
  // A user who interrupts during the last change still gets the report of what was changed.
  if (run.interrupt.aborted) throw new Interrupted();
  progress.done(answers.rollback ? messages.wentBack : messages.stored);
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
  const { dryRun, rollback } = answers;
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
    showRotation(output, { secrets, rollback, generated: rotation.generated });
    showChecks(output, secretChecks, outdated);
  }
  // Undecided checks are reported, but the new key is in place.
  return verdictOf(checks) === 'failed' ? EXIT.failed : EXIT.done;
}
