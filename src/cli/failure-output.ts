import { CommanderError } from 'commander';
import { EXIT, Failure, Interrupted, isExpected } from '../failure.ts';
import { inputMessages as messages } from '../options/messages.ts';
import type { Outcomes } from '../plan-types.ts';
import { clean, cleanLines, groupByText, MOST_LINES } from '../text.ts';
import { batchMessages } from '../ui/batch-messages.ts';
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
    output.warn(error.chosen ? setupMessages.stopped : setupMessages.interrupted);
  else output.warn(`${output.paint.red.bold('✖')} ${clean(error.message)}`);
  for (const { text, unwrapped } of error.details.flatMap(messageLines)) output.warn(`  ${text}`, unwrapped);
  const hint = error instanceof Failure ? error.hint : undefined;
  for (const { text, unwrapped } of hint ? messageLines(hint) : []) output.warn(text, unwrapped);
  for (const line of existingLines(error, outcomes)) output.warn(line);
  if (output.options.debug && error.stack) output.warn(stackTraces(error));
  if (output.options.json) printJson(output, failureMembers(error, outcomes));
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
  const failure = error instanceof CommanderError ? parserFailure(error) : error;
  reportFailure(output, failure);
  process.exitCode = exitCodeOf(failure);
}

/** Replaces an error of the parser, whose message repeats the input. The input may be a key in the wrong place. */
function parserFailure(error: CommanderError): Failure {
  const quoted = /'(-[^'=\s]*)/.exec(error.message)?.[1] ?? '';
  const option = /^--?[a-z][a-z-]{0,30}$/.test(quoted) && !/[a-f]{8}/.test(quoted) ? quoted : undefined;
  const suggestion = /\(Did you mean (?:one of )?(--[a-z-]+)/.exec(error.message)?.[1];
  const sentences: Record<string, string> = {
    'commander.unknownOption': option ? messages.unknownOption(option) : messages.unnamedUnknownOption,
    'commander.optionMissingArgument': messages.missingValue(option ?? 'The option'),
    'commander.excessArguments': messages.excess,
    'commander.unknownCommand': messages.unknownCommand,
    'commander.help': messages.incomplete,
    'commander.missingArgument': messages.incomplete,
  };
  const hint = suggestion ? messages.didYouMean(suggestion) : messages.helpHint;
  return new Failure(sentences[error.code] ?? messages.unnamedUnknownOption, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: option === '--key' ? messages.keyOption : hint,
  });
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
export function usageFailure(problems: string[]): Failure {
  const onlyProblem = problems.length === 1 ? problems[0] : undefined;
  return new Failure(onlyProblem ?? `${messages.title(problems.length)}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: messages.helpHint,
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

/** Returns lines about what exists because of this run and how to continue, or that nothing was changed. */
function existingLines(error: Failure | Interrupted, outcomes: Outcomes): string[] {
  const { unconfirmedAction } = error;
  const isConflict = error instanceof Failure && error.exitCode === EXIT.conflict;
  const unconfirmedLines = unconfirmedAction ? [setupMessages.inDoubt(unconfirmedAction)] : [];
  if (allOutcomes(changesIn(outcomes)).length === 0)
    return unconfirmedAction ? unconfirmedLines : [setupMessages.nothingChanged];
  return [
    ...unconfirmedLines,
    setupMessages.existsSoFar,
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
