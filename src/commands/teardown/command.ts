import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import type { TeardownOptions } from './options.ts';

/** Adds the `teardown` command. */
export function addTeardown(program: Command, commandSetup: CommandSetup): void {
  const command = program
    .command('teardown')
    .description(help.teardown)
    .addHelpText('after', help.teardownExamples);
  addOptions(command, 'teardown', help.teardownTitle);
  addCommonOptions(command, { confirms: true });
  onRun<TeardownOptions>(command, commandSetup, async (options, common) => {
    const { readTeardownAnswers } = await import('./options.ts');
    const { answers, problems } = readTeardownAnswers(options);
    const { manifest } = options;
    return {
      problems: [...problems, ...manifestProblems(command, 'teardown')],
      usesConfiguredRegion: false,
      run: async () =>
        manifest === undefined
          ? (await import('./run.ts')).runTeardown(answers, common)
          : (await import('./batch.ts')).runTeardownManifest(manifest, answers, common),
    };
  });
}
