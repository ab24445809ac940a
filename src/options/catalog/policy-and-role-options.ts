import { DEFAULTS } from '../../defaults.ts';
import * as rules from '../rules.ts';
import { inCommands, type OptionSpec, STORE_COMMANDS } from './spec.ts';

export const POLICY_SCOPES = ['secrets', 'prefix', 'region', 'account'] as const;

/** Options for the policy and the role, and for existing ones. */
export const POLICY_AND_ROLE_OPTIONS = {
  policyName: {
    flags: '--policy-name <name>',
    group: 'policy',
    takes: 'text',
    rule: rules.policyNameProblem,
    defaultValue: DEFAULTS.policyName,
    commands: {
      ...inCommands(`policy name (default: ${DEFAULTS.policyName})`, [
        ...STORE_COMMANDS,
        'teardown',
        'permissions setup',
        'permissions teardown',
      ]),
      verify: 'policy that must be attached to the role',
    },
    field: {
      title: 'Policy name',
      description:
        'Name of the policy that grants read access to the secret. Keys with the same name share the policy.',
      schema: { pattern: '^[A-Za-z0-9_+=,.@-]{1,128}$' },
    },
  },
  policyScope: {
    flags: '--policy-scope <scope>',
    group: 'policy',
    takes: 'choice',
    choices: POLICY_SCOPES,
    defaultValue: DEFAULTS.policyScope,
    commands: inCommands(
      `what the policy covers: secrets (only those named), prefix, region or account (default: ${DEFAULTS.policyScope})`,
      STORE_COMMANDS,
    ),
    field: {
      title: 'Policy scope',
      description:
        'What the policy grants read access to: these secrets, names that start with policyPrefix, their Regions, or the account.',
    },
  },
  policyPrefix: {
    flags: '--policy-prefix <prefix>',
    group: 'policy',
    takes: 'text',
    rule: rules.secretPrefixProblem,
    commands: inCommands('secret name prefix, with --policy-scope prefix', STORE_COMMANDS),
    field: {
      title: 'Secret name prefix',
      description: 'Only with policyScope: prefix.',
      examples: ['live/'],
      schema: { pattern: '^[A-Za-z0-9/_+=.@-]{1,500}$' },
    },
  },
  roleName: {
    flags: '--role-name <name>',
    group: 'role',
    takes: 'text',
    rule: rules.roleNameProblem,
    defaultValue: DEFAULTS.roleName,
    commands: {
      ...inCommands(`role name (default: ${DEFAULTS.roleName})`, [
        ...STORE_COMMANDS,
        'verify',
        'teardown',
        'permissions setup',
        'permissions verify',
        'permissions rotate',
        'permissions teardown',
        'permissions create-flow',
      ]),
      rotate: `role to check afterwards (default: ${DEFAULTS.roleName})`,
    },
    field: {
      title: 'Role name',
      description: 'Name of the role that MediaConnect assumes. Keys with the same name share the role.',
      schema: {
        pattern:
          '^(?![mM][eE][dD][iI][aA][cC][oO][nN][nN][eE][cC][tT][aA][cC][cC][eE][sS][sS][rR][oO][lL][eE]$)[A-Za-z0-9_+=,.@-]{1,64}$',
      },
    },
  },
  roleDescription: {
    flags: '--role-description <text>',
    group: 'role',
    takes: 'text',
    rule: rules.roleDescriptionProblem,
    defaultValue: DEFAULTS.roleDescription,
    commands: inCommands(`role description (default: "${DEFAULTS.roleDescription}")`, STORE_COMMANDS),
    field: {
      title: 'Role description',
      description: 'Used when the role is created.',
      schema: { maxLength: 1000, pattern: '^[\\t\\n\\r\\u0020-\\u007e\\u00a1-\\u00ff]*$' },
    },
  },
  sourceAccount: {
    flags: '--no-source-account',
    group: 'role',
    takes: 'switch',
    defaultValue: true,
    commands: inCommands('omit the aws:SourceAccount condition (not recommended)', STORE_COMMANDS),
    field: {
      title: 'Limit the role to this account',
      description:
        'true adds the aws:SourceAccount condition to the trust policy, which prevents the confused deputy problem.',
    },
  },
  sourceArns: {
    flags: '--source-arn <pattern...>',
    group: 'role',
    takes: 'list',
    rule: rules.sourceArnProblem,
    commands: inCommands(
      'limit trust to these MediaConnect resources (ARN pattern, repeatable)',
      STORE_COMMANDS,
    ),
    field: {
      title: 'MediaConnect resources that can use the role',
      description:
        'ARN patterns. MediaConnect can assume the role only for resources that match one. Default: any resource.',
      example: 'arn:aws:mediaconnect:…',
      examples: ['arn:aws:mediaconnect:us-west-2:111122223333:flow:*'],
      schema: {
        maxLength: 2048,
        pattern: '^arn:[a-z-]+:mediaconnect:[a-z0-9*?-]+:[0-9*?]+:[\\x21\\x23-\\x7e]+$',
      },
    },
  },
  permissionsBoundary: {
    flags: '--permissions-boundary <arn>',
    group: 'role',
    takes: 'text',
    rule: rules.boundaryArnProblem,
    commands: inCommands('permissions boundary of the role (ARN of a managed policy)', [
      ...STORE_COMMANDS,
      'permissions setup',
    ]),
    field: {
      title: 'Permissions boundary',
      description: "ARN of the managed policy that limits the role's permissions.",
      examples: ['arn:aws:iam::111122223333:policy/Boundary'],
      schema: { type: 'string', pattern: '^arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/[\\x21-\\x7e]+$' },
    },
  },
  tags: {
    flags: '--tag <tag...>',
    group: 'all',
    takes: 'tags',
    commands: inCommands('tag for new resources, KEY=VALUE (repeatable)', [
      ...STORE_COMMANDS,
      'permissions setup',
    ]),
    field: {
      title: 'Tags',
      description: 'Tags for the secret, the policy and the role when they are created.',
      example: '{ team: playout }',
      examples: [{ team: 'playout' }],
    },
  },
  existingKey: {
    flags: '--existing-key <answer>',
    group: 'all',
    takes: 'choice',
    choices: ['keep', 'replace'],
    commands: inCommands('if the secret already holds a different value: keep or replace it', [
      'setup',
      'permissions setup',
    ]),
    field: {
      title: 'If the secret holds a different value',
      notForExisting: true,
      description:
        'keep leaves the value unchanged. replace stores this key as a new version. Without either, it is a conflict.',
    },
  },
  restore: {
    flags: '--restore',
    group: 'all',
    takes: 'switch',
    defaultValue: false,
    commands: inCommands('restore a secret that is scheduled for deletion', ['setup', 'permissions setup']),
    besideManifest: ['setup'],
    field: {
      title: 'If the secret is scheduled for deletion',
      description: 'true restores it. Otherwise, it is a conflict.',
    },
  },
  updateTrust: {
    flags: '--update-trust',
    group: 'all',
    takes: 'switch',
    defaultValue: false,
    commands: inCommands("add MediaConnect to an existing role's trust policy", [
      'setup',
      'permissions setup',
    ]),
    field: {
      title: "If MediaConnect can't assume the role",
      description: 'true adds MediaConnect to its trust policy. Otherwise, it is a conflict.',
    },
  },
} as const satisfies Record<string, OptionSpec>;
