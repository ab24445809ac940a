import { DEFAULTS } from '../../defaults.ts';
import { ALGORITHMS } from '../../key/index.ts';
import * as rules from '../rules.ts';
import { inCommands, type OptionSpec, PERMISSION_COMMANDS, SECRET_COMMANDS, STORE_COMMANDS } from './spec.ts';

export const KEY_TYPES = ['static-key', 'srt-password'] as const;

/** Options for a secret and its key. */
export const SECRET_OPTIONS = {
  secretName: {
    flags: '--secret-name <name>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'text',
    rule: rules.secretNameProblem,
    commands: inCommands('name of the secret', [
      ...STORE_COMMANDS,
      ...SECRET_COMMANDS,
      ...PERMISSION_COMMANDS,
    ]),
    field: {
      title: "The secret's name",
      description: 'Name of the secret in AWS Secrets Manager. Each secret has one entry.',
      ofOneKey: true,
      examples: ['2018-12-01_baseball-game-source', 'live/studio-a'],
      schema: { pattern: '^[A-Za-z0-9/_+=.@-]{1,512}$' },
    },
  },
  secretArns: {
    flags: '--secret-arn <arn...>',
    group: 'secret',
    takes: 'list',
    rule: rules.secretArnProblem,
    commands: {
      ...inCommands(
        'use this secret, which exists already, instead of storing one (repeatable)',
        STORE_COMMANDS,
      ),
      ...inCommands('the secret by its ARN, in place of name and Region (repeatable)', [
        ...SECRET_COMMANDS,
        ...PERMISSION_COMMANDS,
      ]),
    },
    field: {
      title: 'Secrets that exist, by their ARNs',
      description:
        'Use these secrets, which exist already, instead of storing one; in place of secretName, regions and key.',
      ofOneKey: true,
      nonEmpty: true,
      example: 'arn:aws:secretsmanager:…',
      examples: ['arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i'],
      schema: {
        pattern:
          '^arn:aws[a-z-]*:secretsmanager:[a-z]{2}(-[a-z]{1,16}){1,3}-\\d{1,2}:\\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,512}-[A-Za-z0-9]{6}$',
      },
    },
  },
  regions: {
    flags: '--region <region...>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'list',
    rule: rules.regionProblem,
    completes: 'region',
    commands: {
      ...inCommands(
        "store the key in each of these Regions (repeatable; default: the SDK's Region)",
        STORE_COMMANDS,
      ),
      verify: "the Regions of the flows (repeatable; default: the SDK's Region)",
      ...inCommands(
        'look for secrets in these Regions only (repeatable; default: every Region that has MediaConnect, the configured one, and those that policies name)',
        ['status', 'export manifest'],
      ),
      ...inCommands('only in these Regions (repeatable; default: every Region that the secret lives in)', [
        'rotate',
        'teardown',
      ]),
      ...inCommands("the Regions of the secret (repeatable; default: the SDK's Region)", [
        'permissions setup',
        'permissions verify',
      ]),
      ...inCommands('only these Regions (repeatable; default: every Region)', [
        'permissions status',
        'permissions rotate',
        'permissions teardown',
      ]),
      'permissions create-flow':
        'a Region of the account; only its partition counts (default: the commercial Regions)',
    },
    field: {
      title: 'Regions',
      description: 'The Regions in which the key is stored: those of the flows that use it.',
      nonEmpty: true,
      example: 'us-west-2',
      examples: ['us-west-2', 'eu-west-1'],
      schema: { pattern: '^[a-z]{2}(-[a-z]{1,16}){1,3}-\\d{1,2}$' },
    },
  },
  keyFile: {
    flags: '--key-file <path>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'text',
    completes: 'file',
    commands: {
      ...inCommands('read the key from a file, or from standard input with -', [...STORE_COMMANDS, 'rotate']),
      verify: 'the secret must hold the key in this file (- for standard input)',
    },
    field: {
      inKey: 'file',
      description: 'Read the key from this file; a relative path begins at the folder of the manifest.',
      ofOneKey: true,
      examples: ['keys/baseball.key'],
      schema: {
        minLength: 1,
        not: { type: 'string', pattern: '^(-|/dev/(stdin|tty|fd/.*)|/proc/[^/]+/fd/.*)$' },
      },
    },
  },
  keyEnv: {
    flags: '--key-env <name>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'text',
    rule: rules.environmentVariableProblem,
    commands: {
      ...inCommands('read the key from this environment variable', [...STORE_COMMANDS, 'rotate']),
      verify: 'the secret must hold the key in this environment variable',
    },
    field: {
      inKey: 'env',
      description: 'Read the key from this environment variable.',
      ofOneKey: true,
      examples: ['BASEBALL_KEY'],
      schema: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
    },
  },
  generate: {
    flags: '--generate <algorithm>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'choice',
    choices: ALGORITHMS,
    commands: inCommands('make a random key for aes128, aes192 or aes256', [...STORE_COMMANDS, 'rotate']),
    field: {
      inKey: 'generate',
      description: 'Make a random key when the secret does not exist yet, and keep it ever after.',
    },
  },
  keyType: {
    flags: '--key-type <type>',
    group: 'secret',
    takes: 'choice',
    choices: KEY_TYPES,
    defaultValue: DEFAULTS.keyType,
    commands: inCommands(`what the key is: static-key or srt-password (default: ${DEFAULTS.keyType})`, [
      ...STORE_COMMANDS,
      'verify',
      'rotate',
    ]),
    field: {
      title: 'What the key is',
      description: 'A static key is hexadecimal text; an SRT password is a text of 10 to 80 characters.',
    },
  },
  algorithm: {
    flags: '--algorithm <algorithm>',
    group: 'secret',
    takes: 'choice',
    choices: ALGORITHMS,
    commands: inCommands(
      "aes128, aes192 or aes256, checked against the key's length (default: told by the length)",
      [...STORE_COMMANDS, 'verify', 'rotate'],
    ),
    field: {
      title: 'The encryption algorithm',
      description:
        "Checked against the key's length, by which it is told otherwise. SRT passwords have none.",
    },
  },
  kmsKeyId: {
    flags: '--kms-key-id <id>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'text',
    rule: rules.kmsKeyIdProblem,
    commands: inCommands('customer-managed KMS key for the secret (default: aws/secretsmanager)', [
      ...STORE_COMMANDS,
      ...PERMISSION_COMMANDS,
    ]),
    field: {
      title: 'The KMS key of the secret',
      notForExisting: true,
      description:
        "ID, ARN or alias of a customer-managed KMS key; the account's aws/secretsmanager otherwise.",
      examples: ['alias/video-keys', 'mrk-1234abcd12ab34cd56ef1234567890ab'],
      schema: {
        type: 'string',
        pattern:
          '^(arn:aws[a-z-]*:kms:[a-z0-9-]*:\\d{12}:(alias/(?![aA][wW][sS]/)[A-Za-z0-9_/-]{1,250}|key/([mM][rR][kK]-[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}))|alias/(?![aA][wW][sS]/)[A-Za-z0-9_/-]{1,250}|([mM][rR][kK]-[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}))$',
      },
    },
  },
} as const satisfies Record<string, OptionSpec>;
