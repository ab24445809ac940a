import type { Command, Option } from 'commander';
import { offeredRegions } from '../../../aws/regions.ts';
import { flagOf, OPTIONS, type OptionSpec, SHELLS } from '../../../options/catalog/index.ts';

/** What can stand for a value: one of some words, the name of a file, a command line, or something only the user knows. */
export type Value =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'file' }
  | { kind: 'command' }
  | { kind: 'unknown' };

/** An option, as a shell completes it. */
export interface CompletionOption {
  /** With its dashes; an option may have a short one and a long one. */
  names: string[];
  description: string;
  /** Absent for a switch. */
  value?: Value;
  repeatable: boolean;
}

/** A command, as a shell completes it. */
export interface CompletionCommand {
  /** Its name, after the names of the commands that it belongs to; empty for the program itself. */
  path: string[];
  description: string;
  options: CompletionOption[];
  commands: CompletionCommand[];
  /** What comes after the options, if anything does. */
  argument?: Value;
}

/** Names of secrets and roles are not here: the shell would have to call AWS for them at every press of the Tab key. */
const OPTION_VALUES: ReadonlyMap<string, Value> = new Map(
  Object.values<OptionSpec>(OPTIONS).map((option): [string, Value] => [flagOf(option), valuesOf(option)]),
);

function valuesOf({ choices, completes }: OptionSpec): Value {
  if (choices) return { kind: 'words', words: choices };
  if (completes === 'region') return { kind: 'words', words: offeredRegions('aws') };
  return { kind: completes ?? 'unknown' };
}

const ARGUMENT_VALUES: Readonly<Record<string, Value>> = {
  shell: { kind: 'words', words: SHELLS },
  command: { kind: 'command' },
};

/** What the command line takes, read off the program itself, so that the completion cannot fall behind it. */
export function completionModel(command: Command, path: string[] = []): CompletionCommand {
  const help = command.createHelp();
  const [argument] = command.registeredArguments;
  return {
    path,
    description: command.description(),
    options: help.visibleOptions(command).map(toOption),
    commands: help.visibleCommands(command).map((each) => completionModel(each, [...path, each.name()])),
    ...(argument ? { argument: ARGUMENT_VALUES[argument.name()] ?? { kind: 'unknown' } } : {}),
  };
}

function toOption(option: Option): CompletionOption {
  const { short, long = '', description, required, optional, variadic } = option;
  return {
    names: short ? [short, long] : [long],
    description,
    ...(required || optional ? { value: OPTION_VALUES.get(long) ?? { kind: 'unknown' } } : {}),
    repeatable: variadic,
  };
}

/** A command with all below it. */
export function flattened(command: CompletionCommand): CompletionCommand[] {
  return [command, ...command.commands.flatMap(flattened)];
}
