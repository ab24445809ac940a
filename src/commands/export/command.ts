import type { Command } from 'commander';
import type { Registration } from '../../cli/command.ts';
import { addExportCloudFormation } from './cloudformation/command.ts';
import { addExportManifest } from './manifest/command.ts';
import { exportHelp as help } from './messages.ts';
import { addExportScript } from './script/command.ts';

/** Adds the `export` command, which has one command for each form in which what is set up, or is to be, can be taken away. */
export function addExport(program: Command, registration: Registration): void {
  const parent = program
    .command('export')
    .description(help.export)
    .addHelpText('before', help.examples)
    .helpCommand(false);
  addExportCloudFormation(parent, registration);
  addExportScript(parent, registration);
  addExportManifest(parent, registration);
}
