import { examples, helpMessages } from '../../cli/help.ts';
import type { Fix } from '../../failure.ts';

/** Messages of the `export` commands: texts next to the template or the script, and failures. */
export const exportMessages = {
  otherPartition: (region: string) =>
    `--home-region ${region} and the Regions of the keys are in different AWS partitions. Choose a home Region in the same partition.`,
  arnOfOther: (other: string, account: string, from: string) =>
    `An ARN belongs to account ${other}, not to ${account} (${from}). Use ARNs of account ${account}, or correct ${from}.`,
  severalAccounts: 'The ARNs belong to different accounts. Export each account separately.',
  dynamicReference: (option: string, member: string, role: string) =>
    `CloudFormation would resolve the {{resolve:…}} in the ${option} of role ${role}, and it can't be escaped. Use another ${option} (${member} in a manifest).`,
  trustTooLong: (role: string, size: number, most: number) =>
    `The trust policy of role ${role} would have ${size} characters. IAM allows ${most}. Use fewer or shorter --source-arn patterns.`,
  tooManyPolicies: (role: string, count: number, most: number) =>
    `Role ${role} would need ${count} policies. A role can have ${most}.`,
  widerScopeHint:
    'Use --policy-scope to grant access by prefix or Region, or split the keys among several roles.',
  overLimit: {
    parameters: (count: number, most: number) =>
      `The template would have ${count} parameters: one for each key, and the home Region. CloudFormation allows ${most}.`,
    resources: (count: number, most: number) =>
      `The template would have ${count} resources. CloudFormation allows ${most}.`,
    outputs: (count: number, most: number) =>
      `The template would have ${count} outputs, one for each ARN. CloudFormation allows ${most}.`,
    bytes: (count: number, most: number) =>
      `The template would have ${count} bytes. CloudFormation allows ${most} in S3.`,
  },
  splitHint:
    'Split the keys among several templates with different --policy-name and --role-name. Or store the keys with setup, and export only a role and a policy with --policy-scope prefix.',
  bigTemplate: (bytes: number, most: number) =>
    `The template has ${bytes} bytes. CloudFormation reads templates above ${most} bytes only from an S3 bucket.`,
  deployTo: (regions: string[], home: string) =>
    `Deploy to: ${regions.join(', ')}. The policy and role are created in ${home} only.`,
  onlyAccount: (account: string) =>
    `The template is for account ${account}. In any other account, CloudFormation creates nothing.`,
  parametersTitle:
    'Pass the keys as parameters. CloudFormation masks them (NoEcho), but anyone who can update the stack can recover them:',
  parameter: (name: string, secret: string) => `  ${name}: the key of ${secret}`,
  parametersFile: (name: string) => [
    'Write them into parameters.json, a file that only you can read:',
    `  [{ "ParameterKey": "${name}", "ParameterValue": "KEY" }]`,
  ],
  generated: (secret: string) =>
    `Secrets Manager generates the key of ${secret} when the stack is created. Every account gets a different key.`,
  notGenerated: (parameters: string[], command: string): Fix => ({
    remedy: `CloudFormation can't generate a key for several Regions, because it must be identical in all of them. Pass it as a parameter. If a stack has already generated a key for one Region, use that key for ${parameters.join(', ')}. Otherwise, the next update replaces it. To read the key in that Region, run:`,
    command,
  }),
  unseen:
    'Existing secrets are not checked. If one uses a customer managed KMS key, run setup for it afterwards, which adds the permission.',
  deployTitle: 'To deploy it in one account, run this in each Region:',
  manyAccounts: 'For many accounts, see docs/many-accounts.md in the mc-static-key package.',
  readAsFile:
    'The AWS CLI reads a description that starts with file:// or http:// from that address. Use another --role-description.',
  scriptKeys:
    'The script reads the keys from these files (- for standard input). To use other files, set the variables:',
  scriptKey: (variable: string, source: string) => `  ${variable}: ${source}`,
};

/** The help of `export` and its subcommands. */
export const exportHelp = {
  export: 'Export a CloudFormation template, bash script or manifest',
  examples: examples(
    'mc-static-key export cloudformation --manifest keys.yaml \\',
    '  --output keys-template.yaml',
    'mc-static-key export script --secret-name studio-a --region us-west-2',
    'mc-static-key export manifest --output keys.yaml',
  ),
  cloudformation: 'Export a CloudFormation template for one or many accounts',
  cloudformationExamples: examples(
    'mc-static-key export cloudformation --secret-name studio-a \\',
    '  --region us-west-2 --output studio-a.yaml',
    'mc-static-key export cloudformation --secret-name studio-a \\',
    '  --region us-west-2 --home-region us-east-1 --generate aes256 --format json',
    'mc-static-key export cloudformation --manifest keys.yaml \\',
    '  --output keys-template.yaml',
  ),
  cloudformationTitles: { ...helpMessages.setupTitles, output: 'Output:' },

  script: 'Export a bash script that does what setup does',
  scriptExamples: examples(
    'mc-static-key export script --secret-name studio-a --region us-west-2 \\',
    '  --output studio-a.sh',
    'mc-static-key export script --secret-name studio-a --region us-west-2 \\',
    '  --key-env STUDIO_A_KEY',
    'mc-static-key export script --manifest keys.yaml --output keys.sh',
  ),
  scriptTitles: { ...helpMessages.setupTitles, output: 'Output:' },
};

const keysAnd = (keys: number) =>
  keys === 0 ? '' : `${keys === 1 ? '1 key' : `${keys} keys`} in Secrets Manager, and `;

/** Descriptions in a template, for readers in the CloudFormation console. */
export const templateMessages = {
  description: (keys: number, home: string) =>
    `Static key encryption for AWS Elemental MediaConnect: ${keysAnd(keys)}the IAM policy and role with which MediaConnect reads secrets. The policy and role are created in the home Region (default: ${home}). Created by mc-static-key export cloudformation. All resources are retained when the stack is deleted.`,
  header: [
    'This template contains no keys. They are parameters, which CloudFormation masks (NoEcho).',
    'Anyone who can update the stack can recover them.',
    'Deploy it with CAPABILITY_NAMED_IAM to every Region that uses a key, and to the home Region.',
    "CloudFormation can't tag policies. Everything else is as mc-static-key setup creates it.",
  ],
  onlyAccount: (account: string) =>
    `This template is for account ${account}. Deploy it there, or export one for this account.`,
  homeRegion: 'Region whose stack creates the policy and role. An account has them only once.',
  homeRegionRule: 'must be a Region code, such as us-west-2.',
  key: {
    'static-key': (secret: string) => `Static key of ${secret}: hexadecimal digits only`,
    'srt-password': (secret: string) => `SRT password of ${secret}: 10 to 80 printable characters`,
  },
  sameEverywhere: 'identical in every Region of an account',
  keyRule: {
    'static-key': (lengths: number[]) =>
      `must be ${lengths.join(', ').replace(/, (\d+)$/, ' or $1')} hexadecimal digits, without spaces or line breaks.`,
    'srt-password':
      'must be 10 to 80 printable ASCII characters, without surrounding spaces or quotation marks, and not JSON.',
  },
  secretOutput: (secret: string) => `ARN of the secret ${secret} in this Region`,
  policyOutput: (policy: string) => `ARN of the policy ${policy}`,
  roleOutput: (role: string) => `ARN of the role ${role}, for the encryption settings of flows`,
};
