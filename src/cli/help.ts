/** Titles of groups of options. */
const BEHAVIOR = 'Behavior:';
const ACCESS = 'Access:';
const MANY_KEYS = 'Many keys:';

/** Returns the examples of a command. They come last, where the terminal shows them above the prompt. */
export function examples(...lines: string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n');
}

/** The help texts. Descriptions fit into one line of the list of commands at 80 columns. */
export const helpMessages = {
  title: 'mc-static-key  Static key encryption for AWS Elemental MediaConnect',
  usage: (program: string) => `Usage: ${program} COMMAND [options]`,
  commandUsage: 'COMMAND [options]',
  commandGroups: { setUp: 'Set up:', check: 'Check:', automate: 'Automate:' },
  programExamples: [
    'Start here:',
    '  mc-static-key setup --sandbox    try it; nothing is sent to AWS',
    '  mc-static-key setup              set up a key in your account',
  ],
  moreHelp: (command: string) => `Run '${command} --help' for options and exit codes.`,
  optionsHint: (command: string) => `Run '${command} --help' for its options.`,
  commandsHint: (command: string) => `Run '${command} --help' for its commands.`,
  missingSubcommand: (command: string, names: string[]) =>
    `Missing subcommand: ${command} ${names.join(' | ')}`,
  missingArgument: (command: string, choices: string) => `Missing argument: ${command} (${choices})`,
  theOption: 'The option',
  unknownCommand: 'Unknown command.',
  unknownCommandNamed: (name: string) => `Unknown command: ${name}.`,
  helpOption: 'print this help',
  versionOption: 'print the version',
  environment:
    'Each option has an environment variable, such as MC_STATIC_KEY_ROLE_NAME for --role-name. Separate multiple values with commas. The key itself has none.',
  exitCodes:
    'Exit codes: 0 done, or nothing to do; 1 AWS or the network failed, or verification failed; 2 invalid options or answers; 3 conflict with existing resources; 4 no credentials or no permission; 130 interrupted (143 by SIGTERM).',
  sandboxExitCode:
    'Exit code: that of the shell or the command. 2 if the options are invalid, or if the command is not found.',

  setup: 'Store a key, create the policy and role, and verify access',
  setupExamples: examples(
    'mc-static-key setup                              interactive',
    'mc-static-key setup --secret-name studio-a --region us-west-2 \\',
    '  --key-file studio-a.key --yes',
    'mc-static-key setup --manifest keys.yaml --yes   many keys',
  ),
  setupTitles: { secret: 'Secret:', policy: 'Policy:', role: 'Role:', all: BEHAVIOR, manifest: BEHAVIOR },

  verify: 'Check whether MediaConnect can read a key, show how to fix it',
  verifyExamples: examples(
    'mc-static-key verify                             interactive',
    'mc-static-key verify --secret-name studio-a --region us-west-2',
    'mc-static-key verify --manifest keys.yaml        many keys',
  ),
  verifyTitles: {
    secret: 'Secret and key:',
    policy: ACCESS,
    role: ACCESS,
    manifest: MANY_KEYS,
    output: 'Output:',
  },

  status: 'List roles, policies and secrets, with key age and problems',
  statusExamples: examples(
    'mc-static-key status                             all Regions',
    'mc-static-key status --region us-west-2 --json',
    'mc-static-key status --manifest keys.yaml        only the keys of a manifest',
  ),
  statusTitles: { secret: 'Search:', manifest: MANY_KEYS },

  rotate: 'Replace a key, or roll back to the previous key',
  rotateExamples: examples(
    'mc-static-key rotate                             interactive',
    'mc-static-key rotate --secret-name studio-a --key-file new.key --yes',
    'mc-static-key rotate --secret-name studio-a --rollback --yes',
  ),
  rotateTitle: 'Secret and new key:',

  teardown: "Remove what setup created for a secret, keep what's shared",
  teardownExamples: examples(
    'mc-static-key teardown                           interactive',
    'mc-static-key teardown --secret-name studio-a --dry-run',
    'mc-static-key teardown --secret-name studio-a --recovery-days 7 --yes',
  ),
  teardownTitle: 'What to remove:',

  permissions: 'Print the minimum IAM policy for a command',
  completion: 'Print the completion script for bash, zsh or fish',
  completionShell: 'bash, zsh or fish',
  completionExamples: examples(
    "bash   echo 'source <(mc-static-key completion bash)' >> ~/.bashrc",
    `zsh    mc-static-key completion zsh > "\${fpath[1]}/_mc-static-key"`,
    '       or, after compinit in ~/.zshrc: source <(mc-static-key completion zsh)',
    'fish   mc-static-key completion fish > \\',
    '         ~/.config/fish/completions/mc-static-key.fish',
  ),

  profile: 'AWS profile',
  endpointUrl: 'send all requests to this URL instead of AWS',
  accountId: 'stop if the credentials are for another account',
  sandbox: 'use the built-in sandbox; nothing is sent to AWS',
  yes: 'skip the confirmation',
  noInput: 'never prompt',
  json: 'print one JSON document on standard output',
  quiet: 'print only results and errors',
  debug: 'log each request to AWS, and stack traces',
  noColor: 'disable colors',
  commonTitle: 'General options:',

  sandboxCommand: 'Start a local AWS endpoint to try or test without an account',
  sandboxExamples: examples(
    'mc-static-key sandbox               a shell against the sandbox',
    'mc-static-key sandbox -- aws secretsmanager list-secrets',
    'mc-static-key sandbox --port 4566   for other shells, until Ctrl-C',
  ),
  sandboxTitle: 'Server:',
  sandboxJson: 'print a failure as one JSON document on standard output',
  sandboxDebug: 'print the stack trace of a failure',
  sandboxArgument: 'the command to run, after -- (default: your shell)',
  port: 'listen on this port of the loopback interface until Ctrl-C',
};
