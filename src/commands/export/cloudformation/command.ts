import type { Command } from 'commander';
import { onRun, type Registration } from '../../../cli/command.ts';
import { addCommonOptions, addOption } from '../../../cli/options.ts';
import { reader, TEMPLATE_FORMATS } from '../../../options/key-options.ts';
import { region } from '../../../options/rules.ts';
import { exportHelp as help } from '../messages.ts';
import { addOutputOptions, type OutputFileOptions, readOutputOptions } from '../output-file.ts';
import { addExportOptions, type ExportOptions, readExportOptions } from '../types.ts';

interface CloudFormationOptions extends ExportOptions, OutputFileOptions {
  format?: string;
  homeRegion?: string;
}

/** What may stand beside a manifest. */
const BESIDE = ['--home-region', '--format', '--output', '--force'];

/** Adds the `export cloudformation` command. */
export function addExportCloudFormation(parent: Command, registration: Registration): void {
  const command = parent
    .command('cloudformation')
    .description(help.cloudformation)
    .addHelpText('before', help.cloudformationExamples);
  addExportOptions(command);
  command.optionsGroup(help.templateTitle);
  addOption(command, '--home-region <region>', help.homeRegion);
  addOption(command, '--format <format>', help.format);
  addOutputOptions(command);
  addCommonOptions(command);
  onRun<CloudFormationOptions>(command, registration, async (options, common) => {
    const { subject, problems, asksForRegion } = await readExportOptions(command, options, BESIDE);
    const read = reader(problems);
    const wishes = {
      format: read.choice(options.format, TEMPLATE_FORMATS, '--format') ?? 'yaml',
      ...read.text('homeRegion', options.homeRegion, region, '--home-region'),
      ...readOutputOptions(options, read),
    };
    return {
      problems,
      asksForRegion,
      run: async () => (await import('./run.ts')).runExportCloudFormation(subject, wishes, common),
    };
  });
}
