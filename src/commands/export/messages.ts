import { helpMessages } from '../../cli/help.ts';
import type { Fix } from '../../failure.ts';

/** Messages of the `export` commands: texts next to the template or the script, and failures. */
export const exportMessages = {
  otherPartition: (region: string) =>
    `--home-region ${region} belongs to another partition of AWS than the Regions of the keys, and so to another account. Give a Region of the same partition.`,
  arnOfOther: (other: string, account: string, from: string) =>
    `An ARN belongs to account ${other}, not to ${account} (${from}). Give an ARN of account ${account}, or correct ${from}.`,
  severalAccounts: 'The ARNs belong to different accounts. Export each account separately.',
  dynamicReference: (option: string, member: string, role: string) =>
    `CloudFormation takes {{resolve:…}} for a reference and puts in its place what it finds there, and nothing keeps it from that. Give the role ${role} another ${option} (${member} in a manifest).`,
  trustTooLong: (role: string, size: number, most: number) =>
    `The trust policy of ${role} would have ${size} characters, and IAM takes ${most}. Give fewer or shorter --source-arn patterns.`,
  tooManyPolicies: (role: string, count: number, most: number) =>
    `The role ${role} would need ${count} policies, and ${most} can be attached to a role.`,
  widerScopeHint:
    'Allow the secrets by their prefix or Region (--policy-scope), or divide the keys among several roles.',
  overLimit: {
    parameters: (count: number, most: number) =>
      `The template would have ${count} parameters, one for each key and one for the home Region. CloudFormation takes ${most}.`,
    resources: (count: number, most: number) =>
      `The template would have ${count} resources. CloudFormation takes ${most}.`,
    outputs: (count: number, most: number) =>
      `The template would have ${count} outputs, an ARN each. CloudFormation takes ${most}.`,
    bytes: (count: number, most: number) =>
      `The template would have ${count} bytes. CloudFormation takes ${most}, by way of S3.`,
  },
  splitHint:
    'Divide the keys among several templates, each with a policy and a role of its own (--policy-name, --role-name), or give them one with --policy-scope prefix for all and store the keys with setup.',
  bigTemplate: (bytes: number, most: number) =>
    `The template has ${bytes} bytes. Above ${most} it has to be put into an S3 bucket: give CloudFormation its URL (--template-url) in place of the file.`,
  deployTo: (regions: string[], home: string) =>
    `Deploy it to ${regions.join(', ')}. The policy and the role are made in ${home} only.`,
  onlyAccount: (account: string) =>
    `The template is for account ${account}. In any other account, CloudFormation makes nothing.`,
  parametersTitle:
    'The keys are parameters. CloudFormation masks them; whoever may update the stack can still get at them:',
  parameter: (name: string, secret: string) => `  ${name}: the key of ${secret}`,
  generated: (secret: string) =>
    `The key of ${secret} is made by Secrets Manager when the stack is, another one in each account.`,
  notGenerated: (parameters: string[], command: string): Fix => ({
    remedy: `A key for several Regions must be the same in all of them, so CloudFormation cannot make it: it is a parameter. Where a stack has made one already, for one Region, give ${parameters.join(', ')} that value, or the next update replaces the key. It is read in that Region, as in:`,
    command,
  }),
  unseen:
    'Secrets that exist are taken as they are said to be: if one is encrypted with a KMS key of your own, run setup for it afterwards, which adds the permission.',
  commands: 'docs/many-accounts.md has the commands for one account and for many.',
  readAsFile:
    'The AWS CLI takes a description that begins with file:// or http:// for the address of one. Give another --role-description.',
  scriptKeys: 'The script takes the keys from here, unless a variable says otherwise:',
  scriptKey: (variable: string, source: string) => `  ${variable}: ${source}`,
};

/** The help of `export` and its subcommands. */
export const exportHelp = {
  export: 'Print what is set up, or is to be, in another form: a template, a script, or a manifest',
  examples: `Examples:
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --region eu-west-1
  mc-static-key export cloudformation --manifest keys.yaml --output keys-template.yaml
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-file studio-a.key
  mc-static-key export manifest --output keys.yaml
`,
  cloudformation: 'Print a CloudFormation template for one account or, with StackSets, for many',
  cloudformationExamples: `Examples:
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --region eu-west-1
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --output studio-a.yaml
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --home-region us-east-1 --format json
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --generate aes256
  mc-static-key export cloudformation --manifest keys.yaml --output keys-template.yaml
`,
  cloudformationTitles: { ...helpMessages.setupTitles, output: 'The template:' },

  script: 'Print a bash script of AWS CLI calls that does what setup does',
  scriptExamples: `Examples:
  mc-static-key export script --secret-name studio-a --region us-west-2 --output studio-a.sh
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-file studio-a.key
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-env STUDIO_A_KEY
  mc-static-key export script --manifest keys.yaml --output keys.sh
`,
  scriptTitles: { ...helpMessages.setupTitles, output: 'The script:' },
};

const keysHere = (keys: number) =>
  keys === 0
    ? ''
    : `${keys === 1 ? 'a key' : `${keys} keys`} in Secrets Manager, where ${keys === 1 ? 'it is' : 'they are'} used; `;

/** Descriptions in a template, for readers in the CloudFormation console. */
export const templateMessages = {
  description: (keys: number, home: string) =>
    `Static key encryption for AWS Elemental MediaConnect: ${keysHere(keys)}the policy and the role by which MediaConnect reads secrets, in the home Region (${home} unless said otherwise). Made by mc-static-key export cloudformation. What it makes stays when the stack is deleted.`,
  header: [
    'The keys are not in here: they are parameters that CloudFormation masks. Whoever may update the stack can still get at them.',
    'Deploy it with CAPABILITY_NAMED_IAM to every Region in which a key is used, the home Region included.',
    'A policy gets no tags from CloudFormation; all else is as mc-static-key setup makes it.',
  ],
  onlyAccount: (account: string) =>
    `This template is for account ${account}. Deploy it there, or export one for this account.`,
  homeRegion:
    'The Region whose stack makes the policy and the role, which are there once for the whole account.',
  homeRegionRule: 'takes the name of a Region, such as us-west-2.',
  key: {
    'static-key': (secret: string) => `The static key of ${secret}: hexadecimal digits, and nothing else`,
    'srt-password': (secret: string) => `The SRT password of ${secret}: 10 to 80 printable characters`,
  },
  sameEverywhere: 'the same in every Region of an account',
  keyRule: {
    'static-key': (lengths: number[]) =>
      `takes ${lengths.join(', ').replace(/, (\d+)$/, ' or $1')} hexadecimal digits in one piece, without a line break.`,
    'srt-password':
      'takes 10 to 80 printable ASCII characters, without spaces or quotation marks around them, and no JSON.',
  },
  secretOutput: (secret: string) => `The ARN of the secret ${secret} in this Region`,
  policyOutput: (policy: string) => `The ARN of the policy ${policy}`,
  roleOutput: (role: string) => `The ARN of the role ${role}, for the encryption settings of flows`,
};
