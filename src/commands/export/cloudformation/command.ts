import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../../cli/command.ts';
import { addCommonOptions, addOptions } from '../../../cli/options.ts';
import type { RawOptions } from '../../../options/catalog/index.ts';
import { flagReader, readOptions } from '../../../options/read-options.ts';
import { exportHelp as help } from '../messages.ts';
import { outputFileOf } from '../output-file.ts';
import { readExportOptions } from '../types.ts';

const NAME = 'export cloudformation';

export function addExportCloudFormation(parent: Command, commandSetup: CommandSetup): void {
  const command = parent
    .command('cloudformation')
    .description(help.cloudformation)
    .addHelpText('after', help.cloudformationExamples);
  addOptions(command, NAME, help.cloudformationTitles);
  addCommonOptions(command);
  onRun<RawOptions<typeof NAME>>(command, commandSetup, async (options, common) => {
    const { subject, problems, usesConfiguredRegion } = await readExportOptions(command, NAME, options);
    const { format, homeRegion, output, force } = options;
    const values = readOptions(NAME, { format, homeRegion, output, force }, flagReader(problems));
    const file = outputFileOf(values);
    const templateOptions = { homeRegion: values.homeRegion, format: values.format ?? 'yaml', ...file };
    return {
      problems,
      usesConfiguredRegion,
      run: async () => (await import('./run.ts')).runExportCloudFormation(subject, templateOptions, common),
    };
  });
}
