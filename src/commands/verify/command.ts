import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import type { VerifyOptions } from './options.ts';

/** Adds the `verify` command. */
export function addVerify(program: Command, commandSetup: CommandSetup): void {
  const command = program
    .command('verify')
    .description(help.verify)
    .addHelpText('after', help.verifyExamples);
  addOptions(command, 'verify', help.verifyTitles);
  addCommonOptions(command);
  onRun<VerifyOptions>(command, commandSetup, async (options, common) => {
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, 'verify'),
        usesConfiguredRegion: false,
        run: async () => (await import('./batch.ts')).runVerifyManifest(manifest, common, options),
      };
    }
    const { readVerifyAnswers } = await import('./options.ts');
    const { answers, problems } = readVerifyAnswers(options);
    const { secretArn, region, flowArn } = options;
    return {
      problems,
      usesConfiguredRegion: secretArn === undefined && region === undefined && flowArn === undefined,
      run: async () => (await import('./run.ts')).runVerify(answers, common),
    };
  });
}
