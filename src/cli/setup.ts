import type { Command } from 'commander';
import { helpWords as help } from '../report/words/help.ts';
import { environmentProblems } from './environment.ts';
import { addCommonOptions, addOption, type CommonOptions, commonOptions, commonProblems } from './options.ts';
import type { SetupOptions } from './setup-answers.ts';
import { usageFailure } from './usage.ts';

/** Adds the `setup` command. */
export function addSetup(program: Command, finish: (exitCode: number) => void, problems: string[]): void {
  const command = program.command('setup').description(help.setup).addHelpText('before', help.setupExamples);
  command.optionsGroup('The secret:');
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArn, true);
  addOption(command, '--region <region...>', help.region, true);
  addOption(command, '--key-file <path>', help.keyFile);
  addOption(command, '--key-env <name>', help.keyEnv);
  addOption(command, '--generate <algorithm>', help.generate);
  addOption(command, '--key-type <type>', help.keyType);
  addOption(command, '--algorithm <algorithm>', help.algorithm);
  addOption(command, '--kms-key-id <id>', help.kmsKeyId);
  command.optionsGroup('The policy:');
  addOption(command, '--policy-name <name>', help.policyName);
  addOption(command, '--policy-scope <scope>', help.policyScope);
  command.optionsGroup('The role:');
  addOption(command, '--role-name <name>', help.roleName);
  addOption(command, '--role-description <text>', help.roleDescription);
  addOption(command, '--no-source-account', help.noSourceAccount);
  addOption(command, '--source-arn <pattern...>', help.sourceArn, true);
  addOption(command, '--permissions-boundary <arn>', help.permissionsBoundary);
  command.optionsGroup('All three, and how to go about it:');
  addOption(command, '--tag <tag...>', help.tag, true);
  addOption(command, '--existing-key <answer>', help.existingKey);
  addOption(command, '--restore', help.restore);
  addOption(command, '--update-trust', help.updateTrust);
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  command.action(async (options: Partial<CommonOptions> & SetupOptions) => {
    const common = commonOptions(options);
    const { readAnswers } = await import('./setup-answers.ts');
    const { answers, problems: mistakes } = readAnswers(options);
    const storesByRegion = options.secretArn === undefined && options.region === undefined;
    const outside = environmentProblems(process.env, common, storesByRegion);
    const all = [...problems, ...commonProblems(common), ...outside, ...mistakes];
    if (all.length > 0) throw usageFailure(all);
    // Only now, so that help and mistakes on the command line do not wait for the AWS SDK to load.
    const { runSetup } = await import('./setup-run.ts');
    finish(await runSetup(answers, common));
  });
}
