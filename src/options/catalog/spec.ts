import type { Rule } from '../rules.ts';

/** A command with its subcommand. */
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

/** The part of the help that lists an option, with its own heading. */
export type OptionGroup = 'secret' | 'policy' | 'role' | 'all' | 'manifest' | 'output';

/**
 * The declaration of an option. The command line, help, completion, manifest, JSON Schema and documentation are derived from it.
 */
export interface OptionSpec {
  /** In commander's notation, such as `--secret-name <name>`. The environment variable is derived from it. */
  flags: `--${string}`;
  group: OptionGroup;
  /** The form of the value: one text, several, one of `choices`, a boolean, or tags. */
  takes: 'text' | 'list' | 'choice' | 'switch' | 'tags';
  /** Returns the problem with a value, if any. */
  rule?: Rule;
  /** The values of a `choice`. */
  choices?: readonly string[];
  defaultValue?: string | number | boolean;
  /** What shell completion offers for the value, if it is not a `choice`. */
  completes?: 'file' | 'region';
  /** The commands that take the option, each with its help text. */
  commands: Partial<Record<CommandName, string>>;
  /**
   * The commands in which the option can be combined with `--manifest`, or true for all. Such an option sets how a command runs,
   * not what it works on.
   */
  besideManifest?: true | readonly CommandName[];
  /** True for an option that describes a secret to be stored, so it can't be combined with `--secret-arn`. */
  ofNewSecret?: true;
  field?: ManifestField;
}

/** The manifest field that corresponds to an option. */
export interface ManifestField {
  /** Absent for fields under `key`. */
  title?: string;
  description: string;
  /** The name of the field under `key`, if it is one. */
  inKey?: string;
  /** True for a field whose value belongs to one key only. It can't be in the defaults. */
  ofOneKey?: true;
  /** True if the list must not be empty. */
  nonEmpty?: true;
  /** For lists and maps: an example of the content, for messages. */
  example?: string;
  /** Examples of a value, or of a list item, for editors. */
  examples?: readonly unknown[];
  /** Further JSON Schema keywords for a value or a list item. */
  schema?: object;
  /** True for a field that can't be combined with `key: { existing: true }`, which uses a secret as it is. */
  notForExisting?: true;
}

/** Returns the same help text for several commands. */
export function inCommands<C extends CommandName>(help: string, commands: readonly C[]): Record<C, string> {
  return Object.fromEntries(commands.map((command) => [command, help])) as Record<C, string>;
}

/** Commands that take a key, a policy and a role to create. */
export const STORE_COMMANDS = ['setup', 'export cloudformation', 'export script'] as const;

/** Commands that work on an existing secret. */
export const SECRET_COMMANDS = ['verify', 'rotate', 'teardown'] as const;

/** Commands that print the permissions for a command that works on one secret. */
export const PERMISSION_COMMANDS = [
  'permissions setup',
  'permissions verify',
  'permissions rotate',
  'permissions teardown',
] as const;

export const ALL_PERMISSION_COMMANDS = [
  ...PERMISSION_COMMANDS,
  'permissions status',
  'permissions create-flow',
] as const;

export const EXPORT_COMMANDS = ['export cloudformation', 'export script', 'export manifest'] as const;
