import { outdatedLines } from '../../checks/verify/report/report.ts';
import type { VerifyCheck } from '../../checks/verify/result.ts';
import type { Failure, Message, Resolution } from '../../failure.ts';
import type { FailedKey, Outcomes } from '../../plan-types.ts';
import { clean, groupByText, MOST_LINES, type NonEmptyArray } from '../../text.ts';
import { batchMessages as messages } from '../../ui/batch-messages.ts';
import { toolCommand } from '../../ui/commands.ts';
import { setupMessages } from '../../ui/messages.ts';
import { type Output, wrap } from '../../ui/output.ts';
import { type MessageLine, messageLines, messageText } from '../../ui/plan.ts';
import { completeTitle, passRoleStep, readKeyCommand, realCommand, undecidedTitle } from '../summary.ts';

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
  const hints = combinedHints(shown.flatMap(([{ failure }]) => failure.hint ?? []));
  for (const { text, unwrapped } of table(output, shown.map(combined))) output.warn(text, unwrapped);
  const unshown = groups.slice(MOST_LINES).flat().length;
  if (unshown > 0) output.warn(`  ${messages.more(unshown)}`);
  for (const { text, unwrapped } of hints.flatMap(messageLines)) output.warn(`  ${text}`, unwrapped);
}

/** Returns the unique hints. The options that resolve conflicts are in one list, because several keys may need the same ones. */
function combinedHints(hints: Message[]): Message[] {
  const resolutions = hints.flatMap(resolutionsIn);
  const uniqueResolutions = [...new Map(resolutions.map((each) => [each.flag, each])).values()];
  const others = hints.filter((hint) => resolutionsIn(hint).length === 0);
  return [
    ...new Map(others.map((hint) => [messageText(hint), hint])).values(),
    ...(uniqueResolutions.length > 0 ? [{ resolutions: uniqueResolutions }] : []),
  ];
}

function resolutionsIn(hint: Message): Resolution[] {
  return typeof hint === 'object' && 'resolutions' in hint ? hint.resolutions : [];
}

/** Returns one item for keys with the same failure. The name says how many keys there are. */
function combined([{ name, failure }, ...others]: NonEmptyArray<FailedKey>): FailedKey {
  return { name: others.length > 0 ? messages.andOthers(name, others.length) : name, failure };
}

function table(output: Output, failed: FailedKey[]): MessageLine[] {
  const longest = Math.max(...failed.map(({ name }) => name.length), messages.column.key.length);
  const width = output.width < ROOM_FOR_COLUMNS ? 2 : Math.min(longest, WIDEST_NAME);
  const indent = ' '.repeat(width + 4);
  const head = `  ${output.paint.dim(`${messages.column.key.padEnd(width)}  ${messages.column.why}`)}`;
  const rows = failed.flatMap(({ name, failure }) => {
    const lines = [...reasonLines(failure), ...(failed.length > 1 ? fixLines(failure) : [])];
    // Two columns less, because indented lines have a hanging indent.
    const [first, ...others] = lines.flatMap((line) =>
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

/** Returns the options that resolve the conflict of this key. What they do is explained once, below the table. */
function fixLines({ hint }: Failure): MessageLine[] {
  const flags = hint ? resolutionsIn(hint).map(({ flag }) => flag) : [];
  return flags.length > 0 ? linesOf(messages.fix(flags)) : [];
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
  /** The path of the manifest, for commands. */
  manifest: string;
  /** The number of keys that are set up. */
  keys: number;
  /** True if other keys of the manifest have failed. */
  hasFailures: boolean;
  /** A secret with a key that this run generated, if any. */
  generated: { region: string; arn: string } | undefined;
  sandbox: boolean;
  /** True if checks could not determine for some keys whether MediaConnect can read them. */
  hasUndecidedChecks: boolean;
  /** What has to be updated before it can use its new key. */
  outdated: readonly VerifyCheck[];
}

/** Prints the ARNs of the roles and of up to 20 secrets with their names, and the next steps. With `--quiet`, prints all ARNs alone. */
export function showBatch(output: Output, outcomes: Outcomes, summary: BatchSummary): void {
  const { secrets, roles } = outcomes;
  const { manifest, outdated, sandbox } = summary;
  if (output.options.quiet) {
    output.result([...secrets, ...roles].map(({ arn }) => clean(arn)).join('\n'));
    return;
  }
  const roleLabel = (name: string) =>
    roles.length > 1 ? setupMessages.roleNameLabel(clean(name)) : setupMessages.roleLabel;
  const lines = [
    ...(outdated.length > 0 ? outdatedLines(output, outdated) : [titleOf(output, outcomes, summary)]),
    '',
    ...roles.flatMap(({ name, arn }) => [`  ${roleLabel(name)}`, `  ${clean(arn)}`]),
    ...secretLines(output, secrets, manifest),
    '',
    output.paintResult.bold(setupMessages.nextTitle),
    ...(sandbox
      ? [`  ${setupMessages.realLabel}   ${realCommand('setup', '--manifest', manifest)}`]
      : nextSteps(output, outcomes, summary)),
  ];
  output.result(lines.join('\n'));
}

function titleOf(
  output: Output,
  { secrets, policies, roles }: Outcomes,
  { keys, hasFailures, sandbox, hasUndecidedChecks }: BatchSummary,
): string {
  const { undecided, complete } = setupMessages;
  if (hasUndecidedChecks) return undecidedTitle(output, keys === 1 ? undecided.one : undecided.several(keys));
  const counts = [...secrets, ...policies, ...roles];
  if (hasFailures) return completeTitle(output, complete.some(keys), counts);
  if (sandbox) return completeTitle(output, complete.sandbox, []);
  return completeTitle(output, keys === 1 ? complete.one : complete.several(keys), counts);
}

/** Returns each secret with its ARN or, if there are too many, their number in each Region and how to list them. */
function secretLines(output: Output, secrets: Outcomes['secrets'], manifest: string): string[] {
  if (secrets.length > MOST_LINES) {
    const regions = [...new Set(secrets.map(({ region }) => region))].sort();
    const countIn = (region: string) => secrets.filter((each) => each.region === region).length;
    const command = toolCommand('setup', '--manifest', manifest, '--dry-run', '--json');
    return [
      ...regions.map((region) => `  ${messages.secretsInRegion(region, countIn(region))}`),
      `  ${setupMessages.secretArns}`,
      output.command(`    ${command} | jq .encryption`),
    ];
  }
  const width = Math.min(Math.max(0, ...secrets.map(({ name }) => name.length)), WIDEST_NAME);
  return secrets.flatMap(({ name, region, arn }) => [
    `  ${clean(name).padEnd(width)}  ${region}`,
    `    ${clean(arn)}`,
  ]);
}

function nextSteps(output: Output, { roles }: Outcomes, { generated }: BatchSummary): string[] {
  const otherEnds = generated
    ? [
        output.prose(`  2  ${setupMessages.getGeneratedBatch}`),
        output.command(`       ${readKeyCommand(generated.region, generated.arn)}`),
      ]
    : [`  2  ${setupMessages.otherEnds}`];
  return [
    output.prose(`  1  ${setupMessages.consoleBatch}`),
    ...otherEnds,
    ...roles.flatMap(({ name }, index) => passRoleStep(output, index === 0 ? '  3  ' : '     ', name)),
  ];
}
