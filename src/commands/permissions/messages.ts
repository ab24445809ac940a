import { examples } from '../../cli/help.ts';
import { formatCount } from '../../ui/batch-messages.ts';

/** The purpose of each statement in a policy, by `Sid`. */
export const permissionPurposes = {
  ReadTheSecret: 'read the secret, its value and its resource policy',
  ReadTheValue: 'read the secret and its value',
  FindTheSecret: 'check whether the secret exists',
  StoreTheKey: 'store the key in a new secret, with its tags',
  ReplaceTheKey: 'store a new value in the secret',
  RestoreTheSecret: 'cancel deletion of the secret',
  GoBackToTheKeyBefore: 'restore the previous version',
  DeleteTheSecret: 'schedule deletion of the secret',
  UseTheKmsKey: 'encrypt and decrypt the secret with its KMS key, only through Secrets Manager',
  ReadVersionKeys: 'check which KMS key encrypts the current version',
  ReadKeyPolicy: 'check whether the KMS key policy allows the role',
  ReadPolicies: 'read the policy and all other policies of the role, including its permissions boundary',
  MakeThePolicy: 'create the policy, with its tags',
  ChangeThePolicy: "change which secrets the policy covers; at IAM's limit of 5 versions, delete the oldest",
  DeleteThePolicy: 'delete the policy when it is no longer attached',
  FindUsersOfThePolicy: 'check whether mc-static-key created the policy, and which roles use it',
  ReadTheRole: 'read the role, its trust policy and its permissions',
  MakeTheRole: 'create the role',
  TagTheRole: 'tag the new role',
  AttachThePolicy: 'attach the policy to the role; no other policy can be attached',
  DetachThePolicy: 'detach the policy from the role',
  UpdateTheTrust: "add MediaConnect to the role's trust policy",
  DeleteTheRole: 'delete the role when no policy is attached',
  ListRoles: 'find the roles that trust MediaConnect',
  ListSecrets: 'find the secrets',
  ReadTheFlow: 'read the encryption settings of the flow, router input or router output',
  PassTheRole: 'pass the role to MediaConnect',

  OptionalReadOtherEnds: 'compare both ends of a router connection',
  OptionalReadTogether: 'read the values of many secrets in one request',
  OptionalReadKeyType: 'include the key type in the command that undoes the teardown',
  OptionalUseTheKmsKey: 'decrypt values that use the customer managed KMS key',
  OptionalReadNamedRoles: 'read the roles, their trust policies and their permissions',
  OptionalOfferSecrets: 'list existing secrets to choose from, in a terminal',
  OptionalFindPolicies: 'find policies by name, with any capitalization and path',
  OptionalFindStacks: 'warn before changing a policy that belongs to a CloudFormation stack',
  OptionalReadQuotas: "read the account's quotas for policies per role and trust policy length",
  OptionalReadResourcePolicy: "verify that the secret's resource policy doesn't deny access",
  OptionalReadTheRole: 'verify the role afterwards',
  OptionalReadPolicies: "read the roles' policies to check what they allow",
  OptionalDescribeKmsKey: 'check whether the KMS key is enabled',
  OptionalReadVersionKeys: 'check which KMS key encrypts the current version',
  OptionalReadKeyPolicy: 'check whether the KMS key policy allows the role',
  OptionalSimulateCaller: 'check whether the caller can pass the role to MediaConnect',
  OptionalRestoreThePolicy: 'reattach the policy if another key needs it',
  OptionalFindFlows: 'find flows, router inputs and router outputs that can use the secret',
  OptionalReadFlows: 'check which secrets the flows use',
  OptionalReadRouterInputs: 'check which secrets the router inputs use',
  OptionalReadRouterOutputs: 'check which secrets the router outputs use',
  OptionalReadRoles: 'check whether mc-static-key created a role, by its tag',
  OptionalReadRolePolicies: 'list the policies of the roles',
  OptionalReadSecrets: 'read a secret that is too new for the list',
  OptionalListVersions: 'replace a value again after its staging labels were moved manually',
  OptionalReadVersions: 'show the exact age of each key, and the KMS key of each current version',
  OptionalReadSecretPolicies: "check whether the secrets' resource policies deny access to the roles",
  OptionalReadKmsKeys:
    'check whether the KMS keys are enabled, and whether their key policies allow the roles',
  OptionalReadPolicyTags: 'check whether mc-static-key created a policy, by its tag',
} as const;

