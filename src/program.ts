import { Command, CommanderError, Help, Option } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { type CommandSetup, parserFailure, pathOf } from './cli/command.ts';
import { helpMessages as help } from './cli/help.ts';
import { commandsBelow, readSwitches } from './cli/options.ts';
import { addCompletion } from './commands/completion/command.ts';
import { addExport } from './commands/export/command.ts';
import { addPermissions } from './commands/permissions/command.ts';
import { addRotate } from './commands/rotate/command.ts';
import { addSandbox } from './commands/sandbox/command.ts';
import { addSetup } from './commands/setup/command.ts';
import { addStatus } from './commands/status/command.ts';
import { addTeardown } from './commands/teardown/command.ts';
import { addVerify } from './commands/verify/command.ts';

/** Creates the command line with all its commands. */
export function createProgram(commandSetup: CommandSetup): Command {
  const helpWidth = Math.min(process.stdout.columns ?? 100, 100);
  const program = new Command('mc-static-key')
    .version(packageJson.version, '-V, --version', help.versionOption)
    .addHelpOption(new Option('-h, --help', help.helpOption).helpGroup(help.commonTitle))
    .helpCommand(false)
    .showSuggestionAfterError(true);
  program.exitOverride();
  // All failures are printed in one place, including invalid arguments.
  program.configureOutput({ writeErr: () => undefined });
  const helpSettings: Partial<Help> = {
    helpWidth,
    minWidthToWrap: 20,
    // Each option's environment variable follows from its name. The help says so once, instead of in each option.
    optionDescription: (option) => option.description,
    subcommandTerm: (command) => command.name(),
  };
  program.configureHelp(helpSettings);
  program.commandsGroup(help.commandGroups.setUp);
  addSetup(program, commandSetup);
  addRotate(program, commandSetup);
  addTeardown(program, commandSetup);
  program.commandsGroup(help.commandGroups.check);
  addVerify(program, commandSetup);
  addStatus(program, commandSetup);
  program.commandsGroup(help.commandGroups.automate);
  addExport(program, commandSetup);
  addPermissions(program, commandSetup);
  addSandbox(program, commandSetup);
  addCompletion(program, commandSetup);
  for (const command of commandsBelow(program)) {
    command.copyInheritedSettings(program);
    if (command.commands.length > 0) command.usage(help.commandUsage);
    command.addHelpText('after', () => {
      const paragraphs = closingParagraphs(command).map((text) => new Help().boxWrap(text, helpWidth));
      return paragraphs.map((text) => `\n${text}`).join('\n');
    });
  }
  // Only the program itself has this form, so the commands don't inherit it.
  program.configureHelp({ ...helpSettings, formatHelp: programHelp });
  return program;
}

/** Returns the help of the program: its commands in groups, in a screen of 24 lines at 80 columns. */
function programHelp(program: Command, helper: Help): string {
  const commands = helper.visibleCommands(program);
  const nameWidth = Math.max(...commands.map((command) => command.name().length));
  const groups = helper.groupItems(commands, commands, (command) => command.helpGroup());
  const commandLines = [...groups].flatMap(([title, members]) => [
    title,
    ...members.map((command) =>
      helper.formatItem(command.name(), nameWidth, helper.subcommandDescription(command), helper),
    ),
  ]);
  return [
    help.title,
    `\n${help.usage(program.name())}\n`,
    ...commandLines,
    '',
    ...help.programExamples,
    `\n${help.moreHelp(`${program.name()} COMMAND`)}\n`,
  ].join('\n');
}

/** Returns what the help of a command says at its end. */
function closingParagraphs(command: Command): string[] {
  if (command.commands.length > 0) return [help.moreHelp(`${pathOf(command)} COMMAND`)];
  if (command.options.length === 0) return [];
  return [help.environment, command.name() === 'sandbox' ? help.sandboxExitCode : help.exitCodes];
}

/** Runs the program: parses the command line, runs the command, and sets `process.exitCode`. */
export async function runProgram(argv: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const problems: string[] = [];
  const finish = (exitCode: number) => {
    process.exitCode = exitCode;
  };
  const program = createProgram({ finish, problems });
  problems.push(...readSwitches(program, env));
  if (argv.length <= 2) return program.outputHelp();
  try {
    await program.parseAsync(argv);
  } catch (error) {
    // Commander also throws for help and version, which are not failures.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    // Loaded lazily to keep the start of every command fast, especially of `--help`.
    const { endEarly } = await import('./cli/failure-output.ts');
    const isFromParser = error instanceof CommanderError;
    endEarly(isFromParser ? parserFailure(error, program, argv.slice(2)) : error, argv, env);
  }
}
