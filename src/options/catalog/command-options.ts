import { DEFAULTS } from '../../defaults.ts';
import * as rules from '../rules.ts';
import {
  ALL_PERMISSION_COMMANDS,
  EXPORT_COMMANDS,
  inCommands,
  type OptionSpec,
  PERMISSION_COMMANDS,
  SECRET_COMMANDS,
  STORE_COMMANDS,
} from './spec.ts';

const TEMPLATE_FORMATS = ['yaml', 'json'] as const;

/** The shells that `completion` supports. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Options without a manifest field: what a command works on, and how it runs. */
export const COMMAND_OPTIONS = {
  roleArn: {
    flags: '--role-arn <arn>',
    group: 'role',
    takes: 'text',
    rule: rules.roleArnProblem,
    commands: inCommands('the role by its ARN, in place of its name', [
      'verify',
      'permissions verify',
      'permissions create-flow',
    ]),
  },
  flowArn: {
    flags: '--flow-arn <arn>',
    group: 'role',
    takes: 'text',
    rule: rules.flowArnProblem,
    commands: {
      verify:
        'a flow, router input or router output, with the secrets and roles in its encryption settings, and the other ends of its connections',
      'permissions verify': 'the flow, router input or router output to check',
    },
  },
  rollback: {
    flags: '--rollback',
    group: 'secret',
    takes: 'switch',
    commands: {
      rotate: 'go back to the key before the last rotation',
      'permissions rotate': 'for going back to the key before the last rotation',
    },
    besideManifest: true,
  },
  recoveryDays: {
    flags: '--recovery-days <days>',
    group: 'secret',
    takes: 'text',
    // In days. Source: Secrets Manager API reference, `DeleteSecret`, `RecoveryWindowInDays`.
    rule: rules.matching(/^(0?[7-9]|[12]\d|30)$/, (what) => `${what} takes a number of days from 7 to 30.`),
    commands: {
      teardown: `for how many days the secret can be restored, 7 to 30 (default: ${DEFAULTS.recoveryDays})`,
    },
    besideManifest: true,
  },
  includeUntagged: {
    flags: '--include-untagged',
    group: 'secret',
    takes: 'switch',
    commands: {
      teardown: 'take down what this program did not make, too',
      'permissions teardown': 'also what this program did not make',
    },
    besideManifest: true,
  },
  manifest: {
    flags: '--manifest <file>',
    group: 'manifest',
    takes: 'text',
    completes: 'file',
    commands: inCommands('a YAML file that says all of this for many keys (docs/manifest.md)', [
      ...STORE_COMMANDS,
      ...SECRET_COMMANDS,
      'status',
      ...ALL_PERMISSION_COMMANDS,
    ]),
    besideManifest: true,
  },
  dryRun: {
    flags: '--dry-run',
    group: 'all',
    takes: 'switch',
    commands: {
      ...inCommands('print the plan and stop', ['setup', 'rotate', 'teardown']),
      ...inCommands('for seeing the plan only', [
        'permissions setup',
        'permissions rotate',
        'permissions teardown',
      ]),
    },
    besideManifest: true,
  },
  homeRegion: {
    flags: '--home-region <region>',
    group: 'output',
    takes: 'text',
    rule: rules.regionProblem,
    completes: 'region',
    commands: {
      'export cloudformation':
        'the Region whose stack makes the policy and the role (default: the first Region)',
    },
    besideManifest: true,
  },
  format: {
    flags: '--format <format>',
    group: 'output',
    takes: 'choice',
    choices: TEMPLATE_FORMATS,
    commands: { 'export cloudformation': 'yaml or json (default: yaml)' },
    besideManifest: true,
  },
  output: {
    flags: '--output <path>',
    group: 'output',
    takes: 'text',
    rule: rules.outputPathProblem,
    completes: 'file',
    commands: inCommands('write to this file in place of standard output', EXPORT_COMMANDS),
    besideManifest: true,
  },
  force: {
    flags: '--force',
    group: 'output',
    takes: 'switch',
    commands: inCommands('write over a file that is there already', EXPORT_COMMANDS),
    besideManifest: true,
  },
  optional: {
    flags: '--optional',
    group: 'output',
    takes: 'switch',
    commands: inCommands('also what the command can do without', [
      ...PERMISSION_COMMANDS,
      'permissions status',
    ]),
    besideManifest: true,
  },
  accountId: {
    flags: '--account-id <id>',
    group: 'output',
    takes: 'text',
    rule: rules.accountIdProblem,
    commands: inCommands('the account, so that nothing is asked of AWS', ALL_PERMISSION_COMMANDS),
    besideManifest: true,
  },
} as const satisfies Record<string, OptionSpec>;
