import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import { type RawOptions, SHOWN_SETTINGS } from '../../options/catalog/index.ts';

export function addSetup(program: Command, commandSetup: CommandSetup): void {
  const command = program.command('setup').description(help.setup).addHelpText('after', help.setupExamples);
  addOptions(command, 'setup', help.setupTitles);
  addCommonOptions(command, { confirms: true });
  onRun<RawOptions<'setup'>>(command, commandSetup, async (options, common) => {
    const { manifest, dryRun = false, restore = false, show } = options;
    if (manifest !== undefined) {
      const { flagReader } = await import('../../options/read-options.ts');
      const problems = manifestProblems(command, 'setup');
      const shown =
        show === undefined ? undefined : flagReader(problems).choice(show, SHOWN_SETTINGS, '--show');
      return {
        problems,
        usesConfiguredRegion: false,
        run: async () =>
          (await import('./batch.ts')).runSetupManifest(
            { path: manifest, dryRun, restore, show: shown },
            common,
          ),
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
