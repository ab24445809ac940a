import type { Command } from 'commander';
import { exportHelp as help } from '../report/words/export-help.ts';
import type { Registration } from './command.ts';
import { addExportCloudFormation } from './export-cloudformation.ts';
import { addExportManifest } from './export-manifest.ts';
import { addExportScript } from './export-script.ts';

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
