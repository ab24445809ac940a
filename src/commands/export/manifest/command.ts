import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../../cli/command.ts';
import { addCommonOptions, addOptions } from '../../../cli/options.ts';
import type { RawOptions } from '../../../options/catalog/index.ts';
import { flagReader, readOptions } from '../../../options/read-options.ts';
import { outputFileOf } from '../output-file.ts';
import { exportManifestHelp as messages } from './messages.ts';

const NAME = 'export manifest';

export function addExportManifest(parent: Command, commandSetup: CommandSetup): void {
  const command = parent
    .command('manifest')
    .description(messages.manifest)
    .addHelpText('after', messages.examples);
  addOptions(command, NAME, messages.titles);
  addCommonOptions(command);
  onRun<RawOptions<typeof NAME>>(command, commandSetup, async (options, common) => {
    const problems: string[] = [];
    const { regions, ...values } = readOptions(NAME, options, flagReader(problems));
    return {
      problems,
      usesConfiguredRegion: options.region === undefined,
      run: async () =>
        (await import('./run.ts')).runExportManifest({ regions }, outputFileOf(values), common),
    };
  });
}
