import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import type { RawOptions } from '../../options/catalog/index.ts';

export function addSetup(program: Command, commandSetup: CommandSetup): void {
  const command = program.command('setup').description(help.setup).addHelpText('before', help.setupExamples);
  addOptions(command, 'setup', help.setupTitles);
  addCommonOptions(command);
  onRun<RawOptions<'setup'>>(command, commandSetup, async (options, common) => {
    const { manifest, dryRun = false, restore = false } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, 'setup'),
        usesConfiguredRegion: false,
        run: async () =>
          (await import('./batch.ts')).runSetupManifest({ path: manifest, dryRun, restore }, common),
      };
    }
    const { readAnswers } = await import('../../options/setup-request.ts');
    const { answers, problems } = readAnswers(options);
    return {
      problems,
      usesConfiguredRegion: options.secretArn === undefined && options.region === undefined,
      run: async () => (await import('./run.ts')).runSetup(answers, common),
    };
  });
}
