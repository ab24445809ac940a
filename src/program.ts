import { Command, CommanderError, Help } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import type { CommandSetup } from './cli/command.ts';
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
  const wrap = (text: string) => new Help().boxWrap(text, helpWidth);
  const program = new Command('mc-static-key')
    .description(help.program)
    .version(packageJson.version, '-V, --version', 'print the version')
    .addHelpText('before', help.programExamples)
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError(true);
  program.exitOverride();
  // All failures are printed in one place, including invalid arguments.
  program.configureOutput({ writeErr: () => undefined });
  program.configureHelp({
    helpWidth,
    // Each option's environment variable follows from its name. The help says so once, instead of in each option.
    optionDescription: (option) => option.description,
  });
  addSetup(program, commandSetup);
  addVerify(program, commandSetup);
  addStatus(program, commandSetup);
  addRotate(program, commandSetup);
  addTeardown(program, commandSetup);
  addExport(program, commandSetup);
  addPermissions(program, commandSetup);
  addCompletion(program, commandSetup);
  addSandbox(program, commandSetup);
  for (const command of commandsBelow(program)) {
    command.copyInheritedSettings(program);
    command.addHelpText('after', () => `\n${wrap(help.environment)}\n\n${wrap(help.exitCodes)}`);
  }
  return program;
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
    endEarly(error, argv, env);
  }
}
