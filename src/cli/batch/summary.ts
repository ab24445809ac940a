import { outdatedLines } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { Failure } from '../../failure.ts';
import type { NonEmptyArray } from '../../grouping.ts';
import type { FailedKey, Outcomes } from '../../plan-types.ts';
import { clean, groupByText, MOST_LINES } from '../../text.ts';
import { batchMessages as messages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { type Output, wrap } from '../../ui/output.ts';
import { type MessageLine, messageLines, messageText } from '../../ui/plan.ts';
import { labeledValue, readKeyCommand } from '../summary.ts';

/** In a terminal with fewer columns, the reason is below the name and not beside it. */
const ROOM_FOR_COLUMNS = 60;
/** The reason for a key with a longer name starts on the next line, so that the reasons keep enough room. */
const WIDEST_NAME = 32;

/** Prints which keys failed and why, as a table. */
export function printFailed(output: Output, failed: FailedKey[], title: string): void {
  // If many keys have the same problem, only one is named.
  const reasonOf = ({ failure }: FailedKey) => JSON.stringify(reasonLines(failure));
  const groups = groupByText(failed, failed.length > MOST_LINES ? reasonOf : undefined);
  const shown = groups.slice(0, MOST_LINES);
  output.warn(`${output.paint.red.bold('✖')} ${title}`);
  for (const { text, unwrapped } of table(output, shown.map(combined))) output.warn(text, unwrapped);
  const unshown = groups.slice(MOST_LINES).flat().length;
  if (unshown > 0) output.warn(`  ${messages.more(unshown)}`);
  const hints = shown.flatMap(([{ failure }]) => failure.hint ?? []);
  const uniqueHints = new Map(hints.map((hint) => [messageText(hint), hint]));
  for (const { text, unwrapped } of [...uniqueHints.values()].flatMap(messageLines))
    output.warn(text, unwrapped);
}

/** Returns one item for keys with the same failure. The name says how many keys there are. */
function combined([{ name, failure }, ...others]: NonEmptyArray<FailedKey>): FailedKey {
  return { name: others.length > 0 ? messages.andOthers(name, others.length) : name, failure };
}

function table(output: Output, failed: FailedKey[]): MessageLine[] {
  const longest = Math.max(...failed.map(({ name }) => name.length), messages.column.key.length);
  const width = output.width < ROOM_FOR_COLUMNS ? 2 : Math.min(longest, WIDEST_NAME);
  const indent = ' '.repeat(width + 4);
  const head = output.paint.dim(`  ${messages.column.key.padEnd(width)}  ${messages.column.why}`);
  const rows = failed.flatMap(({ name, failure }) => {
    // Two columns less, because indented lines have a hanging indent.
    const [first, ...others] = reasonLines(failure).flatMap((line) =>
      line.unwrapped ? line : linesOf(wrap(line.text, output.width - width - 6)),
    );
    const firstLine = first?.text ?? '';
    const start =
      name.length > width
        ? [`  ${clean(name)}`, indent + firstLine]
        : [`  ${clean(name).padEnd(width)}  ${firstLine}`];
    return [
      ...start.flatMap(linesOf),
      ...others.map(({ text, unwrapped }) => ({ text: indent + text, unwrapped })),
    ];
  });
  return [...linesOf(head), ...rows];
}

function linesOf(text: string): MessageLine[] {
  return text.split('\n').map((line) => ({ text: line, unwrapped: false }));
}

function reasonLines({ message, details, unconfirmedAction }: Failure): MessageLine[] {
  return [
    message,
    ...details,
    ...(unconfirmedAction ? [setupMessages.inDoubt(unconfirmedAction)] : []),
  ].flatMap(messageLines);
}

/** What `setup` prints at the end of a batch, besides the outcomes. */
export interface BatchSummary {
  /** The number of keys that are set up. */
  keys: number;
  /** A secret with a key that this run generated, if any. */
  generated: { region: string; arn: string } | undefined;
  sandbox: boolean;
  /** True if checks could not determine for some keys whether MediaConnect can read them. */
  hasUndecidedChecks: boolean;
  /** What has to be updated before it can use its new key. */
  outdated: readonly VerifyCheck[];
}

/** Prints the secrets or, if there are too many, their number in each Region, and the ARNs of the policies and roles. */
export function showBatch(
  output: Output,
  { secrets, policies, roles }: Outcomes,
  { keys, generated, sandbox, hasUndecidedChecks, outdated }: BatchSummary,
): void {
  const regions = [...new Set(secrets.map(({ region }) => region))].sort();
  const title = hasUndecidedChecks
    ? output.paintResult.yellow.bold(messages.doneUndecided(keys))
    : output.paintResult.green.bold(messages.done(keys));
  const lines = [
    ...(outdated.length > 0 ? outdatedLines(output, outdated) : [title]),
    '',
    ...(secrets.length > MOST_LINES
      ? regions.map((region) =>
          messages.secretsInRegion(region, secrets.filter((each) => each.region === region).length),
        )
      : secrets.flatMap(({ region, arn }) => labeledValue(setupMessages.secretLabel(region), arn))),
    ...policies.flatMap(({ arn }) => labeledValue(setupMessages.policyLabel, arn)),
    ...roles.flatMap(({ arn }) => labeledValue(setupMessages.roleLabel, arn)),
    '',
    output.prose(messages.arnsInJson),
    ...roles.flatMap(({ arn }) => ['', output.prose(setupMessages.passRole(arn))]),
    ...(generated && !sandbox
      ? ['', output.prose(messages.generated), `  ${readKeyCommand(generated.region, generated.arn)}`]
      : []),
    ...(sandbox ? ['', output.prose(setupMessages.sandboxEnd)] : []),
  ];
  output.result(lines.join('\n'));
}
