/** Titles of groups of options. */
const ALL = 'All three, and how to go about it:';
const READERS = 'Who is to read it:';
const MANIFEST = 'Or for many keys:';

/** The help texts. Examples come first because users look for them most. */
export const helpMessages = {
  program:
    'Sets up static key encryption for AWS Elemental MediaConnect: the key as a secret in AWS Secrets Manager, an IAM policy that allows reading it, and a role that MediaConnect may assume.',
  programExamples: `Examples:
  mc-static-key setup                         ask for everything, show a plan, then do it
  mc-static-key setup --sandbox               the same without an AWS account
  mc-static-key verify                        find out why a stream does not decrypt
  mc-static-key status                        show what is set up in the account
  mc-static-key rotate                        put a new key into a secret that exists
  mc-static-key teardown                      take down what was set up for a secret
  mc-static-key sandbox -- aws iam list-roles run a command against the sandbox
`,
  environment:
    'Every option can also be given as an environment variable: MC_STATIC_KEY_ and its name, such as MC_STATIC_KEY_ROLE_NAME (lists are separated by commas). The key itself has no option and no variable of its own.',
  exitCodes:
    'Exit codes: 0 done or nothing to do; 1 AWS or the network failed, or the proof or a check did not hold; 2 wrong options or answers; 3 conflict with something that exists; 4 no credentials or no permission; 130 interrupted (143 by SIGTERM).',

  setup: 'Store the key, make the policy and the role, and prove that MediaConnect can read the key',
  setupExamples: `Examples:
  mc-static-key setup
  mc-static-key setup --sandbox
  mc-static-key setup --secret-name studio-a --region us-west-2 --key-file studio-a.key --yes
  mc-static-key setup --secret-name studio-a --region us-west-2 --region eu-west-1 --generate aes256 --yes --json
  printenv KEY | mc-static-key setup --secret-name studio-a --region us-west-2 --key-file - --yes
  mc-static-key setup --secret-name studio-a --region us-west-2 --key-env KEY --dry-run
  mc-static-key setup --manifest keys.yaml --yes
`,
  setupTitles: { secret: 'The secret:', policy: 'The policy:', role: 'The role:', all: ALL, manifest: ALL },

  verify: 'Find out whether MediaConnect can read a key, and if not, why and what to do',
  verifyExamples: `Examples:
  mc-static-key verify
  mc-static-key verify --secret-name studio-a --region us-west-2
  mc-static-key verify --secret-name studio-a --region us-west-2 --region eu-west-1 --key-file studio-a.key
  mc-static-key verify --secret-arn arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf --json
  mc-static-key verify --flow-arn arn:aws:mediaconnect:us-west-2:111122223333:flow:1-AbCd:game
  mc-static-key verify --manifest keys.yaml
`,
  verifyTitles: { secret: 'The secret and its key:', policy: READERS, role: READERS, manifest: MANIFEST },

  status: 'Show what is set up in the account: roles, policies, secrets by Region, the age of the keys',
  statusExamples: `Examples:
  mc-static-key status
  mc-static-key status --region us-west-2 --region eu-west-1
  mc-static-key status --json
  mc-static-key status --manifest keys.yaml
`,
  statusTitles: { secret: 'Where to look:', manifest: MANIFEST },
  rotate: 'Put a new key into a secret, in every Region it lives in, or go back to the key before',
  rotateExamples: `Examples:
  mc-static-key rotate
  mc-static-key rotate --secret-name studio-a --key-file new.key --yes
  mc-static-key rotate --secret-name studio-a --generate aes256 --dry-run
  mc-static-key rotate --secret-name studio-a --rollback --yes
  mc-static-key rotate --manifest keys.yaml --yes
`,
  rotateTitle: 'The secret and its new key:',

  teardown: 'Take down what setup has made for a secret, and leave alone what others use',
  teardownExamples: `Examples:
  mc-static-key teardown
  mc-static-key teardown --secret-name studio-a --dry-run
  mc-static-key teardown --secret-name studio-a --region us-west-2 --recovery-days 7 --yes
  mc-static-key teardown --manifest keys.yaml --dry-run
`,
  teardownTitle: 'What is taken down:',

  permissions: 'Print the least IAM policy that a command needs',
  completion: 'Print a script that completes commands and options in bash, zsh or fish',
  completionShell: 'bash, zsh or fish',
  completionExamples: `Examples:
  bash   echo 'source <(mc-static-key completion bash)' >> ~/.bashrc
  zsh    mc-static-key completion zsh > "\${fpath[1]}/_mc-static-key"
         or, after compinit in ~/.zshrc: source <(mc-static-key completion zsh)
  fish   mc-static-key completion fish > ~/.config/fish/completions/mc-static-key.fish
`,

  profile: 'profile in the AWS configuration',
  endpointUrl: 'send all requests to this URL instead of AWS',
  accountId: 'change nothing in any other account',
  sandbox: 'work in an AWS sandbox inside this program; nothing is sent to AWS',
  yes: 'do not ask for the confirmation',
  noInput: 'never ask anything',
  json: 'print one JSON document on standard output',
  quiet: 'print the result only, and what went wrong',
  debug: 'log each request to AWS, and stack traces',
  noColor: 'print without color',
  commonTitle: 'General options:',

  sandboxCommand: 'Open a shell, or run a command, with AWS_ENDPOINT_URL set to an AWS sandbox',
  sandboxExamples: `Examples:
  mc-static-key sandbox                                a shell whose AWS calls go to the sandbox
  mc-static-key sandbox -- aws secretsmanager list-secrets
  mc-static-key sandbox -- ./pipeline.sh               rehearse a pipeline
  mc-static-key sandbox --port 4566                    serve in the foreground until Ctrl-C
`,
  sandboxTitle: 'How to serve:',
  sandboxJson: 'print a failure as one JSON document on standard output',
  sandboxDebug: 'print the stack trace of a failure',
  sandboxArgument: "the command to run, after -- (default: the user's shell)",
  port: 'serve on this port of the loopback interface, in the foreground',
};
