import { EXIT, Failure, Interrupted } from '../failure.ts';
import type { Outcomes } from '../plan-types.ts';
import { folded, MOST_LINES, plain, plainLines } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { setupMessages as messages } from '../ui/messages.ts';
import type { Output } from '../ui/output.ts';
import { messageLines } from '../ui/plan.ts';
import { failureMembers, printJson } from './json.ts';

/** Tells a failure or an interruption: what went wrong, what to do now, and what exists by now. */
export function printFailure(output: Output, error: Failure | Interrupted, outcomes: Outcomes): void {
  if (error instanceof Interrupted) {
    output.insist(error.chosen ? messages.stopped : messages.interrupted);
  } else {
    output.insist(`${output.paint.red.bold('✖')} ${plain(error.message)}`);
  }
  for (const { text, whole } of error.details.flatMap(messageLines)) output.insist(`  ${text}`, whole);
  const hint = error instanceof Failure ? error.hint : undefined;
  for (const { text, whole } of hint ? messageLines(hint) : []) output.insist(text, whole);
  const inTheWay = error instanceof Failure && error.exitCode === EXIT.conflict;
  for (const line of existing(outcomes, error.inDoubt, inTheWay)) output.insist(line);
  if (output.options.debug && error.stack) output.insist(stacks(error));
  if (output.options.json) printJson(output, failureMembers(error, outcomes));
}

/** What exists by now because of this run, and that it is safe to go on; or that nothing was changed. */
function existing(outcomes: Outcomes, doubt: string | undefined, inTheWay: boolean): string[] {
  const doubtful = doubt ? [messages.inDoubt(doubt)] : [];
  if (listed(changesIn(outcomes)).length === 0) return doubt ? doubtful : [messages.nothingChanged];
  return [
    ...doubtful,
    messages.existsSoFar,
    ...listOf(outcomes),
    ...leftToDo(outcomes),
    // With something in the way, the same command would end as this one did.
    ...(inTheWay ? [] : [outcomes.left?.goOn ?? messages.runAgain]),
  ];
}

/** What became of the resources: one by one, or, of many secrets, how many. */
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

/** What is left, one by one; or, where that is much, how much. */
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

/** What happened to resources, by their kind. */
type ByKind = Pick<Outcomes, 'secrets' | 'policies' | 'roles'>;

/** The resources of all kinds in one list. */
export function listed({ secrets = [], policies = [], roles = [] }: Partial<ByKind>) {
  return [...secrets, ...policies, ...roles];
}

/** What was changed, without what was found as it should be. */
export function changesIn(outcomes: ByKind): ByKind {
  return only(outcomes, ({ action }) => action !== 'kept');
}

/** What happened to resources that others do not tell of. */
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
