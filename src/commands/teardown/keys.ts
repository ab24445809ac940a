import { waitUntil } from '../../aws/requests/concurrency.ts';
import { outcomeMembers } from '../../cli/json.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { showWaiting, stepContext, withAccountOfRest } from '../../cli/step-context.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LIMITS } from '../../limits.ts';
import { isOpen } from '../../steps/plan.ts';
import { whatStops } from '../../steps/results.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { counter } from '../../ui/progress.ts';
import {
  deletedIn,
  mergeOutcomes,
  type TornDown,
  type TornDownResources,
  tearDown,
  type Watcher,
} from './apply/index.ts';
import { teardownMessages as messages } from './messages.ts';
import { planTeardown, refuseMissing } from './plan/index.ts';
import { findAll, type Looking } from './plan/observe.ts';
import type { ScheduledSecret } from './summary.ts';
import type { Findings, TeardownPlan, TeardownRequest } from './types.ts';

/** Secrets with their observed state and plan. */
export interface PlannedTeardown {
  context: StepContext;
  found: Findings;
  plan: TeardownPlan;
}

/** Reads the current state of one secret or many, and plans. */
export async function planToTakeDown(run: CommandRun, request: TeardownRequest): Promise<PlannedTeardown> {
  const context = stepContext(run);
  const { targets } = request;
  const [first, ...others] = targets;
  run.progress.start(first && others.length === 0 ? messages.looking(first.regions) : messages.lookingForAll);
  const found = await findAll(context, request, { onTarget: counter(run.progress, targets.length) });
  run.progress.stop();
  const plan = planTeardown(request, found, undefined, { checksNames: true });
  return { context, found, plan: refuseMissing(plan) };
}

/** Applies the plan, tracks the remaining changes, and verifies that everything is gone. */
export async function takeDown(
  run: CommandRun,
  request: TeardownRequest,
  { context, found, plan }: PlannedTeardown,
): Promise<TornDown> {
  const { outcomes, progress } = run;
  const rest = { title: messages.left, goOn: messages.goOn };
  progress.start(messages.takingDown);
  const counting = withAccountOfRest(context, outcomes, plan.expected, rest);
  const done = await tearDown(
    counting,
    request,
    { found, plan },
    {
      onTarget: counter(progress, plan.targets.filter(isOpen).length),
      onSecrets: () => {
        if (plan.chains.some(({ decisions }) => decisions.some(({ kind }) => kind !== 'keep')))
          progress.start(messages.takingDownRest);
      },
    },
  );
  const all = await reconcileRemaining(run, counting, request, { plan, done });
  if (all.failures.includes(undefined)) progress.done(messages.takenDown);
  else progress.stop();
  return all;
}

/**
 * After this many consecutive reads that show something left, it is not a delay of IAM. The plan did not have it, so the run
 * plans again.
 */
const LOOKS_UNTIL_REPLANNED = 3;

/** How often a run plans again for what its first plan did not have. */
const MOST_REPLANS = 2;

const SILENT: Watcher = { onTarget: () => undefined, onSecrets: () => undefined };

/**
 * Reads until nothing is left to tear down, and removes policy entries that the plan did not have. Otherwise deletes only what
 * the displayed plan deletes and this run has not deleted yet: if someone created it again, it belongs to someone else.
 * @returns all outcomes of the run, and for each target why it is not torn down, if it is not
 * @throws Failure with the code `not-proven` if AWS still shows something of a target and no target has failed
 */
async function reconcileRemaining(
  run: CommandRun,
  context: StepContext,
  request: TeardownRequest,
  { plan: shown, done: first }: { plan: TeardownPlan; done: TornDown },
): Promise<TornDown> {
  const failures = [...first.failures];
  const inPlan = deletedIn(shown.expected);
  let resources: TornDownResources = first;
  let looking: Looking = {};
  let [looks, replans] = [0, 0];
  let open = [...request.targets.keys()].filter((index) => !failures[index]);
  const look = async () => {
    const current = { ...request, targets: open.flatMap((index) => request.targets[index] ?? []) };
    const found = await findAll(stepContext(run), current, looking);
    looking = { known: found };
    const left = planTeardown(current, found);
    looks += 1;
    if (!changesAnything(left.changes) || looks < LOOKS_UNTIL_REPLANNED || replans === MOST_REPLANS)
      return left;
    const wasDeleted = deletedIn(resources);
    const plan = planTeardown(current, found, (arn) => inPlan(arn) && !wasDeleted(arn));
    if (!changesAnything(plan.changes)) return left;
    [looks, replans] = [0, replans + 1];
    const more = await tearDown(context, current, { found, plan }, SILENT);
    resources = mergeOutcomes(resources, more);
    for (const [place, index] of open.entries()) failures[index] = more.failures[place];
    if (more.failures.some(Boolean)) {
      open = open.filter((index) => !failures[index]);
      // Known findings are stored by index of the target.
      looking = {};
    }
    return left;
  };
  const { value, done } = await waitUntil(
    look,
    ({ changes }) => open.length === 0 || !changesAnything(changes),
    {
      limits: LIMITS,
      interrupt: run.interrupt,
      onWait: (elapsed) => showWaiting(run, messages.propagating, elapsed),
    },
  );
  if (!done && !failures.some(Boolean)) throw stillThere(value);
  const unproven = done ? value.targets.map(whatStops) : open.map(() => stillThere(value));
  for (const [place, index] of open.entries()) failures[index] = unproven[place];
  return { ...resources, failures };
}

/** Returns the failure that lists what AWS still shows. */
function stillThere({ changes }: TeardownPlan): Failure {
  const open = changes.filter(({ action }) => action !== 'keep');
  const resources = open.map(
    ({ resource, name, region }) =>
      `${setupMessages.resource[resource]} ${name}${region ? ` (${region})` : ''}`,
  );
  return new Failure(messages.stillThere, {
    code: 'not-proven',
    exitCode: EXIT.failed,
    // A role that loses a policy and is deleted has two changes.
    details: [...new Set(resources)],
    hint: messages.stillThereHint,
  });
}

/** Returns the secrets that are scheduled for deletion, by this run or earlier. */
export function scheduledIn({ targets }: TeardownPlan, done: TornDown): ScheduledSecret[] {
  const before = new Map(
    targets.flatMap(({ secrets }) => secrets.map(({ secret }) => [secret.arn, secret.deletedAt])),
  );
  return done.secrets.flatMap(({ region, arn, action }) => {
    const until = done.deletionDates.get(arn) ?? before.get(arn);
    return until || action === 'scheduled' ? [{ region, arn, until }] : [];
  });
}

/** Returns the outcomes for the JSON document. */
export function tornDownMembers(done: TornDown, scheduled: ScheduledSecret[]) {
  const members = outcomeMembers(done);
  const dates = new Map(scheduled.map(({ arn, until }) => [arn, until]));
  return {
    ...members,
    secrets: members.secrets.map((secret) => {
      const until = dates.get(secret.arn);
      return { ...secret, deletionDate: until ? until.toISOString() : undefined };
    }),
  };
}
