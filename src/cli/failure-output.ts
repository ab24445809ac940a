import type { Command } from 'commander';
import { EXIT, Failure, Interrupted, isAccessDenied, isExpected } from '../failure.ts';
import { attributeOf, type CommandName, flagOf, OPTIONS, optionsOf } from '../options/catalog/index.ts';
import { inputMessages as messages } from '../options/messages.ts';
import type { Outcomes } from '../plan-types.ts';
import { clean, cleanLines, groupByText, MOST_LINES } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
import { toolCommand } from '../ui/commands.ts';
import { setupMessages } from '../ui/messages.ts';
import { createOutput, type Output } from '../ui/output.ts';
import { messageLines } from '../ui/plan.ts';
import { failureMembers, printJson } from './json.ts';

/** Returns the exit code for the error that ended the run. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof Failure ? error.exitCode : EXIT.failed;
}

/** Prints the error that ended the run, what to do now, and what this run has created or changed. A bug is printed without any data. */
export function reportFailure(
  output: Output,
  thrown: unknown,
  outcomes: Outcomes = { secrets: [], policies: [], roles: [] },
): void {
  const error = isExpected(thrown) ? thrown : bugFailure(thrown);
  if (error instanceof Interrupted)
    output.warn(error.chosen ? setupMessages.canceled : setupMessages.interrupted);
  else output.warn(`${output.paint.red.bold('✖')} ${clean(error.message)}`);
  for (const { text, unwrapped } of error.details.flatMap(messageLines)) output.warn(`  ${text}`, unwrapped);
  const hint = error instanceof Failure ? error.hint : undefined;
  for (const { text, unwrapped } of hint ? messageLines(hint) : []) output.warn(`  ${text}`, unwrapped);
  if (isAccessDenied(error)) reportPermissionsCommand(output);
  for (const line of existingLines(error, outcomes)) output.warn(line);
  if (output.options.debug && error.stack) output.warn(stackTraces(error));
  if (output.options.json) printJson(output, failureMembers(error, outcomes));
}

/** The words of the `permissions` command for the command that runs. A global because a process runs only one command. */
let permissionsWords: string[] | undefined;

/** False for a command that only reads, with which nothing could have been changed. A global for the same reason. */
let canChange = true;

/** Remembers whether the command changes anything, and which permissions it needs, for the messages about a failure. */
export function rememberCommand(command: Command): void {
  canChange = command.options.some(({ long, hidden }) => long === '--yes' && !hidden);
  const name = `permissions ${command.name()}` as CommandName;
  const isKnown = Object.values(OPTIONS).some(({ commands }) => name in commands);
  permissionsWords = isKnown && command.parent?.parent === null ? permissionsFor(command, name) : undefined;
}

function permissionsFor(command: Command, name: CommandName): string[] {
  const options = optionsOf(name).map(([, option]) => option);
  const words = options.flatMap((option) => {
    const value: unknown = command.getOptionValue(attributeOf(option));
    if (value === undefined || value === false) return [];
    if (value === true) return [flagOf(option)];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.flatMap((item) => [flagOf(option), String(item)]);
  });
  const needsSecret = options.some(({ flags }) => flagOf({ flags }) === '--secret-name');
  const namesSecret = /^--(secret-name|secret-arn|flow-arn|manifest)$/;
  const placeholder = needsSecret && !words.some((word) => namesSecret.test(word));
  return [...name.split(' '), ...(placeholder ? ['--secret-name', 'NAME'] : []), ...words];
}

/** Prints the command that lists every permission, because AWS names only the first one that is missing. */
export function reportPermissionsCommand(output: Output): void {
  if (!permissionsWords) return;
  output.warn(`  ${setupMessages.allPermissions}`);
  output.warn(`    ${toolCommand(...permissionsWords)}`, true);
}

function bugFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  return new Failure(messages.defect(name), {
    code: 'internal-error',
    exitCode: EXIT.failed,
    hint: messages.defectHint,
    cause: error,
  });
}

/** Ends the program after a failure before any command ran. */
export function endEarly(error: unknown, argv: string[], env: NodeJS.ProcessEnv): void {
  const isOn = (flag: string, variable: string) =>
    argv.includes(flag) || env[`MC_STATIC_KEY_${variable}`] !== undefined;
  const output = createOutput({
    json: isOn('--json', 'JSON'),
    quiet: false,
    debug: isOn('--debug', 'DEBUG'),
    color: !isOn('--no-color', 'NO_COLOR'),
  });
  reportFailure(output, error);
  process.exitCode = exitCodeOf(error);
}

/** An abort signal for Ctrl-C and termination signals. */
interface InterruptWatch {
  signal: AbortSignal;
  /** Returns the exit code for the received signal: 130 or 143. */
  exitCode(): number;
  stop(): void;
}

