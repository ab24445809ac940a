import { outdatedLines } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { Failure } from '../../failure.ts';
import type { NonEmptyArray } from '../../grouping.ts';
import type { FailedKey, Outcomes } from '../../plan-types.ts';
import { folded, MOST_LINES, plain } from '../../text.ts';
import { batchMessages as messages } from '../../ui/batch-messages.ts';
import { setupMessages } from '../../ui/messages.ts';
import { type Output, wrap } from '../../ui/output.ts';
import { type MessageLine, messageLines, messageText } from '../../ui/plan.ts';
import { field, readKeyCommand } from '../summary.ts';

/** Narrower than this, the two columns of the table stand below each other. */
const ROOM_FOR_COLUMNS = 60;
const WIDEST_NAME = 32;

/**
 * Tells which keys failed and why, as a table.
 * @param title what the table is of
 */
export function printFailed(output: Output, failed: FailedKey[], title: string): void {
  // Of many keys that one thing is in the way of, one is named.
  const alike = ({ failure }: FailedKey) => JSON.stringify(whyLines(failure));
  const groups = folded(failed, failed.length > MOST_LINES ? alike : undefined);
  const shown = groups.slice(0, MOST_LINES);
  output.insist(`${output.paint.red.bold('✖')} ${title}`);
  for (const { text, whole } of table(output, shown.map(rowOf))) output.insist(text, whole);
  const more = groups.slice(MOST_LINES).flat().length;
  if (more > 0) output.insist(`  ${messages.more(more)}`);
  const hints = shown.flatMap(([{ failure }]) => failure.hint ?? []);
  const once = new Map(hints.map((hint) => [messageText(hint), hint]));
  for (const { text, whole } of [...once.values()].flatMap(messageLines)) output.insist(text, whole);
}

function rowOf([{ name, failure }, ...others]: NonEmptyArray<FailedKey>): FailedKey {
  return { name: others.length > 0 ? messages.andOthers(name, others.length) : name, failure };
}

function table(output: Output, failed: FailedKey[]): MessageLine[] {
  const longest = Math.max(...failed.map(({ name }) => name.length), messages.column.key.length);
  const width = output.width < ROOM_FOR_COLUMNS ? 2 : Math.min(longest, WIDEST_NAME);
  const indent = ' '.repeat(width + 4);
  const head = output.paint.dim(`  ${messages.column.key.padEnd(width)}  ${messages.column.why}`);
  const rows = failed.flatMap(({ name, failure }) => {
    // Two columns less: what is indented is broken earlier, so that it can hang.
    const [first, ...others] = whyLines(failure).flatMap((line) =>
      line.whole ? line : broken(wrap(line.text, output.width - width - 6)),
    );
    const said = first?.text ?? '';
    const start = name.length > width ? [`  ${plain(name)}`, indent + said] : [row(name, width, said)];
    return [...start.flatMap(broken), ...others.map(({ text, whole }) => ({ text: indent + text, whole }))];
  });
  return [...broken(head), ...rows];
}

function row(name: string, width: number, why: string): string {
  return `  ${plain(name).padEnd(width)}  ${why}`;
}

function broken(text: string): MessageLine[] {
  return text.split('\n').map((line) => ({ text: line, whole: false }));
}

function whyLines({ message, details, inDoubt }: Failure): MessageLine[] {
  return [message, ...details, ...(inDoubt ? [setupMessages.inDoubt(inDoubt)] : [])].flatMap(messageLines);
}

/** What a finished run for many keys has to say besides what there is. */
export interface BatchSummary {
  /** How many keys are set up. */
  keys: number;
  /** A secret that holds a key which this run has made, if there is one. */
  generated: { region: string; arn: string } | undefined;
  sandbox: boolean;
  /** Whether checks could not tell of some if MediaConnect can read them. */
  open: boolean;
  /** What has to be updated before it can use its new key. */
  outdated: readonly VerifyCheck[];
}

/** Says what there is now: how many secrets in which Region, and the ARNs that all flows have in common. */
export function showBatch(
  output: Output,
  { secrets, policies, roles }: Outcomes,
  { keys, generated, sandbox, open, outdated }: BatchSummary,
): void {
  const regions = [...new Set(secrets.map(({ region }) => region))].sort();
  const title = open
    ? output.paintResult.yellow.bold(messages.doneOpen(keys))
    : output.paintResult.green.bold(messages.done(keys));
  const lines = [
    ...(outdated.length > 0 ? outdatedLines(output, outdated) : [title]),
    '',
    ...(secrets.length > MOST_LINES
      ? regions.map((region) =>
          messages.where(region, secrets.filter((each) => each.region === region).length),
        )
      : secrets.flatMap(({ region, arn }) => field(setupMessages.secretLabel(region), arn))),
    ...policies.flatMap(({ arn }) => field(setupMessages.policyLabel, arn)),
    ...roles.flatMap(({ arn }) => field(setupMessages.roleLabel, arn)),
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
