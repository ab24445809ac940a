import type { Command } from 'commander';
import { helpWords as help } from '../report/words/help.ts';
import { onRun, type Registration } from './command.ts';
import { addManifestOption, manifestProblems } from './manifest-option.ts';
import { addCommonOptions, addOption } from './options.ts';
import type { TeardownOptions } from './teardown-answers.ts';

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
    const { readTeardownAnswers } = await import('./teardown-answers.ts');
    const { answers, problems } = readTeardownAnswers(options);
    const { manifest } = options;
    return {
      problems: [...problems, ...manifestProblems(command, BESIDE)],
      asksForRegion: false,
      run: async () =>
        manifest === undefined
          ? (await import('./teardown-procedure.ts')).runTeardown(answers, common)
          : (await import('./teardown-manifest.ts')).runTeardownManifest(manifest, answers, common),
    };
  });
}
