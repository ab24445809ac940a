import type { Command, Option } from 'commander';
import { mediaConnectRegionsIn } from '../../../aws/regions.ts';
import { flagOf, OPTIONS, type OptionSpec, SHELLS } from '../../../options/catalog/index.ts';

/** What the shell suggests for a value: words, file names, another command with its arguments, or nothing. */
export type CompletionValue =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'file' }
  | { kind: 'command' }
  | { kind: 'unknown' };

export interface CompletionOption {
  /** With the dashes. An option may have a short and a long name. */
  names: string[];
  description: string;
  /** Absent for a switch, which takes no value. */
  value?: CompletionValue;
  repeatable: boolean;
}

export interface CompletionCommand {
  /** The names of the parent commands, and the command's own. Empty for the program itself. */
  path: string[];
  description: string;
  options: CompletionOption[];
  commands: CompletionCommand[];
  /** The argument after the options, if any. */
  argument?: CompletionValue;
}

/**
 * The values of options, by long flag. Names of secrets and roles are not suggested, because the shell would have to call AWS
 * every time the user presses Tab.
 */
const OPTION_VALUES: ReadonlyMap<string, CompletionValue> = new Map(
  Object.values<OptionSpec>(OPTIONS).map((option): [string, CompletionValue] => [
    flagOf(option),
    completionOf(option),
  ]),
);

function completionOf({ choices, completes }: OptionSpec): CompletionValue {
  if (choices) return { kind: 'words', words: choices };
  if (completes === 'region') return { kind: 'words', words: mediaConnectRegionsIn('aws') };
  return { kind: completes ?? 'unknown' };
}

/** The values of arguments, by name. */
const ARGUMENT_VALUES: Readonly<Record<string, CompletionValue>> = {
  shell: { kind: 'words', words: SHELLS },
  command: { kind: 'command' },
};

/** Returns the completion model, derived from the program itself so that it is always up to date. */
export function completionModel(command: Command, path: string[] = []): CompletionCommand {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(toOption),
    commands: help.visibleCommands(command).map((each) => completionModel(each, [...path, each.name()])),
    argument: argument ? (ARGUMENT_VALUES[argument.name()] ?? { kind: 'unknown' }) : undefined,
  };
}

function toOption(option: Option): CompletionOption {
  const { short, long = '', description, required, optional, variadic } = option;
  return {
    names: short ? [short, long] : [long],
    description,
    value: required || optional ? (OPTION_VALUES.get(long) ?? { kind: 'unknown' }) : undefined,
    repeatable: variadic,
  };
}

/** Returns a command with all its subcommands. */
export function flattened(command: CompletionCommand): CompletionCommand[] {
  return [command, ...command.commands.flatMap(flattened)];
}
