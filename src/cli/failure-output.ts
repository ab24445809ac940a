import { CommanderError } from 'commander';
import { EXIT, Failure, Interrupted } from '../failure.ts';
import { inputMessages as messages } from '../options/messages.ts';
import type { Outcomes } from '../plan-types.ts';
import { setupMessages } from '../ui/messages.ts';
import { createOutput, type Output } from '../ui/output.ts';
import { printFailure } from './failure.ts';

/** The exit code for whatever ended the run. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  return error instanceof Failure ? error.exitCode : EXIT.failed;
}

/** Prints what ended the run. A bug is printed without any data it may hold. */
export function tell(
  output: Output,
  error: unknown,
  outcomes: Outcomes = { secrets: [], policies: [], roles: [] },
): void {
  printFailure(
    output,
    error instanceof Failure || error instanceof Interrupted ? error : defect(error),
    outcomes,
  );
}

function defect(error: unknown): Failure {
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
  const on = (flag: string, variable: string) =>
    argv.includes(flag) || env[`MC_STATIC_KEY_${variable}`] !== undefined;
  const output = createOutput({
    json: on('--json', 'JSON'),
    quiet: false,
    debug: on('--debug', 'DEBUG'),
    color: !on('--no-color', 'NO_COLOR'),
  });
  const failure = error instanceof CommanderError ? usageOf(error) : error;
  tell(output, failure);
  process.exitCode = exitCodeOf(failure);
}

/** The parser's errors in our own words. Theirs repeat what was typed, which may be a key in the wrong place. */
function usageOf(error: CommanderError): Failure {
  const quoted = /'(-[^'=\s]*)/.exec(error.message)?.[1] ?? '';
  const option = /^--?[a-z][a-z-]{0,30}$/.test(quoted) && !/[a-f]{8}/.test(quoted) ? quoted : undefined;
  const suggestion = /\(Did you mean (?:one of )?(--[a-z-]+)/.exec(error.message)?.[1];
  const sentences: Record<string, string> = {
    'commander.unknownOption': option ? messages.unknownOption(option) : messages.unknownOptionShort,
    'commander.optionMissingArgument': messages.missingValue(option ?? 'The option'),
    'commander.excessArguments': messages.excess,
    'commander.unknownCommand': messages.unknownCommand,
    'commander.help': messages.incomplete,
    'commander.missingArgument': messages.incomplete,
  };
  const hint = suggestion ? messages.didYouMean(suggestion) : messages.helpHint;
  return new Failure(sentences[error.code] ?? messages.unknownOptionShort, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: option === '--key' ? messages.keyOption : hint,
  });
}

/** Ctrl-C and requests to end, turned into an abort signal. */
interface InterruptWatch {
  signal: AbortSignal;
  /** The exit code that goes with the signal that came: 130 or 143. */
  exitCode(): number;
  stop(): void;
}

const SIGTERM_EXIT = 143;

/**
 * Watches for signals. The first one lets a change that is under way finish, and says so; the second one ends the process
 * at once, with the account that `tellEnd` gives.
 * @param changing the IAM action that is under way, if one is
 */
export function watchInterrupts(
  output: Output,
  changing: () => string | undefined,
  tellEnd: (interrupted: Interrupted) => void,
): InterruptWatch {
  const controller = new AbortController();
  let exitCode: number = EXIT.interrupted;
  const onSignal = (signal: NodeJS.Signals) => {
    exitCode = signal === 'SIGTERM' ? SIGTERM_EXIT : EXIT.interrupted;
    if (controller.signal.aborted) {
      const inDoubt = changing();
      tellEnd(new Interrupted(inDoubt ? { inDoubt } : {}));
      process.exit(exitCode);
    }
    if (changing()) output.insist(`\n${setupMessages.interruptedWaiting}`);
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

/** A wrong command line: one failure that names every mistake. */
export function usageFailure(problems: string[]): Failure {
  const [only] = problems;
  const single = problems.length === 1 && only !== undefined;
  return new Failure(single ? only : `${messages.title(problems.length)}:`, {
    code: 'usage',
    exitCode: EXIT.usage,
    hint: messages.helpHint,
    details: single ? [] : problems,
  });
}

/**
 * Returns one failure that names all missing answers.
 * @param hint how to give them; left out where the command would ask for them in a terminal
 */
export function missingFailure(items: string[], hint: string = setupMessages.missingHint): Failure {
  return new Failure(`${setupMessages.missing(items.length)}:`, {
    code: 'missing-options',
    exitCode: EXIT.usage,
    details: items,
    hint,
  });
}
