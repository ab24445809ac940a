import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import type { RotateOptions } from './options.ts';

/** Adds the `rotate` command. */
export function addRotate(program: Command, commandSetup: CommandSetup): void {
  const command = program
    .command('rotate')
    .description(help.rotate)
    .addHelpText('after', help.rotateExamples);
  addOptions(command, 'rotate', help.rotateTitle);
  addCommonOptions(command, { confirms: true });
  onRun<RotateOptions>(command, commandSetup, async (options, common) => {
    const { readRotateAnswers } = await import('./options.ts');
    const { answers, problems } = readRotateAnswers(options);
    const { manifest } = options;
    return {
      problems: [...problems, ...manifestProblems(command, 'rotate')],
      usesConfiguredRegion: false,
      run: async () =>
        manifest === undefined
          ? (await import('./run.ts')).runRotate(answers, common)
          : (await import('./batch.ts')).runRotateManifest(manifest, answers, common),
    };
  });
}
