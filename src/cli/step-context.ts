import { callerLines } from '../aws/caller.ts';
import { policyReader } from '../aws/iam/policies.ts';
import { secretReader } from '../aws/secrets/value-reader.ts';
import { LIMITS } from '../limits.ts';
import { inMembers, planInManifest } from '../manifest/index.ts';
import type { Left, Outcomes, StepEvent } from '../plan-types.ts';
import type { StepContext } from '../steps/types.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { changesAnything, type ShownPlan, showPlan, showWarning } from '../ui/plan.ts';
import { changesIn, listed } from './failure.ts';
import type { CommandRun } from './run-command.ts';

/**
 * Returns the context of the steps in this run.
 * @param reading whether to read the secrets' resource policies too
 */
export function stepContext(run: CommandRun, reading: { withPolicies?: boolean } = {}): StepContext {
  const { aws, output, progress, outcomes, interrupt } = run;
  const said = outcomes.ofManifest ? batchMessages : messages;
  return {
    aws,
    secrets: secretReader(aws, reading),
    policies: policyReader(aws),
    limits: LIMITS,
    interrupt,
    record: recorderOf(outcomes),
    warn(warning) {
      const text = outcomes.ofManifest ? inMembers(warning) : warning;
      progress.printBetween(() => showWarning(output, text));
    },
    begin: (step) => progress.start(said.progress[step]),
    end: (step) => progress.done(said.stepDone[step]),
    waiting: (what, elapsedMs) => showWaiting(run, what, elapsedMs),
  };
}

/** Texts for a run that doesn't finish: the title of the remaining changes, and how to continue. */
type Rest = Pick<Left, 'title' | 'goOn'>;

/** Returns a context that also tracks the remaining changes. A resource is done when it has the expected outcome. */
export function withAccountOfRest(
  context: StepContext,
  outcomes: Outcomes,
  expected: Outcomes,
  rest: Rest,
): StepContext {
  const named = ({ arn, action }: { arn: string; action: string }) => `${action} ${arn}`;
  const open = new Map(listed(changesIn(expected)).map((each) => [named(each), each.arn]));
  outcomes.left = {
    ...rest,
    get arns() {
      return [...open.values()];
    },
  };
  return {
    ...context,
    record(outcome) {
      context.record(outcome);
      for (const done of listed(happenedTo(outcome))) open.delete(named(done));
    },
  };
}

/** Shows what the run waits for until IAM has propagated a change. */
export function showWaiting({ progress }: CommandRun, what: string, elapsedMs: number): void {
  progress.wait(messages.waitingFor(what, elapsedMs, LIMITS.iamPropagationMs));
}

/** Records outcomes. A later outcome for a resource replaces the earlier one. */
function recorderOf(outcomes: Outcomes): StepContext['record'] {
  const put = {
    secrets: placing(outcomes.secrets),
    policies: placing(outcomes.policies),
    roles: placing(outcomes.roles),
  };
  return (happened) => {
    const { secrets, policies, roles } = happenedTo(happened);
    secrets.forEach(put.secrets);
    policies.forEach(put.policies);
    roles.forEach(put.roles);
  };
}

function happenedTo({ secrets = [], policies = [], role }: StepEvent): Outcomes {
  return { secrets, policies, roles: role ? [role] : [] };
}

/** Indexes a list by ARN, because it may have thousands of items. */
function placing<T extends { arn: string }>(list: T[]): (outcome: T) => void {
  const places = new Map(list.map(({ arn }, index) => [arn, index]));
  return (outcome) => {
    const at = places.get(outcome.arn) ?? list.length;
    places.set(outcome.arn, at);
    list[at] = outcome;
  };
}

/** Prints the account, unless the wizard has already done so, and the plan. Returns whether there is anything to do. */
export async function printPlan(run: CommandRun, plan: ShownPlan, how: PlanTelling): Promise<boolean> {
  if (run.interactive) run.output.info();
  else await showAccount(run);
  return printChanges(run, plan, how);
}

/** How to print a plan. */
export interface PlanTelling {
  dryRun: boolean;
  /** The sentence for when there is nothing to do. Absent if that is only known later. */
  nothingToDo?: string;
}

/** Prints the plan. Returns whether there is anything to do. */
export function printChanges(
  { output, outcomes }: CommandRun,
  plan: ShownPlan,
  { dryRun, nothingToDo }: PlanTelling,
): boolean {
  const shown = outcomes.ofManifest ? planInManifest(plan) : plan;
  showPlan(output, shown, dryRun ? messages.dryRunTitle : messages.planTitle, { whole: dryRun });
  const changes = changesAnything(plan.changes);
  if (!changes && nothingToDo !== undefined) output.info(nothingToDo);
  return changes;
}

/** Prints the account. */
export async function showAccount({ aws, output }: CommandRun): Promise<void> {
  const { account, arn } = await aws.identity();
  output.info(messages.account(account, arn));
  const { configuration } = aws.settings;
  if (configuration) for (const line of callerLines(configuration)) output.info(`  ${line}`);
}
