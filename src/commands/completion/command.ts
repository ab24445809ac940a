import type { Command } from 'commander';
import { type CommandSetup, hintFor } from '../../cli/command.ts';
import { usageFailure } from '../../cli/failure-output.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { EXIT } from '../../failure.ts';
import { SHELLS } from '../../options/catalog/index.ts';
import { flagReader } from '../../options/read-options.ts';

export function addCompletion(program: Command, { finish, problems }: CommandSetup): void {
  const command = program
    .command('completion')
    .description(help.completion)
    .addHelpText('after', help.completionExamples);
  command.argument('<shell>', help.completionShell);
  command.action(async (text: string) => {
    const usageProblems = [...problems];
    const shell = flagReader(usageProblems).choice(text, SHELLS, 'completion');
    if (!shell || usageProblems.length > 0) throw usageFailure(usageProblems, hintFor(command));
    // Loaded lazily: the code for colored output would slow down the start of every other command.
    const [{ completionScript }, { createOutput }] = await Promise.all([
      import('./scripts/index.ts'),
      import('../../ui/output.ts'),
    ]);
    const output = createOutput({ json: false, quiet: false, debug: false, color: false });
    output.result(completionScript(program, shell));
    finish(EXIT.done);
  });
}
