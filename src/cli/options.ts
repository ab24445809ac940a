import { type Command, Option } from 'commander';
import { isAccountId } from '../aws/arn.ts';
import { looksLikePartOfKey } from '../key-detection.ts';
import {
  attributeOf,
  type CommandName,
  flagOf,
  type OptionGroup,
  optionsOf,
} from '../options/catalog/index.ts';
import { inputMessages as messages } from '../options/messages.ts';
import { endpointUrlProblem } from '../options/rules.ts';
import { helpMessages } from './help.ts';

/** The global options, as the parser returns them. */
export interface CommonOptions {
  profile?: string;
  endpointUrl?: string;
  /** The only account in which changes are allowed. */
  accountId?: string;
  sandbox: boolean;
  yes: boolean;
  /** False for `--no-input`. */
  input: boolean;
  json: boolean;
  quiet: boolean;
  debug: boolean;
  /** False for `--no-color`. */
  color: boolean;
}

const ENVIRONMENT_PREFIX = 'MC_STATIC_KEY_';

/**
 * Adds an option that can also be given as an environment variable.
 * @param settings `hidden` keeps an option without effect out of the help, for scripts that give it to every command
 */
export function addOption(
  command: Command,
  flags: string,
  description: string,
  { repeatable = false, hidden = false } = {},
): void {
  const option = new Option(flags, description).hideHelp(hidden);
  option.env(ENVIRONMENT_PREFIX + option.name().replaceAll('-', '_').toUpperCase());
  if (repeatable) {
    // Commas also separate values, because an environment variable can't be repeated.
    option.argParser((value: string, earlier: string[] | undefined) => [
      ...(earlier ?? []),
      ...value.split(',').map((part, index) => (index === 0 ? part : part.trimStart())),
    ]);
  }
  command.addOption(option);
}

/**
 * Adds a command's options from the catalog.
 * @param titles the title of each group in the help, or one title for all
 */
export function addOptions(
  command: Command,
  name: CommandName,
  titles: string | Partial<Record<OptionGroup, string>>,
): void {
  for (const [, option] of optionsOf(name)) {
    const title = typeof titles === 'string' ? titles : titles[option.group];
    if (title !== undefined) command.optionsGroup(title);
    const repeatable = option.takes === 'list' || option.takes === 'tags';
    addOption(command, option.flags, option.commands[name] ?? '', { repeatable });
  }
}

/** Returns the problem with options that can't be combined with `--manifest`, because the manifest has fields for them. */
export function manifestProblems(command: Command, name: CommandName): string[] {
  if (command.getOptionValue('manifest') === undefined) return [];
  const flags = optionsOf(name)
    .filter(([, { besideManifest }]) => besideManifest !== true && !besideManifest?.includes(name))
    .filter(([, option]) => ['cli', 'env'].includes(command.getOptionValueSource(attributeOf(option)) ?? ''))
    .map(([, option]) => flagOf(option));
  return flags.length > 0 ? [messages.notBesideManifest(flags)] : [];
}

/**
 * Adds the global options of commands that call AWS.
 * @param settings `confirms` is true for a command that asks for a confirmation
 */
export function addCommonOptions(command: Command, { confirms = false } = {}): void {
  command.optionsGroup(helpMessages.commonTitle);
  addOption(command, '--profile <name>', helpMessages.profile);
  addOption(command, '--endpoint-url <url>', helpMessages.endpointUrl);
  // `permissions` has its own option `--account-id`, for an account that is not contacted.
  if (!command.options.some(({ long }) => long === '--account-id'))
    addOption(command, '--account-id <id>', helpMessages.accountId);
  addOption(command, '--sandbox', helpMessages.sandbox);
  addConversationOptions(command, { confirms, prompts: true });
}

/**
 * Adds the global options for prompts and output.
 * @param settings whether the command asks for a confirmation or anything else, and descriptions for options that do less in this
 * command than in others
 */
export function addConversationOptions(
  command: Command,
  { confirms = false, prompts = false, json = helpMessages.json, debug = helpMessages.debug } = {},
): void {
  command.optionsGroup(helpMessages.commonTitle);
  addOption(command, '-y, --yes', helpMessages.yes, { hidden: !confirms });
  addOption(command, '--no-input', helpMessages.noInput, { hidden: !prompts });
  addOption(command, '--json', json);
  addOption(command, '-q, --quiet', helpMessages.quiet);
  addOption(command, '--debug', debug);
  addOption(command, '--no-color', helpMessages.noColor);
}

/** Returns problems with the global options, one sentence each. */
export function commonProblems({ endpointUrl, profile, sandbox, accountId }: CommonOptions): string[] {
  if (sandbox && (endpointUrl !== undefined || profile !== undefined)) return [messages.sandboxEndpoint];
  const endpointProblem =
    endpointUrl === undefined ? undefined : endpointUrlProblem(endpointUrl, '--endpoint-url');
  return [
    ...(endpointProblem === undefined ? [] : [endpointProblem]),
    ...(accountId === undefined || isAccountId(accountId) ? [] : [messages.accountId('--account-id')]),
    // Messages repeat the profile name.
    ...(looksLikePartOfKey(profile ?? '') ? [messages.looksLikeKey('--profile')] : []),
  ];
}

/** Fills in values for options that were not given. */
export function commonOptions(parsed: Partial<CommonOptions>): CommonOptions {
  const { profile, endpointUrl, accountId } = parsed;
  return {
    profile,
    endpointUrl,
    accountId,
    sandbox: parsed.sandbox ?? false,
    yes: parsed.yes ?? false,
    input: parsed.input ?? true,
    json: parsed.json ?? false,
    quiet: parsed.quiet ?? false,
    debug: parsed.debug ?? false,
    color: parsed.color ?? true,
  };
}

/**
 * Prepares the environment for the parser, which turns a switch on if its variable has any value. Removes empty variables, and
 * variables that turn a switch off. Returns problems with variables of switches that have another value.
 */
export function readSwitches(program: Command, env: NodeJS.ProcessEnv): string[] {
  for (const name of Object.keys(env))
    if (name.startsWith(ENVIRONMENT_PREFIX) && env[name] === '') delete env[name];
  const options = commandsBelow(program).flatMap((command) => command.options);
  const switches = options.filter((option) => !option.required && !option.optional);
  return [...new Set(switches.flatMap(({ envVar }) => envVar ?? []))].flatMap((name) => {
    const value = env[name];
    if (value === undefined || /^(1|true|yes|on)$/i.test(value)) return [];
    delete env[name];
    return /^(0|false|no|off)$/i.test(value) ? [] : [messages.yesOrNo(name)];
  });
}

/** Returns all subcommands, recursively, each after its parent. */
export function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((subcommand) => [subcommand, ...commandsBelow(subcommand)]);
}
