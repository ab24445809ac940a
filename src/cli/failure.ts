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
  for (const { text, whole } of error.details.flatMap(messageLines)) output.warn(`  ${text}`, whole);
  const hint = error instanceof Failure ? error.hint : undefined;
  for (const { text, whole } of hint ? messageLines(hint) : []) output.warn(text, whole);
  const inTheWay = error instanceof Failure && error.exitCode === EXIT.conflict;
  for (const line of existing(outcomes, error.unconfirmedAction, inTheWay)) output.warn(line);
  if (output.options.debug && error.stack) output.warn(stacks(error));
  if (output.options.json) printJson(output, failureMembers(error, outcomes));
}

/** Returns lines about what exists because of this run, and that it's safe to continue; or that nothing was changed. */
function existing(outcomes: Outcomes, unconfirmed: string | undefined, inTheWay: boolean): string[] {
  const doubtful = unconfirmed ? [messages.inDoubt(unconfirmed)] : [];
  if (listed(changesIn(outcomes)).length === 0) return unconfirmed ? doubtful : [messages.nothingChanged];
  return [
    ...doubtful,
    messages.existsSoFar,
    ...listOf(outcomes),
    ...leftToDo(outcomes),
    // With a conflict, the same command would end the same way.
    ...(inTheWay ? [] : [outcomes.left?.goOn ?? messages.runAgain]),
  ];
}

/** Lists the outcomes: one line each or, for many secrets, their number. */
export function listOf({
  secrets,
  policies,
  roles,
}: Pick<Outcomes, 'secrets' | 'policies' | 'roles'>): string[] {
  const alike = secrets.length > MOST_LINES ? ({ action }: { action: string }) => action : undefined;
  const one = ({ arn, action }: Outcomes['roles'][number]) => `  ${plain(arn)} (${messages.done[action]})`;
  return [
    ...folded(secrets, alike).map(([first, ...others]) =>
      others.length === 0
        ? one(first)
        : `  ${batchMessages.several.secret(others.length + 1)} (${messages.done[first.action]})`,
    ),
    ...[...policies, ...roles].map(one),
  ];
}

/** Lists what is left: one line each or, for many, their number. */
export function leftToDo({ left }: Outcomes): string[] {
  const { title, arns } = left ?? { title: '', arns: [] };
  if (arns.length === 0) return [];
  return [
    title,
    ...(arns.length > MOST_LINES ? [batchMessages.resources(arns.length)] : arns).map(
      (line) => `  ${plain(line)}`,
    ),
  ];
}

function stacks(error: Error): string {
  const cause = error.cause instanceof Error && error.cause.stack ? `\ncaused by ${error.cause.stack}` : '';
  return plainLines(`${error.stack ?? ''}${cause}`);
}

/** Outcomes by type of resource. */
type ByKind = Pick<Outcomes, 'secrets' | 'policies' | 'roles'>;

/** Returns the outcomes of all types in one list. */
export function listed({ secrets = [], policies = [], roles = [] }: Partial<ByKind>) {
  return [...secrets, ...policies, ...roles];
}

/** Returns only the changes. */
export function changesIn(outcomes: ByKind): ByKind {
  return only(outcomes, ({ action }) => action !== 'kept');
}

/** Returns the outcomes that are not in `others`. */
export function apartFrom(others: Partial<ByKind>, outcomes: ByKind): ByKind {
  const known = new Set(listed(others).map(({ arn }) => arn));
  return only(outcomes, ({ arn }) => !known.has(arn));
}

function only(
  { secrets, policies, roles }: ByKind,
  isMeant: (outcome: { arn: string; action: string }) => boolean,
): ByKind {
  return {
    secrets: secrets.filter(isMeant),
    policies: policies.filter(isMeant),
    roles: roles.filter(isMeant),
  };
}
