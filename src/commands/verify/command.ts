import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOption } from '../../cli/options.ts';
import type { VerifyOptions } from './options.ts';

/** Adds the `verify` command. */
export function addVerify(program: Command, registration: Registration): void {
  const command = program
    .command('verify')
    .description(help.verify)
    .addHelpText('before', help.verifyExamples);
  command.optionsGroup(help.verifySecretTitle);
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArnGiven, true);
  addOption(command, '--region <region...>', help.regionVerified, true);
  addOption(command, '--key-file <path>', help.keyFileVerified);
  addOption(command, '--key-env <name>', help.keyEnvVerified);
  addOption(command, '--key-type <type>', help.keyType);
  addOption(command, '--algorithm <algorithm>', help.algorithm);
  command.optionsGroup(help.verifyOthersTitle);
  addOption(command, '--policy-name <name>', help.policyNameVerified);
  addOption(command, '--role-name <name>', help.roleName);
  addOption(command, '--role-arn <arn>', help.roleArn);
  addOption(command, '--flow-arn <arn>', help.flowArn);
  command.optionsGroup(help.manifestTitle);
  addManifestOption(command);
  addCommonOptions(command);
  onRun<VerifyOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, []),
        asksForRegion: false,
        run: async () => (await import('./batch.ts')).runVerifyManifest(manifest, common),
      };
    }
    const { readVerifyAnswers } = await import('./options.ts');
    const { answers, problems } = readVerifyAnswers(options);
    const { secretArn, region, flowArn } = options;
    return {
      problems,
      asksForRegion: secretArn === undefined && region === undefined && flowArn === undefined,
      run: async () => (await import('./run.ts')).runVerify(answers, common),
    };
  });
}
