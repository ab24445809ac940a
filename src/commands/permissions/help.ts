/** The help of `permissions` and of its commands. */
export const permissionsHelp = {
  examples: `Examples:
  mc-static-key permissions setup --secret-name studio-a --region us-west-2
  mc-static-key permissions status --optional
  mc-static-key permissions create-flow --role-name MediaConnect-ASM
  mc-static-key permissions setup --manifest keys.yaml
  mc-static-key permissions setup --secret-name studio-a --region us-west-2 --account-id 111122223333 --quiet |
    aws iam create-policy --policy-name mc-static-key-setup --policy-document file:///dev/stdin
`,
  of: {
    setup: 'The permissions for storing a key, and making the policy and the role',
    verify: 'The permissions for checking whether MediaConnect can read a key',
    status: 'The permissions for looking at what is set up in the account',
    rotate: 'The permissions for putting a new key into a secret',
    teardown: 'The permissions for removing what setup has made',
    'create-flow': 'The permission for giving the role to MediaConnect, for whoever creates flows',
  },
  examplesOf: {
    setup: `Examples:
  mc-static-key permissions setup --secret-name studio-a --region us-west-2
  mc-static-key permissions setup --secret-name studio-a --region us-west-2 --region eu-west-1 --existing-key replace
  mc-static-key permissions setup --secret-name studio-a --region us-west-2 --account-id 111122223333 --json
  mc-static-key permissions setup --manifest keys.yaml
`,
    verify: `Examples:
  mc-static-key permissions verify --secret-name studio-a --region us-west-2
  mc-static-key permissions verify --secret-name studio-a --region us-west-2 --optional
`,
    status: `Examples:
  mc-static-key permissions status
  mc-static-key permissions status --region us-west-2 --optional
`,
    rotate: `Examples:
  mc-static-key permissions rotate --secret-name studio-a
  mc-static-key permissions rotate --secret-name studio-a --region us-west-2 --rollback
`,
    teardown: `Examples:
  mc-static-key permissions teardown --secret-name studio-a
  mc-static-key permissions teardown --secret-name studio-a --region us-west-2 --include-untagged
`,
    'create-flow': `Examples:
  mc-static-key permissions create-flow
  mc-static-key permissions create-flow --role-name MediaConnect-ASM --account-id 111122223333
`,
  },
  title: 'What the command will be run with:',
  outputTitle: 'The policy:',
  secretArn: 'the secret by its ARN, in place of name and Region (repeatable)',
  region: "the Regions of the secret (repeatable; default: the SDK's Region)",
  anyRegion: 'only these Regions (repeatable; default: every Region)',
  partitionRegion: 'a Region of the account; only its partition counts (default: the commercial Regions)',
  dryRun: 'for seeing the plan only',
  flowArn: 'the flow, router input or router output to check',
  rollback: 'for going back to the key before the last rotation',
  includeUntagged: 'also what this program did not make',
  optional: 'also what the command can do without',
  accountId: 'the account, so that nothing is asked of AWS',
};
