import { DEFAULTS } from '../defaults.ts';

/** The help texts. Examples come first, because they are what people look for. */

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
  setupSecretTitle: 'The secret:',
  setupPolicyTitle: 'The policy:',
  setupRoleTitle: 'The role:',
  setupAllTitle: 'All three, and how to go about it:',
  secretName: 'name of the secret',
  secretArn: 'use this secret, which exists already, instead of storing one (repeatable)',
  region: "store the key in each of these Regions (repeatable; default: the SDK's Region)",
  keyFile: 'read the key from a file, or from standard input with -',
  keyEnv: 'read the key from this environment variable',
  generate: 'make a random key for aes128, aes192 or aes256',
  keyType: `what the key is: static-key or srt-password (default: ${DEFAULTS.keyType})`,
  algorithm: "aes128, aes192 or aes256, checked against the key's length (default: told by the length)",
  kmsKeyId: 'customer-managed KMS key for the secret (default: aws/secretsmanager)',
  policyName: `name of the policy (default: ${DEFAULTS.policyName})`,
  policyScope: `which secrets the policy allows: secrets (those named), prefix, region or account (default: ${DEFAULTS.policyScope})`,
  policyPrefix: 'what the names of the secrets begin with, for --policy-scope prefix',
  roleName: `name of the role (default: ${DEFAULTS.roleName})`,
  roleDescription: `description of the role (default: "${DEFAULTS.roleDescription}")`,
  noSourceAccount: 'leave the aws:SourceAccount condition out of the trust policy',
  sourceArn: 'trust MediaConnect for these resources only (ARN pattern, repeatable)',
  permissionsBoundary: 'permissions boundary of the role',
  tag: 'tag on all three resources (KEY=VALUE, repeatable)',
  existingKey: 'when the secret holds another value: keep or replace it',
  restore: 'restore a secret that is scheduled for deletion',
  updateTrust: 'add MediaConnect to the trust policy of a role that exists',
  dryRun: 'print the plan and stop',
  manifestTitle: 'Or for many keys:',
  manifest: 'a YAML file that says all of this for many keys (docs/manifest.md)',

  verify: 'Find out whether MediaConnect can read a key, and if not, why and what to do',
  verifyExamples: `Examples:
  mc-static-key verify
  mc-static-key verify --secret-name studio-a --region us-west-2
  mc-static-key verify --secret-name studio-a --region us-west-2 --region eu-west-1 --key-file studio-a.key
  mc-static-key verify --secret-arn arn:aws:secretsmanager:us-west-2:111122223333:secret:studio-a-AbCdEf --json
  mc-static-key verify --flow-arn arn:aws:mediaconnect:us-west-2:111122223333:flow:1-AbCd:game
  mc-static-key verify --manifest keys.yaml
`,
  verifySecretTitle: 'The secret and its key:',
  verifyOthersTitle: 'Who is to read it:',
  regionVerified: "the Regions of the flows (repeatable; default: the SDK's Region)",
  keyFileVerified: 'the secret must hold the key in this file (- for standard input)',
  keyEnvVerified: 'the secret must hold the key in this environment variable',
  policyNameVerified: 'a policy that must be attached to the role',
  roleArn: 'the role by its ARN, in place of its name',
  flowArn:
    'a flow, router input or router output, with the secrets and roles in its encryption settings, and the other ends of its connections',

  status: 'Show what is set up in the account: roles, policies, secrets by Region, the age of the keys',
  statusExamples: `Examples:
  mc-static-key status
  mc-static-key status --region us-west-2 --region eu-west-1
  mc-static-key status --json
  mc-static-key status --manifest keys.yaml
`,
  statusTitle: 'Where to look:',
  statusRegion:
    'look for secrets in these Regions only (repeatable; default: every Region that has MediaConnect, the configured one, and those that policies name)',
  rotate: 'Put a new key into a secret, in every Region it lives in, or go back to the key before',
  rotateExamples: `Examples:
  mc-static-key rotate
  mc-static-key rotate --secret-name studio-a --key-file new.key --yes
  mc-static-key rotate --secret-name studio-a --generate aes256 --dry-run
  mc-static-key rotate --secret-name studio-a --rollback --yes
  mc-static-key rotate --manifest keys.yaml --yes
`,
  rotateTitle: 'The secret and its new key:',
  secretArnGiven: 'the secret by its ARN, in place of name and Region (repeatable)',
  regionOnly: 'only in these Regions (repeatable; default: every Region that the secret lives in)',
  rollback: 'go back to the key before the last rotation',
  roleChecked: `name of the role that the checks at the end look at (default: ${DEFAULTS.roleName})`,

  teardown: 'Take down what setup has made for a secret, and leave alone what others use',
  teardownExamples: `Examples:
  mc-static-key teardown
  mc-static-key teardown --secret-name studio-a --dry-run
  mc-static-key teardown --secret-name studio-a --region us-west-2 --recovery-days 7 --yes
  mc-static-key teardown --manifest keys.yaml --dry-run
`,
  teardownTitle: 'What is taken down:',
  recoveryDays: `for how many days the secret can be restored, 7 to 30 (default: ${DEFAULTS.recoveryDays})`,
  includeUntagged: 'take down what this program did not make, too',
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
