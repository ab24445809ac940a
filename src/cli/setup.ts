import type { Command } from 'commander';
import type { SetupOptions } from '../answers/setup-answers.ts';
import { helpWords as help } from '../report/words/help.ts';
import { onRun, type Registration } from './command.ts';
import { addManifestOption, manifestProblems } from './manifest-option.ts';
import { addCommonOptions, addKeyOptions, addOption } from './options.ts';

/** Adds the `setup` command. */
export function addSetup(program: Command, registration: Registration): void {
  const command = program.command('setup').description(help.setup).addHelpText('before', help.setupExamples);
  command.optionsGroup(help.setupSecretTitle);
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArn, true);
  addOption(command, '--region <region...>', help.region, true);
  addKeyOptions(command);
  addOption(command, '--kms-key-id <id>', help.kmsKeyId);
  command.optionsGroup(help.setupPolicyTitle);
  addOption(command, '--policy-name <name>', help.policyName);
  addOption(command, '--policy-scope <scope>', help.policyScope);
  addOption(command, '--policy-prefix <prefix>', help.policyPrefix);
  command.optionsGroup(help.setupRoleTitle);
  addOption(command, '--role-name <name>', help.roleName);
  addOption(command, '--role-description <text>', help.roleDescription);
  addOption(command, '--no-source-account', help.noSourceAccount);
  addOption(command, '--source-arn <pattern...>', help.sourceArn, true);
  addOption(command, '--permissions-boundary <arn>', help.permissionsBoundary);
  command.optionsGroup(help.setupAllTitle);
  addOption(command, '--tag <tag...>', help.tag, true);
  addOption(command, '--existing-key <answer>', help.existingKey);
  addOption(command, '--restore', help.restore);
  addOption(command, '--update-trust', help.updateTrust);
  addManifestOption(command);
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  onRun<SetupOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { manifest, dryRun = false } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, ['--dry-run']),
        asksForRegion: false,
        run: async () =>
          (await import('./setup-manifest.ts')).runManifest({ path: manifest, dryRun }, common),
      };
    }
    const { readAnswers } = await import('../answers/setup-answers.ts');
    const { answers, problems } = readAnswers(options);
    return {
      problems,
      asksForRegion: options.secretArn === undefined && options.region === undefined,
      run: async () => (await import('./setup-procedure.ts')).runSetup(answers, common),
    };
  });
}
