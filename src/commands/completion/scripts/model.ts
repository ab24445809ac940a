import type { Command, Option } from 'commander';
import { offeredRegions } from '../../../aws/regions.ts';
import { ALGORITHMS } from '../../../key/index.ts';
import {
  EXISTING_KEY_ANSWERS,
  KEY_TYPES,
  POLICY_SCOPES,
  SHELLS,
  TEMPLATE_FORMATS,
} from '../../../options/key-options.ts';

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
const OPTION_VALUES: Readonly<Record<string, Value>> = {
  '--generate': { kind: 'words', words: ALGORITHMS },
  '--algorithm': { kind: 'words', words: ALGORITHMS },
  '--key-type': { kind: 'words', words: KEY_TYPES },
  '--policy-scope': { kind: 'words', words: POLICY_SCOPES },
  '--existing-key': { kind: 'words', words: EXISTING_KEY_ANSWERS },
  '--region': { kind: 'words', words: offeredRegions('aws') },
  '--home-region': { kind: 'words', words: offeredRegions('aws') },
  '--format': { kind: 'words', words: TEMPLATE_FORMATS },
  '--key-file': { kind: 'file' },
  '--output': { kind: 'file' },
  '--manifest': { kind: 'file' },
};

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
    ...(required || optional ? { value: OPTION_VALUES[long] ?? { kind: 'unknown' } } : {}),
    repeatable: variadic,
  };
}

/** A command with all below it. */
export function flattened(command: CompletionCommand): CompletionCommand[] {
  return [command, ...command.commands.flatMap(flattened)];
}
