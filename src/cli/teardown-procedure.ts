import { waitUntil } from '../aws/wait.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { EXIT, type ExitCode, Failure } from '../failure.ts';
import { checkStoredKey } from '../key/index.ts';
import { commandJson, outcomeMembers } from '../report/json.ts';
import { changesAnything } from '../report/plan.ts';
import { type ScheduledSecret, showTeardown, undoCommand } from '../report/torn-down.ts';
import { setupWords } from '../report/words/setup.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { conflictFailure } from '../steps/conflict.ts';
import type { StepContext } from '../steps/types.ts';
import { type TornDown, tearDown } from '../teardown/apply.ts';
import { findAll } from '../teardown/find.ts';
import { planTeardown } from '../teardown/plan.ts';
import type { Findings, TeardownPlan, TeardownRequest } from '../teardown/types.ts';
import { type CommandRun, runCommand } from './command-run.ts';
import type { CommonOptions } from './options.ts';
import { meantBy } from './secret-options.ts';
import { showWaiting, stepContext, tellPlan, withAccountOfRest } from './step-context.ts';
import type { TeardownAnswers } from './teardown-answers.ts';
import { missingFailure } from './usage.ts';

/** One run of `teardown`. */
export interface TeardownRun extends CommandRun {
  answers: TeardownAnswers;
}

/** Runs `teardown` and answers the exit code. Whatever goes wrong is told by then. */
export function runTeardown(answers: TeardownAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, meantBy(answers).regions[0], (run) => performTeardown({ ...run, answers }));
}

/** Read, plan, confirm, apply. */
export async function performTeardown(run: TeardownRun): Promise<ExitCode> {
  const { answers, progress } = run;
  const wizard = run.interactive ? await import('../wizard/teardown.ts') : undefined;
  if (!wizard) demandAnswers(run);
  const known = meantBy(answers);
  const name = wizard ? await wizard.askSecretToTakeDown(run, known.name) : (known.name ?? '');
  const request: TeardownRequest = { ...answers, name, regions: known.regions, arns: answers.secretArns };

  const context = stepContext(run);
  progress.start(words.looking);
  const found = await findAll(context, request);
  progress.stop();
  const plan = planTeardown(request, found);
  if (plan.conflicts.length > 0) throw conflictFailure(plan.conflicts);

  const { dryRun } = answers;
  const changes = await tellPlan(run, plan, { dryRun, nothingToDo: words.nothingToDo });
  const unchanged = { ...plan.expected, deletionDates: new Map<string, Date>() };
  if (dryRun) return finish(run, request, found, unchanged);
  if (changes && wizard) await wizard.confirmByName(run, name);
  return finish(run, request, found, changes ? await apply(run, context, request, plan) : unchanged);
}

/** Without anyone to ask: names all that is missing in one failure. */
function demandAnswers({ answers, common }: TeardownRun): void {
  const { secretName, secretArns, dryRun } = answers;
  const missing = [
    ...(secretName === undefined && secretArns.length === 0 ? [setupWords.missingItems.existing] : []),
    ...(common.yes || dryRun ? [] : [setupWords.missingItems.yes]),
  ];
  if (missing.length > 0) throw missingFailure(missing);
}

/** Carries it out, and keeps account of what is still to come. */
async function apply(
  run: TeardownRun,
  context: StepContext,
  request: TeardownRequest,
  plan: TeardownPlan,
): Promise<TornDown> {
  const { outcomes, progress } = run;
  const rest = { title: words.left, goOn: words.goOn };
  progress.start(words.takingDown);
  const done = await tearDown(withAccountOfRest(context, outcomes, plan.expected, rest), request, plan);
  await proveGone(run, request);
  progress.done(words.takenDown);
  return done;
}

/** Reads again what AWS holds, until IAM shows everywhere that there is nothing left to take down. */
async function proveGone(run: TeardownRun, request: TeardownRequest): Promise<void> {
  const look = async () => planTeardown(request, await findAll(stepContext(run), request)).changes;
  const { value: left, done } = await waitUntil(look, (changes) => !changesAnything(changes), {
    limits: LIMITS,
    interrupt: run.interrupt,
    onWait: (elapsed) => showWaiting(run, words.propagating, elapsed),
  });
  if (done) return;
  const open = left.filter(({ action }) => action !== 'keep');
  throw new Failure(words.stillThere, {
    code: 'not-proven',
    exitCode: EXIT.failed,
    details: open.map(
      ({ resource, name, region }) =>
        `${setupWords.resource[resource]} ${name}${region ? ` (${region})` : ''}`,
    ),
    hint: words.stillThereHint,
  });
}

function finish(run: TeardownRun, request: TeardownRequest, found: Findings, done: TornDown): ExitCode {
  const { output, answers } = run;
  const scheduled = done.secrets
    .map(({ region, arn }): ScheduledSecret => {
      const until =
        done.deletionDates.get(arn) ?? found.where.found.find((each) => each.arn === arn)?.deletedAt;
      return { region, arn, ...(until ? { until } : {}) };
    })
    .filter(
      ({ arn, until }) =>
        until || done.secrets.some((each) => each.arn === arn && each.action === 'scheduled'),
    );
  const arns = scheduled.map(({ arn }) => arn);
  const undo = arns.length > 0 ? undoCommand(arns, undoNames(request, found)) : undefined;
  if (output.options.json) {
    const { account, partition } = found.identity;
    const { dryRun } = answers;
    output.result(
      commandJson({
        ...(dryRun ? { dryRun } : {}),
        account,
        partition,
        ...outcomesOf(done, scheduled),
        ...(undo ? { undo } : {}),
      }),
    );
  } else if (!answers.dryRun) {
    showTeardown(output, { scheduled, undo });
  }
  return EXIT.done;
}

function outcomesOf(done: TornDown, scheduled: ScheduledSecret[]) {
  const members = outcomeMembers(done);
  return {
    ...members,
    secrets: members.secrets.map((secret) => {
      const until = scheduled.find(({ arn }) => arn === secret.arn)?.until;
      return { ...secret, ...(until ? { deletionDate: until.toISOString() } : {}) };
    }),
  };
}

/** What the undoing command has to say beside the secrets: what is not the default, and the kind of key. */
function undoNames({ policyName, roleName }: TeardownRequest, { where }: Findings) {
  const isStatic = (each: Findings['where']['found'][number]) =>
    each.content.kind !== 'text' || checkStoredKey(each.content.key, { keyType: 'static-key' }).length === 0;
  return {
    ...(policyName === DEFAULTS.policyName ? {} : { policyName }),
    ...(roleName === DEFAULTS.roleName ? {} : { roleName }),
    ...(where.found.every(isStatic) ? {} : { keyType: 'srt-password' as const }),
  };
}
