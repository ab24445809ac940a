import { describe, expect, test } from 'vitest';
import { KEYS } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';

const RIGHT = ['--secret-name', 'studio-a', '--region', 'us-west-2', '--generate', 'aes256', '--yes'];
/** An endpoint that cannot be reached: a run that calls AWS despite a mistake does not end with exit code 2. */
const env = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'x',
};
const setup = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  runHere(['setup', ...args], { ...env, ...more });
const NOTHING_CHANGED = /Nothing was changed\.\n$/;

describe('a run without required options', () => {
  test('lists everything that is missing in one message', async () => {
    const { code, stdout, stderr } = await setup([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Missing: 4 required options');
    expect(stderr).toMatch(/--secret-name NAME[\s\S]*--region REGION[\s\S]*--generate[\s\S]*--yes/);
    expect(stderr).toMatch(NOTHING_CHANGED);
  });

  test('asks for an SRT password in the sandbox too, where an example replaces a missing static key', async () => {
    const { code, stderr } = await runHere(['setup', '--sandbox', '--yes', '--key-type', 'srt-password']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('--key-file')]);
  });

  test.each([
    ['the name', ['--secret-name', 'studio-a'], '--secret-name'],
    ['the Region', ['--region', 'us-west-2'], '--region'],
    ['the key', ['--generate', 'aes256'], '--key-file'],
    ['the confirmation', ['--yes'], '--yes'],
  ])('lists only the missing one: %s', async (_what, left, named) => {
    const at = RIGHT.indexOf(left[0] ?? '');
    const { code, stderr } = await setup([...RIGHT.slice(0, at), ...RIGHT.slice(at + left.length)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Missing: 1 required option/);
    expect(stderr.split('\n').filter((line) => line.startsWith('  --'))).toEqual([
      expect.stringContaining(named),
    ]);
  });

  test('lists them as JSON with --json', async () => {
    const { code, stdout } = await setup(['--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      error: { code: 'missing-options', details: [{}, {}, {}, {}].map(() => expect.any(String)) },
      completed: { secrets: [], policies: [] },
    });
  });
});

describe('a mistake on the command line', () => {
  const told = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const { code, stdout, stderr } = await setup(args, more);
    expect([code, stdout]).toEqual([2, '']);
    // Nothing could have been changed, so nothing is said about it. What to type next is.
    expect(stderr).not.toMatch(NOTHING_CHANGED);
    expect(stderr).toMatch(/Run 'mc-static-key setup --help' for its options\.\n$|Did you mean --/);
    // Lines are wrapped to the width of the terminal.
    return stderr.replace(/\s+/g, ' ');
  };

  test('is reported with its flag, together with all other mistakes', async () => {
    const mistakes: [string, string, string][] = [
      ['--secret-name', 'a b', '1–512 characters'],
      ['--policy-name', 'a/b', '1–128 characters'],
      ['--role-name', 'r'.repeat(65), '1–64 characters'],
      ['--role-description', '鍵', 'at most 1,000 Latin-1 characters'],
      ['--region', 'Oregon', 'a Region code'],
      ['--generate', 'aes512', 'one of: aes128, aes192, aes256'],
      ['--key-type', 'speke', 'one of: static-key, srt-password'],
      ['--policy-scope', 'all', 'one of: secrets, prefix, region, account'],
      ['--existing-key', 'ask', 'one of: keep, replace'],
      ['--permissions-boundary', 'arn:aws:iam::111122223333:role/x', 'the ARN of a managed policy'],
      ['--source-arn', 'arn:aws:s3:::bucket', 'a MediaConnect ARN pattern'],
      ['--kms-key-id', 'my key', 'a KMS key ID'],
      ['--tag', 'team', 'KEY=VALUE'],
      ['--endpoint-url', 'localhost', 'an HTTP or HTTPS URL'],
    ];
    const text = await told(
      mistakes.map(([flag, value]) => `${flag}=${value}`),
      { MC_STATIC_KEY_YES: 'perhaps' },
    );
    expect(text).toContain(`${mistakes.length + 1} invalid options`);
    for (const [flag, , sentence] of mistakes) expect(text).toContain(`${flag} must be ${sentence}`);
    expect(text).toContain('MC_STATIC_KEY_YES must be true or false.');
  });

  test.each<[string, string[], string]>([
    ['the reserved role', ['--role-name', 'mediaconnectACCESSrole'], "can't be MediaConnectAccessRole"],
    [
      'Regions of two partitions',
      ['--region', 'us-west-2,cn-north-1'],
      'The Regions in --region are in different',
    ],
    ['an empty Region in a list', ['--region', 'us-west-2,'], '--region must be a Region code'],
    [
      'a Region without its hyphens',
      ['--region', 'US_west2'],
      '--region must be a Region code. Did you mean us-west-2?',
    ],
    ['an Availability Zone', ['--region', 'eu-central-1b'], 'Did you mean eu-central-1?'],
    [
      'a KMS key of another Region',
      ['--kms-key-id', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
      'is a single-Region key',
    ],
    [
      'reserved tags, and a duplicate tag',
      ['--tag', 'aws:x=y', '--tag', 'mc-static-key=x', '--tag', 'a=1', '--tag', 'A=2'],
      "can't start with aws: (reserved by AWS). --tag: the tag key mc-static-key is reserved. Use another tag key. --tag has the same tag key twice.",
    ],
    ['fifty tags', Array.from({ length: 50 }, (_, n) => ['--tag', `t${n}=x`]).flat(), 'Use at most 49'],
    [
      'a partial ARN, beside a name',
      ['--secret-arn', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a'],
      'secret:studio-a-7g8H9i. --secret-arn uses existing secrets',
    ],
    [
      'two sources of the key, of two algorithms, for an SRT password',
      ['--key-env', 'KEY', '--algorithm', 'aes128', '--key-type', 'srt-password'],
      'Use only one of --key-file, --key-env and --generate. --algorithm applies to static keys only. Remove it, or use --key-type static-key. --generate supports static keys only.',
    ],
    [
      'a wildcard in a prefix',
      ['--policy-scope', 'prefix', '--policy-prefix', 'studio*'],
      '--policy-prefix must be the start of a secret name, without a wildcard',
    ],
    [
      'a prefix that is too long',
      ['--policy-scope', 'prefix', '--policy-prefix', 's'.repeat(501)],
      '1–500 letters',
    ],
    [
      'a prefix scope without a prefix',
      ['--policy-scope', 'prefix'],
      'Add, for example, --policy-prefix live/',
    ],
    [
      'a prefix without a prefix scope',
      ['--policy-prefix', 'studio-'],
      '--policy-prefix requires --policy-scope prefix. Add',
    ],
    [
      'a name outside the prefix',
      ['--policy-scope', 'prefix', '--policy-prefix', 'live/'],
      "--secret-name doesn't start with --policy-prefix",
    ],
    ['the sandbox and a profile', ['--sandbox', '--profile', 'x'], '--sandbox has its own endpoint'],
    ['an unknown option', ['--secret-nam', 'x'], 'Unknown option: --secret-nam.'],
    ['an option without its value', ['--role-name'], '--role-name requires a value.'],
    ['one word too many', ['studio'], 'Too many arguments'],
  ])('ends the run with exit code 2 and one sentence: %s', async (_what, args, sentence) => {
    expect(await told([...RIGHT, ...args])).toContain(sentence);
  });

  test('is reported for a secret outside the prefix that is given by its ARN', async () => {
    const arns = ['live/a', 'film/b'].map(
      (name) => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`,
    );
    const prefix = ['--policy-scope', 'prefix', '--policy-prefix', 'live/'];
    const text = await told([...arns.flatMap((arn) => ['--secret-arn', arn]), ...prefix]);
    expect(text).toContain("--secret-arn doesn't start with --policy-prefix");
  });

  test('is reported as JSON with --json, as a flag or as a variable', async () => {
    for (const [args, more] of [
      [['--json'], {}],
      [[], { MC_STATIC_KEY_JSON: 'yes' }],
    ] as const) {
      const { code, stdout } = await setup([...RIGHT, '--region', 'Oregon', ...args], more);
      expect(code).toBe(2);
      const { error } = JSON.parse(stdout);
      expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining('--region') });
    }
  });

  test('is reported with a suggestion for a misspelled option', async () => {
    expect((await setup(['--secretname', 'x'])).stderr).toContain('Did you mean --secret-name?');
  });
});

describe('a key in the wrong place', () => {
  const UPPER = KEYS.aes256.toUpperCase();
  const LETTERS = 'abcdef'.repeat(8);
  const rest = ['--secret-name', 's', '--region', 'us-west-2', '--yes', '--debug', '--json'];
  const shownBy = async (args: string[], key: string) => {
    const { code, stdout, stderr } = await setup([...rest, ...args], { AWS_ACCESS_KEY_ID: undefined });
    const shown = `${stdout}${stderr}`;
    expect(shown.toLowerCase(), args[0]).not.toContain(key.toLowerCase());
    return { code, shown };
  };

  test.each<[string[], string]>([
    [['--key', KEYS.aes256], KEYS.aes256],
    [[`--key=${KEYS.aes256}`], KEYS.aes256],
    [[KEYS.aes256], KEYS.aes256],
    [[`--${LETTERS}`], LETTERS],
    [[`-${LETTERS}`], LETTERS],
    [['--secret-name', KEYS.aes256], KEYS.aes256],
    [['--secret-name', `studio/${UPPER}`], UPPER],
    [['--key-env', KEYS.aes256], KEYS.aes256],
    [['--key-env', LETTERS], LETTERS],
    [['--key-env', LETTERS.toUpperCase()], LETTERS],
    [['--key-env', 'ABCDEF0123456789ABCDEF0123456789'], 'abcdef0123456789abcdef0123456789'],
    [['--key-file', KEYS.aes128], KEYS.aes128],
    [['--key-file', UPPER], UPPER],
    [['--generate', KEYS.aes256], KEYS.aes256],
    [['--tag', `x=${KEYS.aes256}`], KEYS.aes256],
    [['--tag', KEYS.aes192], KEYS.aes192],
    [['--algorithm', KEYS.aes256], KEYS.aes256],
    [['--existing-key', KEYS.aes256], KEYS.aes256],
    [['--role-name', KEYS.aes256], KEYS.aes256],
    [['--policy-name', UPPER], UPPER],
    [['--role-description', `The key is ${KEYS.aes256}`], KEYS.aes256],
    [['--kms-key-id', KEYS.aes128], KEYS.aes128],
    [['--region', KEYS.aes256], KEYS.aes256],
    [['--profile', KEYS.aes256, '--generate', 'aes256'], KEYS.aes256],
    [['--secret-arn', KEYS.aes256], KEYS.aes256],
  ])('is refused and never repeated: %j', async (args, key) => {
    expect((await shownBy(args, key)).code).toBe(2);
  });

  test.each([
    ['http://KEY/', KEYS.aes256],
    ['https://KEY:4566', KEYS.aes256],
    ['http://KEY', UPPER],
    ['http://KEY', KEYS.aes128],
    ['http://KEY', KEYS.aes128.replace(/..(?!$)/g, '$&.')],
    ['http://user:password@KEY', KEYS.aes192],
  ])('is refused and never repeated as a host name: %s', async (url, key) => {
    const args = ['--endpoint-url', url.replace('KEY', key), '--generate', 'aes256', '--debug'];
    const { code, shown } = await shownBy(args, key);
    expect([code, shown]).toEqual([2, expect.stringContaining('--endpoint-url looks like a key.')]);
  });

  test('is not suspected in a host name that AWS generates', async () => {
    const host = `a${'0123456789abcdef'.repeat(2).slice(1)}-1234567890.us-west-2.elb.amazonaws.com`;
    const { stderr } = await setup(['--endpoint-url', `https://${host}`]);
    expect(stderr).not.toContain('looks like a key');
  });

  test('is not accepted as a variable, and not repeated', async () => {
    const { code, stdout, stderr } = await setup(['--yes', '--json'], { MC_STATIC_KEY_KEY: KEYS.aes256 });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(KEYS.aes256);
  });
});

test('warns about a plain HTTP endpoint on another machine, but not on this one', async () => {
  // Nothing is sent: the run ends because the key is missing.
  const away = await setup(['--endpoint-url', 'http://aws.invalid']);
  expect([away.code, away.stderr]).toEqual([2, expect.stringMatching(/plain HTTP[\s\S]*Use https/)]);
  const here = await setup([]);
  expect([here.code, here.stderr]).toEqual([2, expect.not.stringContaining('plain HTTP')]);
});

test('says how to give a key instead when --key is used', async () => {
  const { code, stderr } = await setup([...RIGHT, `--key=${KEYS.aes128}`]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/can't be passed on the command line[\s\S]*--key-file/),
  ]);
});
