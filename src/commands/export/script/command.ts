import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../../cli/command.ts';
import { addCommonOptions, addOptions } from '../../../cli/options.ts';
import type { RawOptions } from '../../../options/catalog/index.ts';
import { flagReader, readOptions } from '../../../options/read-options.ts';
import { exportHelp as help } from '../messages.ts';
import { outputFileOf } from '../output-file.ts';
import { readExportOptions } from '../types.ts';

const NAME = 'export script';

export function addExportScript(parent: Command, commandSetup: CommandSetup): void {
  const command = parent.command('script').description(help.script).addHelpText('after', help.scriptExamples);
  addOptions(command, NAME, help.scriptTitles);
  addCommonOptions(command);
  onRun<RawOptions<typeof NAME>>(command, commandSetup, async (options, common) => {
    const { subject, problems, usesConfiguredRegion } = await readExportOptions(command, NAME, options);
    const { output, force } = options;
    const file = outputFileOf(readOptions(NAME, { output, force }, flagReader(problems)));
    return {
      problems,
      usesConfiguredRegion,
      run: async () => (await import('./run.ts')).runExportScript(subject, file, common),
    };
  });
}
