import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOption } from '../../cli/options.ts';
import type { StatusOptions } from '../../inventory/types.ts';

/** Adds the `status` command. */
export function addStatus(program: Command, registration: Registration): void {
  const command = program
    .command('status')
    .description(help.status)
    .addHelpText('before', help.statusExamples);
  command.optionsGroup(help.statusTitle);
  addOption(command, '--region <region...>', help.statusRegion, true);
  command.optionsGroup(help.manifestTitle);
  addManifestOption(command);
  addCommonOptions(command);
  onRun<StatusOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, []),
        asksForRegion: false,
        run: async () => (await import('./run.ts')).runStatusManifest(manifest, common),
      };
    }
    const { readStatusAnswers } = await import('../../inventory/types.ts');
    const { answers, problems } = readStatusAnswers(options);
    return {
      problems,
      asksForRegion: options.region === undefined,
      run: async () => (await import('./run.ts')).runStatus(answers, common),
    };
  });
}
