import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import type { RawOptions } from '../../options/catalog/index.ts';

/** Adds the `status` command. */
export function addStatus(program: Command, commandSetup: CommandSetup): void {
  const command = program
    .command('status')
    .description(help.status)
    .addHelpText('after', help.statusExamples);
  addOptions(command, 'status', help.statusTitles);
  addCommonOptions(command);
  onRun<RawOptions<'status'>>(command, commandSetup, async (options, common) => {
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, 'status'),
        usesConfiguredRegion: false,
        run: async () => (await import('./run.ts')).runStatusManifest(manifest, common),
      };
    }
    const { readStatusAnswers } = await import('../../inventory/types.ts');
    const { answers, problems } = readStatusAnswers(options);
    return {
      problems,
      usesConfiguredRegion: options.region === undefined,
      run: async () => (await import('./run.ts')).runStatus(answers, common),
    };
  });
}
