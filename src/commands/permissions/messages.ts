import { formatCount } from '../../ui/batch-messages.ts';

/** The purpose of each statement in a policy, by `Sid`. */
export const permissionPurposes = {
  ReadTheSecret: 'see whether the secret is there, what it holds and what its own policy says',
  ReadTheValue: 'see whether the secret is there and what it holds',
  FindTheSecret: 'see whether the secret is there',
  StoreTheKey: 'store the key as a new secret, with its tags',
  ReplaceTheKey: 'store another value in the secret',
  RestoreTheSecret: 'take back a deletion of the secret',
  GoBackToTheKeyBefore: 'make the version before the current one again',
  DeleteTheSecret: 'schedule the secret for deletion',
  UseTheKmsKey: 'encrypt and decrypt the secret with its KMS key, through Secrets Manager only',
  ReadVersionKeys: 'see which KMS key the current version is encrypted with',
  ReadKeyPolicy: 'see whether the policy of the KMS key lets the role in',
  ReadPolicies:
    'read the policy, and whatever other policies the role has (boundary included), to see what they allow',
  MakeThePolicy: 'create the policy, with its tags',
  ChangeThePolicy: 'change which secrets the policy names; IAM keeps five versions, so the oldest makes room',
  DeleteThePolicy: 'delete the policy, when no role has it any more',
  FindUsersOfThePolicy: 'see whether this program made the policy, and whether other roles have it',
  ReadTheRole: 'see whether the role is there, whom it trusts and what it may do',
  MakeTheRole: 'create the role',
  TagTheRole: 'put the tags on the new role',
  AttachThePolicy: 'attach the policy to the role; no other policy can be attached',
  DetachThePolicy: 'detach the policy from the role',
  UpdateTheTrust: 'add MediaConnect to the trust policy of the role',
  DeleteTheRole: 'delete the role, when nothing is attached to it any more',
  ListRoles: 'find the roles that trust MediaConnect',
  ListSecrets: 'find the secrets',
  ReadTheFlow: 'read the encryption settings of the flow, router input or router output',
  PassTheRole: 'give the role to MediaConnect in the encryption settings of a flow',

  OptionalReadOtherEnds: 'compare both ends of a connection with a router',
  OptionalReadTogether: 'read the values of many secrets with one request',
  OptionalReadKeyType: 'name the type of the key in the command that undoes it',
  OptionalUseTheKmsKey: 'read what is encrypted with the customer-managed KMS key',
  OptionalReadNamedRoles: 'see whether the roles are there, whom they trust and what they may do',
  OptionalOfferSecrets: 'in a terminal, offer the names of existing secrets',
  OptionalFindPolicies: 'find policies by their names, whatever their spelling and path',
  OptionalFindStacks: 'warn before a policy is changed that belongs to a CloudFormation stack',
  OptionalReadQuotas:
    'see whether the account allows more than ten policies on a role, or a longer trust policy',
  OptionalReadResourcePolicy: "check at the end that the secret's own policy does not forbid reading",
  OptionalReadTheRole: 'check the role at the end',
  OptionalReadPolicies: 'read the policies of the roles, to check what they allow',
  OptionalDescribeKmsKey: 'see whether the KMS key is enabled',
  OptionalReadVersionKeys: 'see which KMS key the current version is encrypted with',
  OptionalReadKeyPolicy: 'see whether the policy of the KMS key lets the role in',
  OptionalSimulateCaller: 'see whether the caller may pass the role to MediaConnect',
  OptionalRestoreThePolicy: 'attach the policy again if another key turns out to need it',
  OptionalFindFlows: 'find the flows, router inputs and router outputs that may use the secret',
  OptionalReadFlows: 'see which secrets the flows use',
  OptionalReadRouterInputs: 'see which secrets the router inputs use',
  OptionalReadRouterOutputs: 'see which secrets the router outputs use',
  OptionalReadRoles: 'see whether this program made a role, by its tag',
  OptionalReadRolePolicies: 'show which policies the roles have',
  OptionalReadSecrets: 'see a secret that is too new for the list',
  OptionalListVersions: 'replace a value again after its staging labels were moved by hand',
  OptionalReadVersions:
    'show the exact age of each key, and see which KMS key encrypts the current version of each secret',
  OptionalReadSecretPolicies: "see whether the secrets' resource policies deny access to the roles",
  OptionalReadKmsKeys: 'see whether the KMS keys are enabled, and whether their key policies allow the roles',
  OptionalReadPolicyTags: 'see whether this program made a policy, by its tag',
} as const;

export const permissionsMessages = {
  title: (command: string, size: number) =>
    `mc-static-key ${command} needs this, with these names (${formatCount(size)} of a managed policy's 6,144 characters):`,
  createFlow:
    'For whoever creates or changes flows, besides what MediaConnect itself asks for. Without it MediaConnect answers "Forbidden", and nothing more:',
  purpose: (sid: string, purpose: string) => `  ${sid}: ${purpose}`,
  optional: 'It can do without the following, which --optional puts into the policy:',
  optionalPurpose: (actions: string[], purpose: string) => `  ${actions.join(', ')}: ${purpose}`,
  tooLong: (size: number, tooLongHint: string) =>
    `The policy has ${formatCount(size)} characters; a managed policy takes 6,144. ${tooLongHint}`,
  noKeys: 'The manifest names no keys, so no permissions are needed for it.',
  tooLongHint: 'Print it for a part of the Regions or secrets at a time, and attach several policies.',
  byPrefix: (size: number, patterns: string[]) =>
    `With every secret by its name the policy has ${formatCount(size)} characters; a managed policy takes 6,144. So it names what the names have in common, and holds for every other secret whose name begins so: ${patterns.join(', ')}.`,
  tooLongHintForManifest:
    'Ways out: names with a common beginning that ends in a separator, such as live/, for which one pattern does; or a manifest for each part of the keys, and all their policies attached.',
  escalation:
    'Whoever may create a policy and attach it to a role can give that role any permission. With --permissions-boundary they cannot give a new role more than the boundary allows.',
  passRole: (command: string) =>
    `Whoever creates the flows needs iam:PassRole on the role besides: ${command}`,
};

const RUN_WITH = 'What the command will be run with:';

/** The help of `permissions` and its subcommands. */
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
  titles: {
    secret: RUN_WITH,
    policy: RUN_WITH,
    role: RUN_WITH,
    all: RUN_WITH,
    manifest: RUN_WITH,
    output: 'The policy:',
  },
};
