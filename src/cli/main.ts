import { CommanderError } from 'commander';
import { EXIT } from '../failure.ts';
import { readSwitches } from './options.ts';
import { createProgram } from './program.ts';

/** The program, from the command line to the exit code. */
async function main(): Promise<void> {
  const problems: string[] = [];
  const program = createProgram((exitCode) => {
    process.exitCode = exitCode;
    if (exitCode >= EXIT.interrupted) leave();
  }, problems);
  problems.push(...readSwitches(program, process.env));
  if (process.argv.length <= 2) return program.outputHelp();
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    // Help and version end with an exception as well, which is none.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    // Loaded only now, because the start of every command, help above all, would wait for it.
    const { endEarly } = await import('./failing.ts');
    endEarly(error, process.argv, process.env);
  }
}

/** Ends the process as soon as all is written. Somebody who interrupts does not wait for timers of the AWS SDK to run out. */
function leave(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

// A reader that has seen enough (`| head`) closes the pipe; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

await main();
