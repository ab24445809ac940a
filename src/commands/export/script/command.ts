import type { Command } from 'commander';
import { onRun, type Registration } from '../../../cli/command.ts';
import { addCommonOptions, addOptions } from '../../../cli/options.ts';
import type { GivenOptions } from '../../../options/catalog/index.ts';
import { reader, readOptions } from '../../../options/read-options.ts';
import { exportHelp as help } from '../messages.ts';
import { outputFileOf } from '../output-file.ts';
import { readExportOptions } from '../types.ts';

const NAME = 'export script';

/** Adds the `export script` command. */
export function addExportScript(parent: Command, registration: Registration): void {
  const command = parent
    .command('script')
    .description(help.script)
    .addHelpText('before', help.scriptExamples);
  addOptions(command, NAME, help.scriptTitles);
  addCommonOptions(command);
  onRun<GivenOptions<typeof NAME>>(command, registration, async (options, common) => {
    const { subject, problems, usesConfiguredRegion } = await readExportOptions(command, NAME, options);
    const { output, force } = options;
    const file = outputFileOf(readOptions(NAME, { output, force }, reader(problems)));
    return {
      problems,
      usesConfiguredRegion,
      run: async () => (await import('./run.ts')).runExportScript(subject, file, common),
    };
  });
}
