import type { Command } from 'commander';
import { onRun, type Registration } from '../../../cli/command.ts';
import { addCommonOptions, addOptions } from '../../../cli/options.ts';
import type { GivenOptions } from '../../../options/catalog/index.ts';
import { reader, readOptions } from '../../../options/read-options.ts';
import { exportHelp as help } from '../messages.ts';
import { outputFileOf } from '../output-file.ts';
import { readExportOptions } from '../types.ts';

const NAME = 'export cloudformation';

/** Adds the `export cloudformation` command. */
export function addExportCloudFormation(parent: Command, registration: Registration): void {
  const command = parent
    .command('cloudformation')
    .description(help.cloudformation)
    .addHelpText('before', help.cloudformationExamples);
  addOptions(command, NAME, help.cloudformationTitles);
  addCommonOptions(command);
  onRun<GivenOptions<typeof NAME>>(command, registration, async (options, common) => {
    const { subject, problems, usesConfiguredRegion } = await readExportOptions(command, NAME, options);
    const { format, homeRegion, output, force } = options;
    const values = readOptions(NAME, { format, homeRegion, output, force }, reader(problems));
    const file = outputFileOf(values);
    const form = { homeRegion: values.homeRegion, format: values.format ?? 'yaml', ...file };
    return {
      problems,
      usesConfiguredRegion,
      run: async () => (await import('./run.ts')).runExportCloudFormation(subject, form, common),
    };
  });
}
