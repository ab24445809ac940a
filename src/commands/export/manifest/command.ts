import type { Command } from 'commander';
import { onRun, type Registration } from '../../../cli/command.ts';
import { helpMessages as help } from '../../../cli/help.ts';
import { addCommonOptions, addOption } from '../../../cli/options.ts';
import type { StatusOptions } from '../../../inventory/types.ts';
import { reader } from '../../../options/key-options.ts';
import { addOutputOptions, type OutputFileOptions, readOutputOptions } from '../output-file.ts';
import { exportManifestHelp as messages } from './messages.ts';

/** Adds the `export manifest` command. */
export function addExportManifest(parent: Command, registration: Registration): void {
  const command = parent
    .command('manifest')
    .description(messages.manifest)
    .addHelpText('before', messages.examples);
  command.optionsGroup(messages.title);
  addOption(command, '--region <region...>', help.statusRegion, true);
  command.optionsGroup(messages.fileTitle);
  addOutputOptions(command);
  addCommonOptions(command);
  onRun<StatusOptions & OutputFileOptions>(command, registration, async (options, common) => {
    const { readStatusAnswers } = await import('../../../inventory/types.ts');
    const { answers, problems } = readStatusAnswers(options);
    const file = readOutputOptions(options, reader(problems));
    return {
      problems,
      asksForRegion: options.region === undefined,
      run: async () => (await import('./run.ts')).runExportManifest(answers, file, common),
    };
  });
}
