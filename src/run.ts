import { CommanderError } from 'commander';
import { readSwitches } from './cli/options.ts';
import { createProgram } from './program.ts';

/** Runs the program, from the command line to `process.exitCode`. */
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
    // Help and version end with an exception as well, which is none.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    // Loaded only now, because the start of every command, help above all, would wait for it.
    const { endEarly } = await import('./cli/failure-output.ts');
    endEarly(error, argv, env);
  }
}
