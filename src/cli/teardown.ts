import type { Command } from 'commander';
import { helpWords as help } from '../report/words/help.ts';
import { onRun, type Registration } from './command.ts';
import { addCommonOptions, addOption } from './options.ts';
import type { TeardownOptions } from './teardown-answers.ts';

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
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  onRun<TeardownOptions>(command, registration, async (options, common) => {
    const { readTeardownAnswers } = await import('./teardown-answers.ts');
    const { answers, problems } = readTeardownAnswers(options);
    return {
      problems,
      asksForRegion: false,
      run: async () => (await import('./teardown-procedure.ts')).runTeardown(answers, common),
    };
  });
}
