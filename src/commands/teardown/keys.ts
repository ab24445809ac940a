import { waitUntil } from '../../aws/requests/concurrency.ts';
import type { Identity } from '../../aws/session.ts';
import { changesIn } from '../../cli/failure-output.ts';
import { outcomeMembers } from '../../cli/json.ts';
import type { CommandRun } from '../../cli/run-command.ts';
import { showWaiting, stepContext, trackRemaining } from '../../cli/step-context.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LIMITS } from '../../limits.ts';
import { canProceed } from '../../steps/plan.ts';
import { blockerOf } from '../../steps/results.ts';
import type { StepContext } from '../../steps/types.ts';
import { setupMessages } from '../../ui/messages.ts';
import { changesAnything } from '../../ui/plan.ts';
import { counter, doneLines } from '../../ui/progress.ts';
import {
  deletedIn,
  mergeOutcomes,
  type TeardownOutcomes,
  type TeardownResult,
  tearDown,
} from './apply/index.ts';
import { teardownMessages as messages } from './messages.ts';
import { failMissingTargets } from './plan/conflicts.ts';
import { planTeardown } from './plan/index.ts';
import { type ObserveOptions, observeTargets } from './plan/observe.ts';
import type { ScheduledSecret } from './summary.ts';
import type { Findings, TeardownPlan, TeardownRequest } from './types.ts';

/** Secrets with their observed state and plan. */
export interface PlannedTeardown {
  context: StepContext;
  found: Findings;
  plan: TeardownPlan;
}

/** Reads the current state of one secret or many, and plans. */
export async function observeAndPlan(run: CommandRun, request: TeardownRequest): Promise<PlannedTeardown> {
  const context = stepContext(run);
  const { targets } = request;
  const [first, ...others] = targets;
  run.progress.start(first && others.length === 0 ? messages.looking(first.regions) : messages.lookingForAll);
  const found = await observeTargets(context, request, { onTarget: counter(run.progress, targets.length) });
  run.progress.stop();
  const plan = planTeardown(request, found, { checksNames: true });
  return { context, found, plan: failMissingTargets(plan) };
}

/** Applies the plan, tracks the remaining changes, and reads until AWS shows that everything is torn down. */
export async function tearDownAndVerify(
  run: CommandRun,
  request: TeardownRequest,
  { context, found, plan }: PlannedTeardown,
): Promise<TeardownResult> {
  const { outcomes, output, progress } = run;
  const startedAt = performance.now();
  progress.start(messages.tearingDown);
  const trackingContext = trackRemaining(context, outcomes, plan.expected, {
    title: messages.left,
    howToContinue: messages.goOn,
  });
  const callbacks = {
    onTarget: counter(progress, plan.targets.filter(canProceed).length),
    onSecrets: () => {
      if (plan.chains.some(({ decisions }) => decisions.some(({ kind }) => kind !== 'keep')))
        progress.start(messages.tearingDownRest);
    },
  };
  const firstResult = await tearDown(trackingContext, request, { found, plan }, callbacks);
  const result = await reconcileRemaining(run, trackingContext, request, { plan, firstResult });
  progress.stop();
  if (result.failures.includes(undefined)) {
    const elapsedMs = performance.now() - startedAt;
    for (const line of doneLines(changesIn(result), elapsedMs, output.width)) progress.done(line);
    progress.done(messages.tornDown);
    output.info();
  }
  return result;
}

/**
 * After this many consecutive reads that show something left, the cause is not a delay of IAM but something that the plan did not
 * have. The run then plans again.
 */
const READS_UNTIL_REPLANNED = 3;

/** How often a run plans again for what its first plan did not have. */
const MOST_REPLANS = 2;

/**
 * Reads until nothing is left to tear down, and removes policy entries that the displayed plan did not have. Deletes only policies,
 * roles and secrets that the displayed plan deletes and that this run has not deleted yet: a resource that exists again after this
 * run has deleted it belongs to someone else.
 * @returns all outcomes of the run, and for each target why it is not torn down, if it is not
 * @throws Failure with the code `not-proven` if AWS still shows something of a target and no target has failed
 */
