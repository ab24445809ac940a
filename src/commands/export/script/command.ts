import type { Command } from 'commander';
import { onRun, type Registration } from '../../../cli/command.ts';
import { addCommonOptions } from '../../../cli/options.ts';
import { reader } from '../../../options/key-options.ts';
import { exportHelp as help } from '../messages.ts';
import { addOutputOptions, type OutputFileOptions, readOutputOptions } from '../output-file.ts';
import { addExportOptions, type ExportOptions, readExportOptions } from '../types.ts';

/** What may stand beside a manifest. */
const BESIDE = ['--output', '--force'];

/** Adds the `export script` command. */
export function addExportScript(parent: Command, registration: Registration): void {
  const command = parent
    .command('script')
    .description(help.script)
    .addHelpText('before', help.scriptExamples);
  addExportOptions(command);
  command.optionsGroup(help.scriptTitle);
  addOutputOptions(command);
  addCommonOptions(command);
  onRun<ExportOptions & OutputFileOptions>(command, registration, async (options, common) => {
    const { subject, problems, asksForRegion } = await readExportOptions(command, options, BESIDE);
    const file = readOutputOptions(options, reader(problems));
    return {
      problems,
      asksForRegion,
      run: async () => (await import('./run.ts')).runExportScript(subject, file, common),
    };
  });
}
