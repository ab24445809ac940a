import type { Command } from 'commander';
import type { Registration } from '../../cli/command.ts';
import { usageFailure } from '../../cli/failure-output.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addConversationOptions, addOption, type CommonOptions, commonOptions } from '../../cli/options.ts';
import { inputMessages } from '../../options/messages.ts';
import { sandboxMessages } from './messages.ts';

/** Adds the `sandbox` command. */
export function addSandbox(program: Command, { finish, problems }: Registration): void {
  const command = program
    .command('sandbox')
    .description(help.sandboxCommand)
    .addHelpText('before', help.sandboxExamples);
  command.argument('[command...]', help.sandboxArgument);
  command.optionsGroup(help.sandboxTitle);
  addOption(command, '--port <port>', help.port);
  // No options for AWS, because the sandbox has its own endpoint, account and credentials.
  addConversationOptions(command, { json: help.sandboxJson, debug: help.sandboxDebug });
  command.action(async (words: string[], options: Partial<CommonOptions> & { port?: string }) => {
    const isOvertaken = words.length > 0 && command.getOptionValueSource('port') === 'env';
    const port = options.port === undefined || isOvertaken ? undefined : portOf(options.port);
    const badPort = port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535);
    const all = [
      ...problems,
      ...(badPort ? [inputMessages.port('--port')] : []),
      ...(port !== undefined && words.length > 0 ? [sandboxMessages.portAndCommand] : []),
    ];
    if (all.length > 0) throw usageFailure(all);
    const { runSandbox } = await import('./run.ts');
    finish(await runSandbox(words, port, commonOptions(options)));
  });
}

/** Digits only: JavaScript would also accept `1e3`, `0x50` and a space as numbers. */
function portOf(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}
