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
import { bothOf, deletedBy, type TornDown, tearDown, type Watcher } from '../teardown/apply.ts';
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
  const counting = withAccountOfRest(context, outcomes, plan.expected, rest);
  const done = await tearDown(
    counting,
    request,
    { found, plan },
    {
      onTarget: counter(progress, plan.targets.filter(isOpen).length),
      onSecrets: () => progress.start(words.takingDownRest),
    },
  );
  const places = [...request.targets.keys()].filter((at) => !done.failures[at]);
  const targets = places.flatMap((at) => request.targets[at] ?? []);
  const { more, unproven } = await finishRest(run, counting, { ...request, targets }, deletedBy(plan));
  const failures = [...done.failures];
  for (const [nth, at] of places.entries()) failures[at] = more?.failures[nth] ?? unproven[nth];
  if (failures.includes(undefined)) progress.done(words.takenDown);
  else progress.stop();
  return { ...(more ? bothOf(done, more) : done), failures };
}

/** After so many looks that show something left, it is not IAM that is late: it was not seen before, and is taken down too. */
const LOOKS_BEFORE_GOING_ON = 3;

/** How often a run goes on with what it had not seen before. */
const GOES_ON = 2;

const SILENT: Watcher = { onTarget: () => undefined, onSecrets: () => undefined };

/**
 * Reads again what AWS holds, until IAM shows everywhere that there is nothing left to take down; and takes out of policies what
 * was not seen when the plan was made. Nothing is deleted that the plan did not show.
 * @returns for each target, why it could not be seen that nothing is left, if it could not
 */
async function finishRest(
  run: CommandRun,
  context: StepContext,
  request: TeardownRequest,
  mayDelete: (arn: string) => boolean,
): Promise<{ more: TornDown | undefined; unproven: (Failure | undefined)[] }> {
  const looking: Looking = {};
  let more: TornDown | undefined;
  let [looks, goesOn] = [0, 0];
  const look = async () => {
    looking.known = await findAll(stepContext(run), request, looking);
    const left = planTeardown(request, looking.known);
    looks += 1;
    if (!changesAnything(left.changes) || looks < LOOKS_BEFORE_GOING_ON || goesOn === GOES_ON) return left;
    const plan = planTeardown(request, looking.known, mayDelete);
    if (!changesAnything(plan.changes)) return left;
    [looks, goesOn] = [0, goesOn + 1];
    const done = await tearDown(context, request, { found: looking.known, plan }, SILENT);
    more = more ? bothOf(more, done) : done;
    return left;
  };
  const { value, done } = await waitUntil(look, ({ changes }) => !changesAnything(changes), {
    limits: LIMITS,
    interrupt: run.interrupt,
    onWait: (elapsed) => showWaiting(run, words.propagating, elapsed),
  });
  if (done) return { more, unproven: value.targets.map(whatStops) };
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
