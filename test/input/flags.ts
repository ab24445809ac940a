/** What a flag of `setup` with a value accepts, written independently from AWS's references. */
export interface ValueFlag {
  flag: string;
  /** Valid values, with unusual ones. */
  right: readonly string[];
  /** Matches valid values. */
  pattern: RegExp;
  /** Flags that it replaces. */
  instead?: readonly string[];
}

const NAME_64 = 'z'.repeat(64);
const KMS_KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const SECRET = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a/b_+=.@-c-AbCd12';

export const VALUE_FLAGS: readonly ValueFlag[] = [
  {
    flag: '--secret-name',
    right: ['a', `/_+=.@-${'z'.repeat(505)}`],
    pattern: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
  },
  {
    flag: '--region',
    right: ['us-west-2', 'us-gov-west-1', 'eu-west-1,us-west-2', 'mx-central-1'],
    pattern: /^\s*[a-z]{2}(-[a-z]{1,16}){1,3}-\d{1,2}\s*(,\s*[a-z]{2}(-[a-z]{1,16}){1,3}-\d{1,2}\s*)*$/,
  },
  { flag: '--generate', right: ['aes128', 'aes192', 'aes256'], pattern: /^aes(128|192|256)$/ },
  { flag: '--key-type', right: ['static-key'], pattern: /^(static-key|srt-password)$/ },
  { flag: '--algorithm', right: ['aes256'], pattern: /^aes(128|192|256)$/ },
  {
    flag: '--kms-key-id',
    right: [KMS_KEY, 'alias/video_keys/1', `arn:aws:kms:us-west-2:111122223333:key/${KMS_KEY}`],
    pattern:
      /^([0-9a-f-]{36}|mrk-[0-9a-f]{32}|alias\/[\w/-]+|arn:aws[a-z-]*:kms:[a-z0-9-]*:\d{12}:(key|alias)\/[\w/-]+)$/i,
  },
  { flag: '--policy-name', right: ['+=,.@_-', NAME_64.repeat(2)], pattern: /^[\w+=,.@-]{1,128}$/ },
  { flag: '--policy-scope', right: ['secrets', 'region', 'account'], pattern: /^(secrets|region|account)$/ },
  { flag: '--role-name', right: ['+=,.@_-', NAME_64], pattern: /^[\w+=,.@-]{1,64}$/ },
  {
    flag: '--role-description',
    right: ['Clés «ß»\n\tÿ ~', 'é'.repeat(1000)],
    pattern: /^[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}$/,
  },
  {
    flag: '--source-arn',
    right: ['arn:aws:mediaconnect:*:111122223333:flow:*', "arn:aws:mediaconnect:us-west-2:*:flow:a'b"],
    pattern: /^arn:[a-z-]+:mediaconnect:[a-z0-9*?-]+:[0-9*?]+:[\x21\x23-\x7e]+$/,
  },
  {
    flag: '--permissions-boundary',
    right: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    pattern: /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\x21-\x7e]+$/,
  },
  {
    flag: '--tag',
    right: ['équipe=鍵 à côté', 'a=', 'x=a=b/c:d@e+f-g'],
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@,]+$/u,
  },
  { flag: '--existing-key', right: ['keep', 'replace'], pattern: /^(keep|replace)$/ },
  {
    flag: '--secret-arn',
    right: [SECRET],
    pattern: /^\s*arn:aws[a-z-]*:secretsmanager:.*-[A-Za-z0-9]{6}\s*$/,
    instead: ['--secret-name', '--region', '--generate'],
  },
  { flag: '--key-env', right: [], pattern: /^$/, instead: ['--generate'] },
  { flag: '--key-file', right: [], pattern: /^$/, instead: ['--generate'] },
  { flag: '--endpoint-url', right: [], pattern: /^https?:\/\/[\x21-\x7e]+$/i },
];

/** The environment variable of a flag. */
export function variableOf(flag: string): string {
  return `MC_STATIC_KEY_${flag.slice(2).replaceAll('-', '_').toUpperCase()}`;
}

export const SWITCHES = [
  'YES',
  'NO_INPUT',
  'JSON',
  'QUIET',
  'DEBUG',
  'NO_COLOR',
  'SANDBOX',
  'RESTORE',
  'UPDATE_TRUST',
  'DRY_RUN',
  'NO_SOURCE_ACCOUNT',
].map((name) => `MC_STATIC_KEY_${name}`);

const BASE = { '--secret-name': 'studio-a', '--region': 'us-west-2', '--generate': 'aes256' };

/** Returns a valid command line without some flags. */
export function baseWithout(...flags: readonly string[]): string[] {
  return Object.entries(BASE).flatMap(([flag, value]) => (flags.includes(flag) ? [] : [`${flag}=${value}`]));
}

/** The combinations of output options. */
export const VOICES: readonly (readonly string[])[] = [[], ['--json'], ['--debug'], ['--json', '--debug']];
