import type { Command } from 'commander';
import { exportHelp as help } from '../report/words/export-help.ts';
import type { Registration } from './command.ts';
import { addExportManifest } from './export-manifest.ts';

/** Adds the `export` command, which has one command for each form in which what is set up can be taken away. */
export function addExport(program: Command, registration: Registration): void {
  const parent = program
    .command('export')
    .description(help.export)
    .addHelpText('before', help.examples)
    .helpCommand(false);
  addExportManifest(parent, registration);
}
