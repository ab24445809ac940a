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

/** What `setup --show` prints. */
export const SHOWN_SETTINGS = ['cli', 'json'] as const;

/** Options without a manifest field: what a command works on, and how it runs. */
export const COMMAND_OPTIONS = {
  roleArn: {
    flags: '--role-arn <arn>',
    group: 'role',
    takes: 'text',
    rule: rules.roleArnProblem,
    commands: inCommands('role ARN, instead of --role-name', [
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
        'flow, router input or router output to check, with its secrets, its roles and the other ends of its connections',
      'permissions verify': 'flow, router input or router output to check',
    },
  },
  rollback: {
    flags: '--rollback',
    group: 'secret',
    takes: 'switch',
    commands: inCommands('roll back to the previous key', ['rotate', 'permissions rotate']),
    besideManifest: true,
  },
  recoveryDays: {
    flags: '--recovery-days <days>',
    group: 'secret',
    takes: 'text',
    // In days. Source: Secrets Manager API reference, `DeleteSecret`, `RecoveryWindowInDays`.
    rule: rules.matching(/^(0?[7-9]|[12]\d|30)$/, (what) => `${what} must be a number of days from 7 to 30.`),
    commands: {
      teardown: `recovery window in days, 7 to 30 (default: ${DEFAULTS.recoveryDays})`,
    },
    besideManifest: true,
  },
  includeUntagged: {
    flags: '--include-untagged',
    group: 'secret',
    takes: 'switch',
    commands: inCommands('also remove resources that mc-static-key did not create', [
      'teardown',
      'permissions teardown',
    ]),
    besideManifest: true,
  },
  manifest: {
    flags: '--manifest <file>',
    group: 'manifest',
    takes: 'text',
    completes: 'file',
    commands: inCommands('YAML file with many keys (docs/manifest.md)', [
      ...STORE_COMMANDS,
      ...SECRET_COMMANDS,
      'status',
      ...ALL_PERMISSION_COMMANDS,
    ]),
    besideManifest: true,
  },
  all: {
    flags: '--all',
    group: 'output',
    takes: 'switch',
    commands: { verify: 'also list the passed checks' },
    besideManifest: true,
  },
  dryRun: {
    flags: '--dry-run',
    group: 'all',
    takes: 'switch',
    commands: inCommands('print the plan and exit', [
      'setup',
      'rotate',
      'teardown',
      'permissions setup',
      'permissions rotate',
      'permissions teardown',
    ]),
    besideManifest: true,
  },
  show: {
    flags: '--show <settings>',
    group: 'all',
    takes: 'choice',
    choices: SHOWN_SETTINGS,
    commands: { setup: 'also print the settings for the AWS CLI (cli) or the MediaConnect API (json)' },
    besideManifest: true,
  },
  homeRegion: {
    flags: '--home-region <region>',
    group: 'output',
    takes: 'text',
    rule: rules.regionProblem,
    completes: 'region',
    commands: {
      'export cloudformation': 'Region whose stack creates the policy and role (default: first --region)',
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
    commands: inCommands('write to this file instead of standard output', EXPORT_COMMANDS),
    besideManifest: true,
  },
  force: {
    flags: '--force',
    group: 'output',
    takes: 'switch',
    commands: inCommands('overwrite an existing file', EXPORT_COMMANDS),
    besideManifest: true,
  },
  optional: {
    flags: '--optional',
    group: 'output',
    takes: 'switch',
    commands: inCommands('include optional permissions', [...PERMISSION_COMMANDS, 'permissions status']),
    besideManifest: true,
  },
  accountId: {
    flags: '--account-id <id>',
    group: 'output',
    takes: 'text',
    rule: rules.accountIdProblem,
    commands: inCommands('account ID; with it, no AWS calls are made', ALL_PERMISSION_COMMANDS),
    besideManifest: true,
  },
} as const satisfies Record<string, OptionSpec>;