async function reconcileRemaining(
  run: CommandRun,
  context: StepContext,
  request: TeardownRequest,
  { plan: displayedPlan, firstResult }: { plan: TeardownPlan; firstResult: TeardownResult },
): Promise<TeardownResult> {
  const failures = [...firstResult.failures];
  const isDeletedInPlan = deletedIn(displayedPlan.expected);
  let outcomes: TeardownOutcomes = firstResult;
  let observeOptions: ObserveOptions = {};
  let [readsSincePlan, replans] = [0, 0];
  // The targets that have not failed, by their index in the request.
  let remainingTargets = [...request.targets.keys()].filter((index) => !failures[index]);
  const readAndReplan = async () => {
    const targets = remainingTargets.flatMap((index) => request.targets[index] ?? []);
    const remainingRequest = { ...request, targets };
    const found = await observeTargets(stepContext(run), remainingRequest, observeOptions);
    observeOptions = { known: found };
    const remainingPlan = planTeardown(remainingRequest, found);
    readsSincePlan += 1;
    const isDone = !changesAnything(remainingPlan.changes);
    if (isDone || readsSincePlan < READS_UNTIL_REPLANNED || replans === MOST_REPLANS) return remainingPlan;
    const wasDeleted = deletedIn(outcomes);
    const mayDelete = (arn: string) => isDeletedInPlan(arn) && !wasDeleted(arn);
    const plan = planTeardown(remainingRequest, found, { mayDelete });
    if (!changesAnything(plan.changes)) return remainingPlan;
    [readsSincePlan, replans] = [0, replans + 1];
    const result = await tearDown(context, remainingRequest, { found, plan });
    outcomes = mergeOutcomes(outcomes, result);
    for (const [position, index] of remainingTargets.entries()) failures[index] = result.failures[position];
    if (result.failures.some(Boolean)) {
      remainingTargets = remainingTargets.filter((index) => !failures[index]);
      // Findings have the order of the request's targets, and the next request has fewer targets.
      observeOptions = {};
    }
    return remainingPlan;
  };
  const isNothingLeft = ({ changes }: TeardownPlan) =>
    remainingTargets.length === 0 || !changesAnything(changes);
  const { value: lastPlan, done } = await waitUntil(readAndReplan, isNothingLeft, {
    limits: LIMITS,
    interrupt: run.interrupt,
    onWait: (elapsed) => showWaiting(run, messages.waitingForPropagation, elapsed),
  });
  if (!done && !failures.some(Boolean)) throw stillThere(lastPlan);
  const remainingFailures = done
    ? lastPlan.targets.map(blockerOf)
    : remainingTargets.map(() => stillThere(lastPlan));
  for (const [position, index] of remainingTargets.entries()) failures[index] = remainingFailures[position];
  return { ...outcomes, failures };
}

/** Returns the failure that lists what AWS still shows. */
function stillThere({ changes }: TeardownPlan): Failure {
  const remainingChanges = changes.filter(({ action }) => action !== 'keep');
  const resources = remainingChanges.map(
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
export function scheduledIn({ targets }: TeardownPlan, result: TeardownResult): ScheduledSecret[] {
  const earlierDates = new Map(
    targets.flatMap(({ secrets }) => secrets.map(({ secret }) => [secret.arn, secret.deletedAt])),
  );
  return result.secrets.flatMap(({ region, arn, action }) => {
    const until = result.deletionDates.get(arn) ?? earlierDates.get(arn);
    return until || action === 'scheduled' ? [{ region, arn, until }] : [];
  });
}

/** Returns the fields of the JSON document. */
export function teardownMembers(
  { account, partition }: Identity,
  result: TeardownResult,
  { scheduled, undo, dryRun }: { scheduled: ScheduledSecret[]; undo: string | undefined; dryRun: boolean },
) {
  const { secrets, ...others } = outcomeMembers(result);
  const dates = new Map(scheduled.map(({ arn, until }) => [arn, until]));
  return {
    dryRun: dryRun || undefined,
    account,
    partition,
    secrets: secrets.map((secret) => ({ ...secret, deletionDate: dates.get(secret.arn)?.toISOString() })),
    ...others,
    undo,
  };
}
