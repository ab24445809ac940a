import type { Command } from 'commander';
import type { SetupOptions } from '../options/setup-options.ts';
import { helpWords as help } from '../report/words/help.ts';
import { onRun, type Registration } from './command.ts';
import { addManifestOption, manifestProblems } from './manifest-option.ts';
import { addCommonOptions, addOption } from './options.ts';
import { addRequestOptions } from './request-options.ts';

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
          (await import('./setup-manifest.ts')).runManifest({ path: manifest, dryRun, restore }, common),
      };
    }
    const { readAnswers } = await import('../options/setup-options.ts');
    const { answers, problems } = readAnswers(options);
    return {
      problems,
      asksForRegion: options.secretArn === undefined && options.region === undefined,
      run: async () => (await import('./setup-procedure.ts')).runSetup(answers, common),
    };
  });
}
