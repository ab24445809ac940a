import { callerLines } from '../aws/caller.ts';
import { policyReader } from '../aws/iam/policies.ts';
import { secretReader } from '../aws/secrets/value-reader.ts';
import { LIMITS } from '../defaults.ts';
import { inMembers, planInManifest } from '../manifest/index.ts';
import type { Left, Outcomes, StepEvent } from '../plan-types.ts';
import type { StepContext } from '../steps/types.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { changesAnything, type ShownPlan, showPlan, showWarning } from '../ui/plan.ts';
import { changesIn, listed } from './failure.ts';
import type { CommandRun } from './run-command.ts';

/**
 * What the steps work with in this run.
 * @param reading whether the secrets' resource policies are read with them
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

/** What is printed if a run does not finish: the title of the remaining changes, and how to continue. */
type Rest = Pick<Left, 'title' | 'goOn'>;

/**
 * The same context, which also keeps account of what is still to come: a resource is done once that has happened to it which
 * is expected.
 */
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

/** Says what is being waited for until IAM has made a change known. */
export function showWaiting({ progress }: CommandRun, what: string, elapsedMs: number): void {
  progress.wait(messages.waitingFor(what, elapsedMs, LIMITS.iamPropagationMs));
}

/** Notes what happens to resources. A later outcome of the same resource takes the place of the earlier one. */
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

/** Knows the places in a list by ARN, as there may be thousands. */
function placing<T extends { arn: string }>(list: T[]): (outcome: T) => void {
  const places = new Map(list.map(({ arn }, at) => [arn, at]));
  return (outcome) => {
    const at = places.get(outcome.arn) ?? list.length;
    places.set(outcome.arn, at);
    list[at] = outcome;
  };
}

/**
 * Says whose account it is, unless the wizard has said so already, and what will be done. Returns whether there is anything to do.
 */
export async function printPlan(run: CommandRun, plan: ShownPlan, how: PlanTelling): Promise<boolean> {
  if (run.interactive) run.output.say();
  else await showAccount(run);
  return printChanges(run, plan, how);
}

/** How a plan is printed. */
export interface PlanTelling {
  dryRun: boolean;
  /** The sentence for when there is nothing to do; left out where that shows only later. */
  nothingToDo?: string;
}

/** Says what will be done. Returns whether there is anything to do. */
export function printChanges(
  { output, outcomes }: CommandRun,
  plan: ShownPlan,
  { dryRun, nothingToDo }: PlanTelling,
): boolean {
  const told = outcomes.ofManifest ? planInManifest(plan) : plan;
  showPlan(output, told, dryRun ? messages.dryRunTitle : messages.planTitle, { whole: dryRun });
  const changes = changesAnything(plan.changes);
  if (!changes && nothingToDo !== undefined) output.say(nothingToDo);
  return changes;
}

/** Says whose account it is. */
export async function showAccount({ aws, output }: CommandRun): Promise<void> {
  const { account, arn } = await aws.identity();
  output.say(messages.account(account, arn));
  const { configuration } = aws.settings;
  if (configuration) for (const line of callerLines(configuration)) output.say(`  ${line}`);
}
