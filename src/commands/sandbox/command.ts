import type { Command } from 'commander';
import { type CommandSetup, hintFor } from '../../cli/command.ts';
import { usageFailure } from '../../cli/failure-output.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addConversationOptions, addOption, type CommonOptions, commonOptions } from '../../cli/options.ts';
import { inputMessages } from '../../options/messages.ts';
import { sandboxMessages } from './messages.ts';

export function addSandbox(program: Command, { finish, problems }: CommandSetup): void {
  const command = program
    .command('sandbox')
    .description(help.sandboxCommand)
    .addHelpText('after', help.sandboxExamples);
  command.argument('[command...]', help.sandboxArgument);
  command.optionsGroup(help.sandboxTitle);
  addOption(command, '--port <port>', help.port);
  // No options for AWS, because the sandbox has its own endpoint, account and credentials.
  addConversationOptions(command, { json: help.sandboxJson, debug: help.sandboxDebug });
  command.action(async (words: string[], options: Partial<CommonOptions> & { port?: string }) => {
    // With a command, a port from an environment variable has no effect.
    const ignoresPort = words.length > 0 && command.getOptionValueSource('port') === 'env';
    const port = options.port === undefined || ignoresPort ? undefined : portOf(options.port);
    const isBadPort = port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535);
    const allProblems = [
      ...problems,
      ...(isBadPort ? [inputMessages.port('--port')] : []),
      ...(port !== undefined && words.length > 0 ? [sandboxMessages.portAndCommand] : []),
    ];
    if (allProblems.length > 0) throw usageFailure(allProblems, hintFor(command));
    const { runSandbox } = await import('./run.ts');
    finish(await runSandbox(words, port, commonOptions(options)));
  });
}

/** Returns the number, or NaN for anything but digits: JavaScript would also accept `1e3`, `0x50` and a space as numbers. */
function portOf(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}
