import type { Command } from 'commander';

/** The commands below this one, with those below them, each after the one that it belongs to. */
export function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...commandsBelow(each)]);
}
