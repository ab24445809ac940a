import type { Command } from 'commander';
import { helpWords as help } from '../report/words/help.ts';
import { onRun, type Registration } from './command.ts';
import { addCommonOptions, addOption } from './options.ts';
import type { StatusOptions } from './status-answers.ts';

/** Adds the `status` command. */
export function addStatus(program: Command, registration: Registration): void {
  const command = program
    .command('status')
    .description(help.status)
    .addHelpText('before', help.statusExamples);
  command.optionsGroup(help.statusTitle);
  addOption(command, '--region <region...>', help.statusRegion, true);
  addCommonOptions(command);
  onRun<StatusOptions>(command, registration, async (options, common) => {
    const { readStatusAnswers } = await import('./status-answers.ts');
    const { answers, problems } = readStatusAnswers(options);
    return {
      problems,
      asksForRegion: options.region === undefined,
      run: async () => (await import('./status-run.ts')).runStatus(answers, common),
    };
  });
}
