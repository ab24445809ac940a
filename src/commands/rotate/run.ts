import type { SecretState } from '../../aws/secrets/index.ts';
import { verify } from '../../checks/verify/index.ts';
import { verifyShow } from '../../checks/verify/report/messages.ts';
import { showChecks, verdictOf } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import { missingFailure } from '../../cli/failure-output.ts';
import { printJson, secretMembers } from '../../cli/json.ts';
import { checkKeyOfFlags, meantBy, readKeyOfFlags } from '../../cli/key-options.ts';
import type { CommonOptions } from '../../cli/options.ts';
import { type UsersOfKey, usersOfReplaced } from '../../cli/replaced-users.ts';
import { type CommandRun, runCommand } from '../../cli/run-command.ts';
import { printPlan, stepContext, withAccountOfRest } from '../../cli/step-context.ts';
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
import { findToRotate, historiesFor, planGoingBack, planNewKey, type Rotation } from './plan.ts';
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
  return runCommand(common, meantBy(answers).regions, (run) => performRotate({ ...run, answers }));
}

/** Reads, plans, confirms, applies and checks. */
export async function performRotate(run: RotateRun): Promise<ExitCode> {
  const { answers } = run;
  const context = stepContext(run, { withPolicies: false });
  const questions = run.interactive ? await loadQuestions() : undefined;
  if (!questions) demandAnswers(run);
  const unchecked = await readKeyOfFlags(run);
  const early = unchecked && (await checkIfTypeIsKnown(unchecked, run));
  const known = meantBy(answers);
  const name = questions ? await questions.askSecretFor(run, messages.intro, known.name) : (known.name ?? '');

  run.progress.start(messages.looking(known.regions));
  const target = {
    name,
    regions: known.regions,
    arns: answers.secretArns,
    readsValues: answers.rollback,
  };
  const { secrets, warnings: unseen } = await findToRotate(context, target);
  run.progress.stop();
  const told = withKeyType(run, secrets);
  const checked = early ?? (unchecked && (await checkKeyOfFlags(unchecked, told)));
  const rotation = await planRotation(told, context, { name, secrets }, checked, questions);

  const breaks = changesAnything(rotation.changes) ? [messages.breaks] : [];
  const users = await usersOfRotation(run, rotation);
  const { outdated } = users;
  const warnings = [
    ...breaks,
    ...users.warnings,
    ...rotation.warnings,
    ...unseen,
    ...regionWarnings(known.regions),
  ];
  const plan = { changes: rotation.changes, warnings };
  const changes = await printPlan(run, plan, {
    dryRun: answers.dryRun,
    nothingToDo: answers.rollback ? messages.nothingToRollBack : messages.nothingToDo,
  });
  if (answers.dryRun) return finish(run, rotation, rotation.expected, { checks: [], outdated });
  if (changes && questions) await questions.confirm(run, plan);
  const done = changes ? await apply(run, context, rotation) : rotation.expected;
  return finish(run, rotation, done, { checks: await check(run, rotation, done), outdated });
}

/**
 * Finds the users of the secrets that get a new value.
 * @throws Failure with the conflicts if a user can't use the new key
 */
async function usersOfRotation(
  run: RotateRun,
  { replaced, coming }: Rotation,
): Promise<Pick<UsersOfKey, 'warnings' | 'outdated'>> {
  const isBack = run.answers.rollback;
  const { keys, unseen } = await usersOfReplaced(run, [{ secrets: replaced, key: coming }], { isBack });
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
  const [tagged] = secrets.flatMap(({ keyType }) => keyType ?? []);
  const isOpen = answers.keyType === undefined && answers.algorithm === undefined;
  return isOpen && tagged ? { ...run, answers: { ...answers, keyType: tagged } } : run;
}

/** Runs the checks of `verify` on the current secrets. */
async function check(
  { aws, answers, progress }: RotateRun,
  { key, rules }: Rotation,
  secrets: SecretOutcome[],
): Promise<VerifyCheck[]> {
  progress.start(verifyShow.looking);
  const holds = { ...rules, key };
  const targets = secrets.map(({ region, arn: id }) => ({ region, id, ...holds }));
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
  early: CheckedKey | undefined,
  questions: Questions | undefined,
): Promise<Rotation> {
  if (run.answers.rollback) {
    const { roleName } = run.answers;
    const histories = await readHistories(context.aws, found.secrets);
    return planGoingBack(histories, keyRules(run.answers), roleName);
  }
  const given = early ? { answers: run.answers, checked: early } : await questions?.askKey(run);
  if (!given) throw new Error('there is no key');
  const { checked } = given;
  const { name } = found;
  // Prompting for the key may have taken a while.
  const regions = found.secrets.map(({ region }) => region);
  const { secrets } = await findToRotate(context, { name, regions, arns: [], readsValues: false });
  const histories = await historiesFor(checked, context, secrets);
  return planNewKey(context, { name, secrets, rules: keyRules(given.answers) }, checked, histories);
}

/** Applies the rotation and tracks the remaining Regions. */
async function apply(run: RotateRun, context: StepContext, rotation: Rotation): Promise<SecretOutcome[]> {
  const { outcomes, progress, answers } = run;
  const goOn = answers.rollback
    ? messages.goOnBack
    : rotation.generated
      ? messages.goOnGenerated
      : messages.goOn;
  const expected = { secrets: rotation.expected, policies: [], roles: [] };
  const counting = withAccountOfRest(context, outcomes, expected, { title: messages.stillOther, goOn });
  progress.start(answers.rollback ? messages.goingBack : messages.storing);
  const silent = { begin: () => undefined, end: () => undefined };
  const secrets = await rotation.apply({ ...counting, ...silent });
  // A user who interrupts during the last change still gets the report of what was changed.
  if (run.interrupt.aborted) throw new Interrupted();
  progress.done(answers.rollback ? messages.wentBack : messages.stored);
  return secrets;
}

async function finish(
  run: RotateRun,
  rotation: Rotation,
  secrets: SecretOutcome[],
  { checks: own, outdated }: { checks: VerifyCheck[]; outdated: VerifyCheck[] },
): Promise<ExitCode> {
  const checks = [...own, ...outdated];
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
    showChecks(output, own, outdated);
  }
  // Undecided checks are reported, but the new key is in place.
  return verdictOf(checks) === 'failed' ? EXIT.failed : EXIT.done;
}
