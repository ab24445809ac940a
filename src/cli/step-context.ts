import { callerLines } from '../aws/caller-output.ts';
import { policyReader } from '../aws/iam/policies.ts';
import { secretReader } from '../aws/secrets/value-reader.ts';
import { LIMITS } from '../limits.ts';
import { flagsToFields, planInManifest } from '../manifest/index.ts';
import type { Outcomes, Remaining, StepOutcomes } from '../plan-types.ts';
import type { StepContext } from '../steps/types.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import { verdictMarks } from '../ui/output.ts';
import { changesAnything, type ShownPlan, showPlan, showWarning } from '../ui/plan.ts';
import { doneLines } from '../ui/progress.ts';
import { allOutcomes, changesIn } from './failure-output.ts';
import type { CommandRun } from './run-command.ts';

/**
 * Returns the context of the steps in this run.
 * @param secretOptions whether to read the secrets' resource policies too
 */
export function stepContext(run: CommandRun, secretOptions: { withPolicies?: boolean } = {}): StepContext {
  const { aws, output, progress, outcomes, interrupt } = run;
  const texts = outcomes.isBatch ? batchMessages : messages;
  const record = recorderOf(outcomes);
  let stepOutcomes: Outcomes = noOutcomes();
  let recordInStep = recorderOf(stepOutcomes);
  let startedAt = 0;
  return {
    aws,
    secrets: secretReader(aws, secretOptions),
    policies: policyReader(aws),
    limits: LIMITS,
    interrupt,
    record(event) {
      record(event);
      recordInStep(event);
    },
    warn(warning) {
      const text = outcomes.isBatch ? flagsToFields(warning) : warning;
      progress.printBetween(() => showWarning(output, text));
    },
    begin(step) {
      stepOutcomes = noOutcomes();
      recordInStep = recorderOf(stepOutcomes);
      startedAt = performance.now();
      progress.start(texts.progress[step]);
    },
    end() {
      const lines = doneLines(stepOutcomes, performance.now() - startedAt, output.width);
      for (const line of lines) progress.done(line);
    },
    waiting: (what, elapsedMs) => showWaiting(run, what, elapsedMs),
  };
}

/**
 * Returns a context that also keeps `outcomes.remaining` up to date. A resource no longer remains when its expected outcome is
 * recorded.
 * @param texts the title of the remaining changes, and how to continue, for a run that doesn't finish
 */
export function trackRemaining(
  context: StepContext,
  outcomes: Outcomes,
  expected: Outcomes,
  texts: Pick<Remaining, 'title' | 'howToContinue'>,
): StepContext {
  const idOf = ({ arn, action }: { arn: string; action: string }) => `${action} ${arn}`;
  const remainingArns = new Map(allOutcomes(changesIn(expected)).map((change) => [idOf(change), change.arn]));
  outcomes.remaining = {
    ...texts,
    get arns() {
      return [...remainingArns.values()];
    },
  };
  return {
    ...context,
    record(event) {
      context.record(event);
      for (const done of allOutcomes(outcomesIn(event))) remainingArns.delete(idOf(done));
    },
  };
}

/** Shows what the run waits for while IAM propagates a change. */
export function showWaiting({ progress }: CommandRun, what: string, elapsedMs: number): void {
  progress.wait(messages.waitingFor(what, elapsedMs, LIMITS.iamPropagationMs));
}

function noOutcomes(): Outcomes {
  return { secrets: [], policies: [], roles: [] };
}

/** Returns a function that records outcomes. A later outcome for a resource replaces the earlier one. */
function recorderOf(outcomes: Outcomes): StepContext['record'] {
  const putSecret = putInto(outcomes.secrets);
  const putPolicy = putInto(outcomes.policies);
  const putRole = putInto(outcomes.roles);
  return (event) => {
    const { secrets, policies, roles } = outcomesIn(event);
    secrets.forEach(putSecret);
    policies.forEach(putPolicy);
    roles.forEach(putRole);
  };
}

function outcomesIn({ secrets = [], policies = [], role }: StepOutcomes): Outcomes {
  return { secrets, policies, roles: role ? [role] : [] };
}

/**
 * Returns a function that puts an outcome into the list, in place of an earlier one for the same ARN. Keeps an index by ARN,
 * because the list may have thousands of items.
 */
function putInto<T extends { arn: string }>(list: T[]): (outcome: T) => void {
  const indexes = new Map(list.map(({ arn }, index) => [arn, index]));
  return (outcome) => {
    const index = indexes.get(outcome.arn) ?? list.length;
    indexes.set(outcome.arn, index);
    list[index] = outcome;
  };
}

/** Prints the account, unless the wizard has already printed it, and the plan. Returns true if the plan changes anything. */
export async function printAccountAndPlan(
  run: CommandRun,
  plan: ShownPlan,
  options: PlanPrintOptions,
): Promise<boolean> {
  if (run.interactive) run.output.info();
  else await showAccount(run);
  return printChanges(run, plan, options);
}

/** How to print a plan. */
export interface PlanPrintOptions {
  dryRun: boolean;
  /** The sentence for when there is nothing to do. Absent if that is only known later. */
  nothingToDo?: string;
  /** What the plan is for, such as the manifest and its number of keys. */
  subject?: string;
}

/** Prints the plan. Returns true if the plan changes anything. */
export function printChanges(
  { aws, common, output, outcomes }: CommandRun,
  plan: ShownPlan,
  { dryRun, nothingToDo, subject }: PlanPrintOptions,
): boolean {
  const shown = outcomes.isBatch ? planInManifest(plan) : plan;
  const notes = [subject, dryRun && messages.dryRun, common.sandbox && messages.sandbox];
  showPlan(output, shown, messages.planTitle(aws.knownIdentity()?.account), {
    unfolded: dryRun,
    note: notes.filter(Boolean).join(', '),
  });
  const hasChanges = changesAnything(plan.changes);
  if (!hasChanges && nothingToDo !== undefined)
    output.info(`${output.paint.green(verdictMarks.ok)} ${nothingToDo}`);
  return hasChanges;
}

/** Prints the account. */
export async function showAccount({ aws, output }: CommandRun): Promise<void> {
  const { account, arn } = await aws.identity();
  output.info(messages.account(account, arn));
  const { configuration } = aws.settings;
  if (configuration) for (const line of callerLines(configuration)) output.info(`  ${line}`);
  output.info();
}
