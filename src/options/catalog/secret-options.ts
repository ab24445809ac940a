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
    commands: inCommands('secret name', [...STORE_COMMANDS, ...SECRET_COMMANDS, ...PERMISSION_COMMANDS]),
    field: {
      title: 'Secret name',
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
      ...inCommands('existing secret to use instead (repeatable)', STORE_COMMANDS),
      ...inCommands('secret ARN, instead of name and Region (repeatable)', [
        ...SECRET_COMMANDS,
        ...PERMISSION_COMMANDS,
      ]),
    },
    field: {
      title: 'ARNs of existing secrets',
      description:
        'Use these existing secrets instead of creating one. Replaces secretName, regions and key.',
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
        'Region of the flow; repeat for several (default: your configured Region)',
        STORE_COMMANDS,
      ),
      verify: 'Region of the flow (repeatable; default: your configured Region)',
      ...inCommands(
        'limit the search to these Regions (repeatable; default: all Regions with MediaConnect, the configured one, and those in policies)',
        ['status', 'export manifest'],
      ),
      ...inCommands('limit to these Regions (repeatable; default: all Regions that have the secret)', [
        'rotate',
        'teardown',
      ]),
      ...inCommands('Region of the secret (repeatable; default: your configured Region)', [
        'permissions setup',
        'permissions verify',
      ]),
      ...inCommands('limit to these Regions (repeatable; default: all Regions)', [
        'permissions status',
        'permissions rotate',
        'permissions teardown',
      ]),
      'permissions create-flow': 'Region that determines the AWS partition (default: a commercial Region)',
    },
    field: {
      title: 'Regions',
      description: 'Regions to store the key in: those of the flows that use it.',
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
      ...inCommands('file with the key (- for standard input)', [...STORE_COMMANDS, 'rotate']),
      verify: 'compare the secret with the key in this file (- for standard input)',
    },
    field: {
      inKey: 'file',
      description: 'Read the key from this file. A relative path starts at the folder of the manifest.',
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
      ...inCommands('environment variable with the key', [...STORE_COMMANDS, 'rotate']),
      verify: 'compare the secret with the key in this environment variable',
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
    commands: inCommands('generate a random key: aes128, aes192 or aes256', [...STORE_COMMANDS, 'rotate']),
    field: {
      inKey: 'generate',
      description: "Generate a random key if the secret doesn't exist yet. An existing key is kept.",
    },
  },
  keyType: {
    flags: '--key-type <type>',
    group: 'secret',
    takes: 'choice',
    choices: KEY_TYPES,
    defaultValue: DEFAULTS.keyType,
    commands: {
      ...inCommands(`static-key or srt-password (default: ${DEFAULTS.keyType})`, STORE_COMMANDS),
      ...inCommands("static-key or srt-password (default: from the secret's tag)", ['verify', 'rotate']),
    },
    field: {
      title: 'Key type',
      description: 'A static key is hexadecimal digits. An SRT password is 10 to 80 characters.',
    },
  },
  algorithm: {
    flags: '--algorithm <algorithm>',
    group: 'secret',
    takes: 'choice',
    choices: ALGORITHMS,
    commands: inCommands("aes128, aes192 or aes256; must match the key's length (default: from the length)", [
      ...STORE_COMMANDS,
      'verify',
      'rotate',
    ]),
    field: {
      title: 'Encryption algorithm',
      description: "Must match the key's length. Default: determined by the length. SRT passwords have none.",
    },
  },
  kmsKeyId: {
    flags: '--kms-key-id <id>',
    group: 'secret',
    ofNewSecret: true,
    takes: 'text',
    rule: rules.kmsKeyIdProblem,
    commands: inCommands('customer managed KMS key for the secret (default: aws/secretsmanager)', [
      ...STORE_COMMANDS,
      ...PERMISSION_COMMANDS,
    ]),
    field: {
      title: 'KMS key',
      notForExisting: true,
      description:
        'ID, ARN or alias of a customer managed KMS key. Default: the AWS managed key aws/secretsmanager.',
      examples: ['alias/video-keys', 'mrk-1234abcd12ab34cd56ef1234567890ab'],
      schema: {
        type: 'string',
        pattern:
          '^(arn:aws[a-z-]*:kms:[a-z0-9-]*:\\d{12}:(alias/(?![aA][wW][sS]/)[A-Za-z0-9_/-]{1,250}|key/([mM][rR][kK]-[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}))|alias/(?![aA][wW][sS]/)[A-Za-z0-9_/-]{1,250}|([mM][rR][kK]-[0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}))$',
      },
    },
  },
} as const satisfies Record<string, OptionSpec>;