export const permissionsMessages = {
  title: (command: string, size: number) =>
    `Minimum IAM policy for mc-static-key ${command} (${formatCount(size)} of 6,144 characters):`,
  createFlow:
    'Anyone who creates or updates flows needs this statement in addition to their MediaConnect permissions. Without it, MediaConnect returns only "Forbidden":',
  purpose: (sid: string, purpose: string) => `  ${sid}: ${purpose}`,
  optional: 'Optional permissions (add them with --optional):',
  optionalPurpose: (actions: string[], purpose: string) => `  ${actions.join(', ')}: ${purpose}`,
  tooLong: (size: number, tooLongHint: string) =>
    `The policy has ${formatCount(size)} characters. A managed policy can have 6,144. ${tooLongHint}`,
  noKeys: 'The manifest has no keys, so it needs no permissions.',
  tooLongHint: 'Print a policy for a few Regions or secrets at a time, and attach them all.',
  byPrefix: (size: number, patterns: string[]) =>
    `With every secret name, the policy would have ${formatCount(size)} characters. The limit is 6,144. This policy uses name prefixes instead, so it also covers other secrets with these prefixes: ${patterns.join(', ')}.`,
  tooLongHintForManifest:
    'Use secret names with a common prefix that ends in a separator, such as live/. Or split the manifest, and attach the policies of all parts.',
  escalation:
    'Anyone who can create and attach policies can grant that role any permission. To limit a new role, use --permissions-boundary.',
  passRole: 'Anyone who creates flows also needs iam:PassRole on the role. To print it, run:',
};

const RUN_WITH = 'Options you will run the command with:';

/** The help of `permissions` and its subcommands. */
export const permissionsHelp = {
  examples: examples(
    'mc-static-key permissions setup --secret-name studio-a --region us-west-2',
    'mc-static-key permissions create-flow --role-name MediaConnect-ASM',
    'mc-static-key permissions setup --manifest keys.yaml --quiet |',
    '  aws iam create-policy --policy-name mc-static-key-setup \\',
    '    --policy-document file:///dev/stdin',
  ),
  of: {
    setup: 'Permissions to store a key and create the policy and role',
    verify: 'Permissions to check whether MediaConnect can read a key',
    status: 'Permissions to list roles, policies and secrets',
    rotate: 'Permissions to replace a key or roll back',
    teardown: 'Permissions to remove what setup created',
    'create-flow': 'Permission to pass the role to MediaConnect',
  },
  examplesOf: {
    setup: examples(
      'mc-static-key permissions setup --secret-name studio-a --region us-west-2',
      'mc-static-key permissions setup --secret-name studio-a --region us-west-2 \\',
      '  --existing-key replace --account-id 111122223333 --json',
      'mc-static-key permissions setup --manifest keys.yaml',
    ),
    verify: examples(
      'mc-static-key permissions verify --secret-name studio-a --region us-west-2',
      'mc-static-key permissions verify --secret-name studio-a --region us-west-2 \\',
      '  --optional',
    ),
    status: examples(
      'mc-static-key permissions status',
      'mc-static-key permissions status --region us-west-2 --optional',
    ),
    rotate: examples(
      'mc-static-key permissions rotate --secret-name studio-a',
      'mc-static-key permissions rotate --secret-name studio-a --rollback',
    ),
    teardown: examples(
      'mc-static-key permissions teardown --secret-name studio-a',
      'mc-static-key permissions teardown --secret-name studio-a --include-untagged',
    ),
    'create-flow': examples(
      'mc-static-key permissions create-flow',
      'mc-static-key permissions create-flow --role-name MediaConnect-ASM \\',
      '  --account-id 111122223333',
    ),
  },
  titles: {
    secret: RUN_WITH,
    policy: RUN_WITH,
    role: RUN_WITH,
    all: RUN_WITH,
    manifest: RUN_WITH,
    output: 'Output:',
  },
};
