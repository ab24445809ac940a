import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOption, addRequestOptions } from '../../cli/options.ts';
import type { SetupOptions } from '../../options/setup-options.ts';

/** Adds the `setup` command. */
export function addSetup(program: Command, registration: Registration): void {
  const command = program.command('setup').description(help.setup).addHelpText('before', help.setupExamples);
  addRequestOptions(command);
  addOption(command, '--existing-key <answer>', help.existingKey);
  addOption(command, '--restore', help.restore);
  addOption(command, '--update-trust', help.updateTrust);
  addManifestOption(command);
  addOption(command, '--dry-run', help.dryRun);
  addCommonOptions(command);
  onRun<SetupOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { manifest, dryRun = false, restore = false } = options;
    if (manifest !== undefined) {
      return {
        problems: manifestProblems(command, ['--dry-run', '--restore']),
        asksForRegion: false,
        run: async () =>
          (await import('./batch.ts')).runManifest({ path: manifest, dryRun, restore }, common),
      };
    }
    const { readAnswers } = await import('../../options/setup-options.ts');
    const { answers, problems } = readAnswers(options);
    return {
      problems,
      asksForRegion: options.secretArn === undefined && options.region === undefined,
      run: async () => (await import('./run.ts')).runSetup(answers, common),
    };
  });
}