/** 128 and the number of the signal, as in shells. */
const SIGTERM_EXIT = 143;

/**
 * Watches for signals. The first one lets a change in progress finish, and says so. The second one ends the process immediately,
 * after `reportEnd` has printed the state.
 * @param changing returns the IAM action in progress, if any
 */
export function watchInterrupts(
  output: Output,
  changing: () => string | undefined,
  reportEnd: (interrupted: Interrupted) => void,
): InterruptWatch {
  const controller = new AbortController();
  let exitCode: number = EXIT.interrupted;
  const onSignal = (signal: NodeJS.Signals) => {
    exitCode = signal === 'SIGTERM' ? SIGTERM_EXIT : EXIT.interrupted;
    if (controller.signal.aborted) {
      const unconfirmedAction = changing();
      reportEnd(new Interrupted(unconfirmedAction ? { unconfirmedAction } : {}));
      process.exit(exitCode);
    }
    if (changing()) output.warn(`\n${setupMessages.interruptedWaiting}`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    stop() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}

/** Returns one failure that lists all problems with the command line. */
export function usageFailure(problems: string[], hint: string = messages.helpHint): Failure {
  const onlyProblem = problems.length === 1 ? problems[0] : undefined;
  return new Failure(onlyProblem ?? `${messages.title(problems.length)}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint,
    details: onlyProblem === undefined ? problems : [],
  });
}

/**
 * Returns one failure that lists all missing answers.
 * @param hint how to provide them; omit if the command would ask in a terminal
 */
export function missingFailure(items: string[], hint: string = setupMessages.missingHint): Failure {
  return new Failure(`${setupMessages.missing(items.length)}:`, {
    code: 'missing-options',
    exitCode: EXIT.usage,
    details: items,
    hint,
  });
}

/**
 * Returns lines about what exists because of this run and how to continue, or that nothing was changed. Returns none if nothing
 * could have been changed: for a mistake on the command line, and for a command that only reads.
 */
function existingLines(error: Failure | Interrupted, outcomes: Outcomes): string[] {
  const { unconfirmedAction } = error;
  const isConflict = error instanceof Failure && error.exitCode === EXIT.conflict;
  const unconfirmedLines = unconfirmedAction ? [setupMessages.inDoubt(unconfirmedAction)] : [];
  if (allOutcomes(changesIn(outcomes)).length === 0) {
    if (unconfirmedAction) return unconfirmedLines;
    const isUsage = error instanceof Failure && error.code === 'usage';
    return isUsage || !canChange ? [] : [setupMessages.nothingChanged];
  }
  return [
    ...unconfirmedLines,
    setupMessages.changedSoFar,
    ...outcomeLines(outcomes),
    ...remainingLines(outcomes),
    // With a conflict, the same command would end the same way.
    ...(isConflict ? [] : [outcomes.remaining?.howToContinue ?? setupMessages.runAgain]),
  ];
}

/** Lists the outcomes: one line each or, for many secrets, their number. */
export function outcomeLines({ secrets, policies, roles }: ByKind): string[] {
  const groupBy = secrets.length > MOST_LINES ? ({ action }: { action: string }) => action : undefined;
  const outcomeLine = ({ arn, action }: Outcomes['roles'][number]) =>
    `  ${clean(arn)} (${setupMessages.done[action]})`;
  return [
    ...groupByText(secrets, groupBy).map(([first, ...others]) =>
      others.length === 0
        ? outcomeLine(first)
        : `  ${batchMessages.several.secret(others.length + 1)} (${setupMessages.done[first.action]})`,
    ),
    ...[...policies, ...roles].map(outcomeLine),
  ];
}

/** Lists the remaining resources: one line each or, for many, their number. */
export function remainingLines({ remaining }: Outcomes): string[] {
  if (!remaining || remaining.arns.length === 0) return [];
  const { title, arns } = remaining;
  const lines = arns.length > MOST_LINES ? [batchMessages.resources(arns.length)] : arns;
  return [title, ...lines.map((line) => `  ${clean(line)}`)];
}

function stackTraces(error: Error): string {
  const cause = error.cause instanceof Error && error.cause.stack ? `\ncaused by ${error.cause.stack}` : '';
  return cleanLines(`${error.stack ?? ''}${cause}`);
}

/** Outcomes by kind of resource. */
type ByKind = Pick<Outcomes, 'secrets' | 'policies' | 'roles'>;

/** Returns the outcomes of all kinds in one list. */
export function allOutcomes({ secrets = [], policies = [], roles = [] }: Partial<ByKind>) {
  return [...secrets, ...policies, ...roles];
}

/** Returns only the outcomes that are changes. */
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
