import type { Command, CommanderError } from 'commander';
import { EXIT, Failure } from '../failure.ts';
import { attributeOf, NEW_SECRET_OPTIONS } from '../options/catalog/index.ts';
import { inputMessages } from '../options/messages.ts';
import { environmentProblems } from './environment.ts';
import { rememberCommand, usageFailure } from './failure-output.ts';
import { helpMessages as help } from './help.ts';
import { type CommonOptions, commonOptions, commonProblems } from './options.ts';

/** What each command gets from the program. */
export interface CommandSetup {
  /** Called with the command's exit code. */
  finish(exitCode: number): void;
  /** Problems with environment variables, which a command reports together with its own. */
  problems: string[];
}

/** A command line after its options were read. */
export interface ParsedCommand {
  /** Problems, one sentence each. */
  problems: string[];
  /** True if the Region comes from the environment. */
  usesConfiguredRegion: boolean;
  /**
   * Runs the command if there are no problems, and returns the exit code. Only this loads the AWS SDK, so that help and mistakes
   * don't wait for the SDK.
   */
  run(): Promise<number>;
}

/** Makes a command read its options, report all problems at once, and run. */
export function onRun<O extends object>(
  command: Command,
  { finish, problems }: CommandSetup,
  read: (options: O, common: CommonOptions) => Promise<ParsedCommand>,
): void {
  command.action(async () => {
    preferFlags(command);
    const options = command.opts<Partial<CommonOptions> & O>();
    const common = commonOptions(options);
    const parsed = await read(options, common);
    const allProblems = [
      ...problems,
      ...commonProblems(common),
      ...environmentProblems(process.env, common, parsed.usesConfiguredRegion),
      ...parsed.problems,
    ];
    if (allProblems.length > 0) throw usageFailure(allProblems, hintFor(command));
    rememberCommand(command);
    finish(await parsed.run());
  });
}

const KEY_SOURCES = ['keyFile', 'keyEnv', 'generate'];

/** An option, and the options that it overrides. */
const OVERRIDES: readonly [string, readonly string[]][] = [
  ['secretArn', NEW_SECRET_OPTIONS.map(attributeOf)],
  ['secretName', ['secretArn']],
  ['rollback', KEY_SOURCES],
  ...KEY_SOURCES.map((name): [string, string[]] => [name, KEY_SOURCES.filter((each) => each !== name)]),
];

/** Removes the values of environment variables that a flag overrides: for the same choice, or for an incompatible option. */
function preferFlags(command: Command): void {
  const isFrom = (source: string, name: string) => command.getOptionValueSource(name) === source;
  const overridden = OVERRIDES.flatMap(([name, others]) => (isFrom('cli', name) ? others : []));
  const commandOptions = command.options
    .filter(({ helpGroupHeading }) => helpGroupHeading !== help.commonTitle)
    .map((option) => option.attributeName());
  const names = isFrom('cli', 'manifest') ? commandOptions : overridden;
  for (const name of names)
    if (isFrom('env', name)) command.setOptionValueWithSource(name, undefined, undefined);
}

/** Returns the hint that names the help of a command. */
export function hintFor(command: Command): string {
  return command.commands.length > 0 ? help.commandsHint(pathOf(command)) : help.optionsHint(pathOf(command));
}

/** Returns what the user types to call a command, such as `mc-static-key export script`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/**
 * Replaces an error of the parser, whose message repeats the input. The input may be a key in the wrong place.
 * @param words the arguments of the program
 */
export function parserFailure(error: CommanderError, program: Command, words: string[]): Failure {
  const command = commandIn(program, words);
  const quoted = /'(-[^'=\s]*)/.exec(error.message)?.[1] ?? '';
  const option = /^--?[a-z][a-z-]{0,30}$/.test(quoted) && !/[a-f]{8}/.test(quoted) ? quoted : undefined;
  const suggestion = /\(Did you mean (?:one of )?([a-z-]+(?:, [a-z-]+)*)/.exec(error.message)?.[1];
  const didYouMean = suggestion && inputMessages.didYouMean(suggestion.replaceAll(', ', ' or '));
  const failure = (message: string, hint = didYouMean ?? hintFor(command)) =>
    new Failure(message, { code: 'usage', exitCode: EXIT.usage, hint });
  switch (error.code) {
    case 'commander.optionMissingArgument':
      return failure(inputMessages.missingValue(option ?? help.theOption));
    case 'commander.excessArguments':
      return failure(inputMessages.excess);
    case 'commander.unknownCommand':
      return failure(unknownCommandSentence(error, didYouMean), hintFor(command));
    case 'commander.help':
      return failure(
        help.missingSubcommand(
          pathOf(command),
          command.commands.map((each) => each.name()),
        ),
      );
    case 'commander.missingArgument':
      return failure(
        help.missingArgument(pathOf(command), command.registeredArguments[0]?.description ?? ''),
      );
    default: {
      const sentence = option ? inputMessages.unknownOption(option) : inputMessages.unnamedUnknownOption;
      return option === '--key' ? failure(sentence, inputMessages.keyOption) : failure(sentence);
    }
  }
}

/** Returns the command that the arguments lead to. */
function commandIn(command: Command, [word, ...others]: string[]): Command {
  const subcommand = command.commands.find((each) => each.name() === word);
  return subcommand ? commandIn(subcommand, others) : command;
}

/** Names an unknown command only if it resembles a command, because it may also be a key. */
function unknownCommandSentence({ message }: CommanderError, didYouMean: string | undefined): string {
  const name = /'([a-z][a-z-]*)'/.exec(message)?.[1];
  return name && didYouMean ? `${help.unknownCommandNamed(name)} ${didYouMean}` : help.unknownCommand;
}
