import { EXIT, Failure, Interrupted } from '../failure.ts';
import type { Outcomes } from '../plan-types.ts';
import { folded, MOST_LINES, plain, plainLines } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';
import { messageLines } from '../ui/plan.ts';
import { failureMembers, printJson } from './json.ts';

/** Prints a failure or an interruption: what went wrong, what to do now, and what exists. */
export function printFailure(output: Output, error: Failure | Interrupted, outcomes: Outcomes): void {
  if (error instanceof Interrupted) {
    output.warn(error.chosen ? messages.stopped : messages.interrupted);
  } else {
    output.warn(`${output.paint.red.bold('✖')} ${plain(error.message)}`);
  }
  for (const { text, unwrapped } of error.details.flatMap(messageLines)) output.warn(`  ${text}`, unwrapped);
  const hint = error instanceof Failure ? error.hint : undefined;
  for (const { text, unwrapped } of hint ? messageLines(hint) : []) output.warn(text, unwrapped);
  const isConflict = error instanceof Failure && error.exitCode === EXIT.conflict;
  for (const line of existingLines(outcomes, error.unconfirmedAction, isConflict)) output.warn(line);
  if (output.options.debug && error.stack) output.warn(stackTraces(error));
  if (output.options.json) printJson(output, failureMembers(error, outcomes));
}

/**
 * Returns lines about what exists because of this run and how to continue, or that nothing was changed.
 * @param unconfirmedAction the IAM action of an unconfirmed change
 */
function existingLines(
  outcomes: Outcomes,
  unconfirmedAction: string | undefined,
  isConflict: boolean,
): string[] {
  const unconfirmedLines = unconfirmedAction ? [messages.inDoubt(unconfirmedAction)] : [];
  if (allOutcomes(changesIn(outcomes)).length === 0)
    return unconfirmedAction ? unconfirmedLines : [messages.nothingChanged];
  return [
    ...unconfirmedLines,
    messages.existsSoFar,
    ...outcomeLines(outcomes),
    ...remainingLines(outcomes),
    // With a conflict, the same command would end the same way.
    ...(isConflict ? [] : [outcomes.remaining?.howToContinue ?? messages.runAgain]),
  ];
}

/** Lists the outcomes: one line each or, for many secrets, their number. */
export function outcomeLines({
  secrets,
  policies,
  roles,
}: Pick<Outcomes, 'secrets' | 'policies' | 'roles'>): string[] {
  const groupBy = secrets.length > MOST_LINES ? ({ action }: { action: string }) => action : undefined;
  const outcomeLine = ({ arn, action }: Outcomes['roles'][number]) =>
    `  ${plain(arn)} (${messages.done[action]})`;
  return [
    ...folded(secrets, groupBy).map(([first, ...others]) =>
      others.length === 0
        ? outcomeLine(first)
        : `  ${batchMessages.several.secret(others.length + 1)} (${messages.done[first.action]})`,
    ),
    ...[...policies, ...roles].map(outcomeLine),
  ];
}

/** Lists the remaining resources: one line each or, for many, their number. */
export function remainingLines({ remaining }: Outcomes): string[] {
  if (!remaining || remaining.arns.length === 0) return [];
  const { title, arns } = remaining;
  return [
    title,
    ...(arns.length > MOST_LINES ? [batchMessages.resources(arns.length)] : arns).map(
      (line) => `  ${plain(line)}`,
    ),
  ];
}

function stackTraces(error: Error): string {
  const cause = error.cause instanceof Error && error.cause.stack ? `\ncaused by ${error.cause.stack}` : '';
  return plainLines(`${error.stack ?? ''}${cause}`);
}

/** Outcomes by type of resource. */
type ByKind = Pick<Outcomes, 'secrets' | 'policies' | 'roles'>;

/** Returns the outcomes of all types in one list. */
export function allOutcomes({ secrets = [], policies = [], roles = [] }: Partial<ByKind>) {
  return [...secrets, ...policies, ...roles];
}

/** Returns only the changes. */
export function changesIn(outcomes: ByKind): ByKind {
  return filtered(outcomes, ({ action }) => action !== 'kept');
}

/** Returns the outcomes whose resources are not in `reported`. */
export function withoutReported(reported: Partial<ByKind>, outcomes: ByKind): ByKind {
  const reportedArns = new Set(allOutcomes(reported).map(({ arn }) => arn));
  return filtered(outcomes, ({ arn }) => !reportedArns.has(arn));
}

function filtered(
  { secrets, policies, roles }: ByKind,
  condition: (outcome: { arn: string; action: string }) => boolean,
): ByKind {
  return {
    secrets: secrets.filter(condition),
    policies: policies.filter(condition),
    roles: roles.filter(condition),
  };
}
