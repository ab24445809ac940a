import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOption } from '../../cli/options.ts';
import type { TeardownOptions } from './options.ts';

/** What is said beside a manifest: how to go about it, not what is taken down. */
const BESIDE = ['--recovery-days', '--include-untagged', '--dry-run'];

/** Adds the `teardown` command. */
export function addTeardown(program: Command, registration: Registration): void {
  const command = program
    .command('teardown')
    .description(help.teardown)
    .addHelpText('before', help.teardownExamples);
  command.optionsGroup(help.teardownTitle);
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArnGiven, true);
  addOption(command, '--region <region...>', help.regionOnly, true);
  addOption(command, '--policy-name <name>', help.policyName);
  addOption(command, '--role-name <name>', help.roleName);
  addOption(command, '--recovery-days <days>', help.recoveryDays);
  addOption(command, '--include-untagged', help.includeUntagged);
  addManifestOption(command);
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  onRun<TeardownOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { readTeardownAnswers } = await import('./options.ts');
    const { answers, problems } = readTeardownAnswers(options);
    const { manifest } = options;
    return {
      problems: [...problems, ...manifestProblems(command, BESIDE)],
      asksForRegion: false,
      run: async () =>
        manifest === undefined
          ? (await import('./run.ts')).runTeardown(answers, common)
          : (await import('./batch.ts')).runTeardownManifest(manifest, answers, common),
    };
  });
}
