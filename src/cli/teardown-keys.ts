import { waitUntil } from '../aws/wait.ts';
import { LIMITS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { counter } from '../report/counter.ts';
import { outcomeMembers } from '../report/json.ts';
import { changesAnything } from '../report/plan.ts';
import type { ScheduledSecret } from '../report/torn-down.ts';
import { setupWords } from '../report/words/setup.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { isOpen, whatStops } from '../steps/index.ts';
import type { StepContext } from '../steps/types.ts';
import { type TornDown, tearDown } from '../teardown/apply.ts';
import { findAll, type Looking } from '../teardown/find.ts';
import { planTeardown } from '../teardown/plan.ts';
import type { Findings, TeardownPlan, TeardownRequest } from '../teardown/types.ts';
import type { CommandRun } from './command-run.ts';
import { showWaiting, stepContext, withAccountOfRest } from './step-context.ts';

/** Secrets of which is known what exists and what will be done. */
export interface PlannedTeardown {
  context: StepContext;
  found: Findings;
  plan: TeardownPlan;
}

/** Reads what exists, of one secret or many, and plans. */
export async function planToTakeDown(run: CommandRun, request: TeardownRequest): Promise<PlannedTeardown> {
  const context = stepContext(run);
  const { targets } = request;
  run.progress.start(targets.length === 1 ? words.looking : words.lookingForAll);
  const found = await findAll(context, request, { onTarget: counter(run.progress, targets.length) });
  run.progress.stop();
  return { context, found, plan: planTeardown(request, found) };
}

/** Carries it out, keeps account of what is still to come, and makes sure that it is gone. */
export async function takeDown(
  run: CommandRun,
  request: TeardownRequest,
  { context, found, plan }: PlannedTeardown,
): Promise<TornDown> {
  const { outcomes, progress } = run;
  const rest = { title: words.left, goOn: words.goOn };
  progress.start(words.takingDown);
  const done = await tearDown(
    withAccountOfRest(context, outcomes, plan.expected, rest),
    request,
    { found, plan },
    {
      onTarget: counter(progress, plan.targets.filter(isOpen).length),
      onSecrets: () => progress.start(words.takingDownRest),
    },
  );
  const places = [...request.targets.keys()].filter((at) => !done.failures[at]);
  const targets = places.flatMap((at) => request.targets[at] ?? []);
  const unproven = await proveGone(run, { ...request, targets });
  for (const [nth, at] of places.entries()) done.failures[at] = unproven[nth];
  if (done.failures.includes(undefined)) progress.done(words.takenDown);
  else progress.stop();
  return done;
}

/**
 * Reads again what AWS holds, until IAM shows everywhere that there is nothing left to take down.
 * @returns for each target, why that could not be seen, if it could not
 */
async function proveGone(run: CommandRun, request: TeardownRequest): Promise<(Failure | undefined)[]> {
  const looking: Looking = {};
  const look = async () => {
    looking.known = await findAll(stepContext(run), request, looking);
    return planTeardown(request, looking.known);
  };
  const { value, done } = await waitUntil(look, ({ changes }) => !changesAnything(changes), {
    limits: LIMITS,
    interrupt: run.interrupt,
    onWait: (elapsed) => showWaiting(run, words.propagating, elapsed),
  });
  if (done) return value.targets.map(whatStops);
  const open = value.changes.filter(({ action }) => action !== 'keep');
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

/** The secrets that are scheduled for deletion, by this run or before it. */
export function scheduledIn({ targets }: TeardownPlan, done: TornDown): ScheduledSecret[] {
  const before = new Map(
    targets.flatMap(({ secrets }) => secrets.map(({ secret }) => [secret.arn, secret.deletedAt])),
  );
  return done.secrets.flatMap(({ region, arn, action }) => {
    const until = done.deletionDates.get(arn) ?? before.get(arn);
    return until || action === 'scheduled' ? [{ region, arn, ...(until ? { until } : {}) }] : [];
  });
}

/** What became of everything, as the JSON document has it. */
export function tornDownMembers(done: TornDown, scheduled: ScheduledSecret[]) {
  const members = outcomeMembers(done);
  const dates = new Map(scheduled.map(({ arn, until }) => [arn, until]));
  return {
    ...members,
    secrets: members.secrets.map((secret) => {
      const until = dates.get(secret.arn);
      return { ...secret, ...(until ? { deletionDate: until.toISOString() } : {}) };
    }),
  };
}
