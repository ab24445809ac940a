import { type Command, Option } from 'commander';
import { isAccountId } from '../aws/arn.ts';
import { inputWords as words } from '../options/messages.ts';
import { endpointUrl as endpointRule } from '../options/rules.ts';
import { looksLikePartOfKey } from '../redaction.ts';
import { helpWords } from './help.ts';

/** The general options, as the parser returns them. */
export interface CommonOptions {
  profile?: string;
  endpointUrl?: string;
  /** The one account in which anything may be changed. */
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

/** Adds an option that can be given as an environment variable as well. */
export function addOption(command: Command, flags: string, description: string, repeatable = false): void {
  const option = new Option(flags, description);
  option.env(ENVIRONMENT_PREFIX + option.name().replaceAll('-', '_').toUpperCase());
  if (repeatable) {
    // Commas separate too: an environment variable has no other way to hold several values.
    option.argParser((value: string, earlier: string[] | undefined) => [
      ...(earlier ?? []),
      ...value.split(',').map((part, at) => (at === 0 ? part : part.trimStart())),
    ]);
  }
  command.addOption(option);
}

/** Adds the options that say where a key comes from and what it is. */
export function addKeyOptions(command: Command): void {
  addOption(command, '--key-file <path>', helpWords.keyFile);
  addOption(command, '--key-env <name>', helpWords.keyEnv);
  addOption(command, '--generate <algorithm>', helpWords.generate);
  addOption(command, '--key-type <type>', helpWords.keyType);
  addOption(command, '--algorithm <algorithm>', helpWords.algorithm);
}

/** Adds the options of every command that calls AWS. */
export function addCommonOptions(command: Command): void {
  command.optionsGroup(helpWords.commonTitle);
  addOption(command, '--profile <name>', helpWords.profile);
  addOption(command, '--endpoint-url <url>', helpWords.endpointUrl);
  // `permissions` has the option too, for an account of which nothing is asked.
  if (!command.options.some(({ long }) => long === '--account-id'))
    addOption(command, '--account-id <id>', helpWords.accountId);
  addOption(command, '--sandbox', helpWords.sandbox);
  addConversationOptions(command);
}

/**
 * Adds those of the general options that say what a command asks and prints.
 * @param descriptions of options that do less in this command than in others
 */
export function addConversationOptions(
  command: Command,
  { json, debug }: { json: string; debug: string } = helpWords,
): void {
  command.optionsGroup(helpWords.commonTitle);
  addOption(command, '-y, --yes', helpWords.yes);
  addOption(command, '--no-input', helpWords.noInput);
  addOption(command, '--json', json);
  addOption(command, '-q, --quiet', helpWords.quiet);
  addOption(command, '--debug', debug);
  addOption(command, '--no-color', helpWords.noColor);
}

/** What is wrong with the common options, a sentence each. */
export function commonProblems({ endpointUrl, profile, sandbox, accountId }: CommonOptions): string[] {
  if (sandbox && (endpointUrl !== undefined || profile !== undefined)) return [words.sandboxEndpoint];
  const wrongEndpoint = endpointUrl === undefined ? undefined : endpointRule(endpointUrl, '--endpoint-url');
  return [
    ...(wrongEndpoint === undefined ? [] : [wrongEndpoint]),
    ...(accountId === undefined || isAccountId(accountId) ? [] : [words.accountId('--account-id')]),
    // Hints name the profile.
    ...(looksLikePartOfKey(profile ?? '') ? [words.looksLikeKey('--profile')] : []),
  ];
}

/** Fills in what the parser leaves out for options that were not given. */
export function commonOptions(parsed: Partial<CommonOptions>): CommonOptions {
  const { profile, endpointUrl, accountId } = parsed;
  return {
    ...(profile === undefined ? {} : { profile }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    ...(accountId === undefined ? {} : { accountId }),
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
 * Prepares the environment for the parser, to which any value of a switch means "on": variables that say no are taken
 * out, and so are empty ones of every kind. Answers what is wrong with the others.
 */
export function readSwitches(program: Command, env: NodeJS.ProcessEnv): string[] {
  for (const name of Object.keys(env)) {
    if (name.startsWith(ENVIRONMENT_PREFIX) && env[name] === '') delete env[name];
  }
  const options = commandsBelow(program).flatMap((command) => command.options);
  const switches = options.filter((option) => !option.required && !option.optional);
  return [...new Set(switches.flatMap(({ envVar }) => envVar ?? []))].flatMap((name) => {
    const value = env[name];
    if (value === undefined || /^(1|true|yes|on)$/i.test(value)) return [];
    delete env[name];
    return /^(0|false|no|off)$/i.test(value) ? [] : [words.yesOrNo(name)];
  });
}

/** The commands below this one, with those below them, each after the one that it belongs to. */
export function commandsBelow(command: Command): Command[] {
  return command.commands.flatMap((each) => [each, ...commandsBelow(each)]);
}

/** Adds the options that say what secret, policy and role there shall be. */
export function addRequestOptions(command: Command): void {
  command.optionsGroup(helpWords.setupSecretTitle);
  addOption(command, '--secret-name <name>', helpWords.secretName);
  addOption(command, '--secret-arn <arn...>', helpWords.secretArn, true);
  addOption(command, '--region <region...>', helpWords.region, true);
  addKeyOptions(command);
  addOption(command, '--kms-key-id <id>', helpWords.kmsKeyId);
  command.optionsGroup(helpWords.setupPolicyTitle);
  addOption(command, '--policy-name <name>', helpWords.policyName);
  addOption(command, '--policy-scope <scope>', helpWords.policyScope);
  addOption(command, '--policy-prefix <prefix>', helpWords.policyPrefix);
  command.optionsGroup(helpWords.setupRoleTitle);
  addOption(command, '--role-name <name>', helpWords.roleName);
  addOption(command, '--role-description <text>', helpWords.roleDescription);
  addOption(command, '--no-source-account', helpWords.noSourceAccount);
  addOption(command, '--source-arn <pattern...>', helpWords.sourceArn, true);
  addOption(command, '--permissions-boundary <arn>', helpWords.permissionsBoundary);
  command.optionsGroup(helpWords.setupAllTitle);
  addOption(command, '--tag <tag...>', helpWords.tag, true);
}
