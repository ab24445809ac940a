import type { Rule } from '../rules.ts';

/** A command, by the words that it is called by. */
export type CommandName =
  | 'setup'
  | 'verify'
  | 'status'
  | 'rotate'
  | 'teardown'
  | 'export cloudformation'
  | 'export script'
  | 'export manifest'
  | `permissions ${'setup' | 'verify' | 'status' | 'rotate' | 'teardown' | 'create-flow'}`;

/** What an option is about. The help of a command has a title for each. */
export type OptionGroup = 'secret' | 'policy' | 'role' | 'all' | 'manifest' | 'output';

/** An option, declared once: the command line, its help, completion, the manifest, its schema and the documents follow from it. */
export interface OptionSpec {
  /** As commander takes it. The environment variable is named after it. */
  flags: `--${string}`;
  group: OptionGroup;
  /** How its value is written: one text, several, one of some words, yes or no, or tags. */
  takes: 'text' | 'list' | 'choice' | 'switch' | 'tags';
  /** Returns what is wrong with a value. */
  rule?: Rule;
  /** For `choice`: the words. */
  choices?: readonly string[];
  defaultValue?: string | number | boolean;
  /** What a shell completes a value with, where it is no choice. */
  completes?: 'file' | 'region';
  /** The commands that take it, each with its line of help. */
  commands: Partial<Record<CommandName, string>>;
  /** Whether it says how a command goes about its work, so that it can be given beside `--manifest`, or in which commands it does. */
  besideManifest?: true | readonly CommandName[];
  field?: ManifestField;
}

/** The field of a manifest that says the same as an option. */
export interface ManifestField {
  /** Absent for the members of `key`. */
  title?: string;
  description: string;
  /** Which member of `key` it is, if it is one. */
  inKey?: string;
  /** Whether it belongs to one key and cannot be a default. */
  ofOneKey?: true;
  /** Whether an empty list makes no sense. */
  filled?: true;
  /** For lists and maps: what stands in one, in messages. */
  example?: string;
  /** Examples of a value, or of one in the list, for editors. */
  examples?: readonly unknown[];
  /** What else the JSON Schema says of a value, or of one in the list. */
  schema?: object;
}

/** Returns one line of help for several commands. */
export function inCommands<C extends CommandName>(help: string, commands: readonly C[]): Record<C, string> {
  return Object.fromEntries(commands.map((command) => [command, help])) as Record<C, string>;
}

/** The commands that take a key, a policy and a role to be made. */
export const STORING = ['setup', 'export cloudformation', 'export script'] as const;

/** The commands that work on a secret which exists. */
export const USING = ['verify', 'rotate', 'teardown'] as const;

/** The commands that print what a command needs that works on one secret. */
export const PERMISSIONS = [
  'permissions setup',
  'permissions verify',
  'permissions rotate',
  'permissions teardown',
] as const;

/** All commands that print permissions. */
export const ALL_PERMISSIONS = [...PERMISSIONS, 'permissions status', 'permissions create-flow'] as const;

export const EXPORTS = ['export cloudformation', 'export script', 'export manifest'] as const;
