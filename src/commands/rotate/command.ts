import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addKeyOptions, addOption } from '../../cli/options.ts';
import type { RotateOptions } from './options.ts';

/** What is said beside a manifest: how to go about it, not which key goes where. */
const BESIDE = ['--rollback', '--dry-run'];

/** Adds the `rotate` command. */
export function addRotate(program: Command, registration: Registration): void {
  const command = program
    .command('rotate')
    .description(help.rotate)
    .addHelpText('before', help.rotateExamples);
  command.optionsGroup(help.rotateTitle);
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArnGiven, true);
  addOption(command, '--region <region...>', help.regionOnly, true);
  addKeyOptions(command);
  addOption(command, '--role-name <name>', help.roleChecked);
  addOption(command, '--rollback', help.rollback);
  addManifestOption(command);
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  onRun<RotateOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { readRotateAnswers } = await import('./options.ts');
    const { answers, problems } = readRotateAnswers(options);
    const { manifest } = options;
    return {
      problems: [...problems, ...manifestProblems(command, BESIDE)],
      asksForRegion: false,
      run: async () =>
        manifest === undefined
          ? (await import('./run.ts')).runRotate(answers, common)
          : (await import('./batch.ts')).runRotateManifest(manifest, answers, common),
    };
  });
}
