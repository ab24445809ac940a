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
      ...inCommands(`name of the policy (default: ${DEFAULTS.policyName})`, [
        ...STORE_COMMANDS,
        'teardown',
        'permissions setup',
        'permissions teardown',
      ]),
      verify: 'a policy that must be attached to the role',
    },
    field: {
      title: "The policy's name",
      description: 'Name of the policy that allows reading the secret. Keys with one name share the policy.',
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
      `which secrets the policy allows: secrets (those named), prefix, region or account (default: ${DEFAULTS.policyScope})`,
      STORE_COMMANDS,
    ),
    field: {
      title: 'What the policy allows reading',
      description:
        'These secrets, those whose names begin with policyPrefix, every one in their Regions, or every one of the account.',
    },
  },
  policyPrefix: {
    flags: '--policy-prefix <prefix>',
    group: 'policy',
    takes: 'text',
    rule: rules.secretPrefixProblem,
    commands: inCommands(
      'what the names of the secrets begin with, for --policy-scope prefix',
      STORE_COMMANDS,
    ),
    field: {
      title: 'What the names of the secrets begin with',
      description: 'For policyScope: prefix.',
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
      ...inCommands(`name of the role (default: ${DEFAULTS.roleName})`, [
        ...STORE_COMMANDS,
        'verify',
        'teardown',
        'permissions setup',
        'permissions verify',
        'permissions rotate',
        'permissions teardown',
        'permissions create-flow',
      ]),
      rotate: `name of the role that the checks at the end look at (default: ${DEFAULTS.roleName})`,
    },
    field: {
      title: "The role's name",
      description: 'Name of the role that MediaConnect assumes. Keys with one name share the role.',
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
    commands: inCommands(`description of the role (default: "${DEFAULTS.roleDescription}")`, STORE_COMMANDS),
    field: {
      title: "The role's description",
      description: 'For a role that is made.',
      schema: { maxLength: 1000, pattern: '^[\\t\\n\\r\\u0020-\\u007e\\u00a1-\\u00ff]*$' },
    },
  },
  sourceAccount: {
    flags: '--no-source-account',
    group: 'role',
    takes: 'switch',
    defaultValue: true,
    commands: inCommands('leave the aws:SourceAccount condition out of the trust policy', STORE_COMMANDS),
    field: {
      title: 'Whether the role is for this account only',
      description:
        'Whether the trust policy asks for this account (aws:SourceAccount), which guards against the confused deputy.',
    },
  },
  sourceArns: {
    flags: '--source-arn <pattern...>',
    group: 'role',
    takes: 'list',
    rule: rules.sourceArnProblem,
    commands: inCommands(
      'trust MediaConnect for these resources only (ARN pattern, repeatable)',
      STORE_COMMANDS,
    ),
    field: {
      title: 'For which flows the role is',
      description:
        'ARN patterns of the MediaConnect resources for which the role may be assumed; any otherwise.',
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
    commands: inCommands('permissions boundary of the role', [...STORE_COMMANDS, 'permissions setup']),
    field: {
      title: "The role's permissions boundary",
      description: 'ARN of a managed policy.',
      examples: ['arn:aws:iam::111122223333:policy/Boundary'],
      schema: { type: 'string', pattern: '^arn:aws[a-z-]*:iam::(\\d{12}|aws):policy/[\\x21-\\x7e]+$' },
    },
  },
  tags: {
    flags: '--tag <tag...>',
    group: 'all',
    takes: 'tags',
    commands: inCommands('tag on all three resources (KEY=VALUE, repeatable)', [
      ...STORE_COMMANDS,
      'permissions setup',
    ]),
    field: {
      title: 'Tags',
      description: 'Tags on the secret, the policy and the role, when they are made.',
      example: '{ team: playout }',
      examples: [{ team: 'playout' }],
    },
  },
  existingKey: {
    flags: '--existing-key <answer>',
    group: 'all',
    takes: 'choice',
    choices: ['keep', 'replace'],
    commands: inCommands('when the secret holds another value: keep or replace it', [
      'setup',
      'permissions setup',
    ]),
    field: {
      title: 'When the secret holds another value',
      notForExisting: true,
      description:
        'keep leaves the value as it is, replace stores this key as a new version. Without an answer that is a conflict.',
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
      title: 'When the secret is scheduled for deletion',
      description: 'Restore it, instead of ending with a conflict.',
    },
  },
  updateTrust: {
    flags: '--update-trust',
    group: 'all',
    takes: 'switch',
    defaultValue: false,
    commands: inCommands('add MediaConnect to the trust policy of a role that exists', [
      'setup',
      'permissions setup',
    ]),
    field: {
      title: 'When the role does not let MediaConnect in',
      description: 'Add MediaConnect to its trust policy, instead of ending with a conflict.',
    },
  },
} as const satisfies Record<string, OptionSpec>;
