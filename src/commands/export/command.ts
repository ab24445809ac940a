import type { Command } from 'commander';
import type { CommandSetup } from '../../cli/command.ts';
import { addExportCloudFormation } from './cloudformation/command.ts';
import { addExportManifest } from './manifest/command.ts';
import { exportHelp as help } from './messages.ts';
import { addExportScript } from './script/command.ts';

/** Adds the `export` command, with a subcommand for each export format. */
export function addExport(program: Command, commandSetup: CommandSetup): void {
  const exportCommand = program
    .command('export')
    .description(help.export)
    .addHelpText('after', help.examples)
    .helpCommand(false);
  addExportCloudFormation(exportCommand, commandSetup);
  addExportScript(exportCommand, commandSetup);
  addExportManifest(exportCommand, commandSetup);
}
