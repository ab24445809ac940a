import { describe, expect, test } from 'vitest';
import { KEYS } from '../support/account.ts';
import { runHere } from '../support/runs/run-here.ts';

const RIGHT = ['--secret-name', 'studio-a', '--region', 'us-west-2', '--generate', 'aes256', '--yes'];
/** An endpoint that nothing serves: a run that asked AWS in spite of a mistake would not end with 2. */
const env = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'x',
};
const setup = (args: string[], more: NodeJS.ProcessEnv = {}) =>
  runHere(['setup', ...args], { ...env, ...more });
const NOTHING_CHANGED = /Nothing was changed\.\n$/;

describe('a pipeline that leaves something out', () => {
  test('hears of all that is missing in one message', async () => {
    const { code, stdout, stderr } = await setup([]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('4 things are missing');
    expect(stderr).toMatch(/--secret-name NAME[\s\S]*--region REGION[\s\S]*--generate[\s\S]*--yes/);
    expect(stderr).toMatch(NOTHING_CHANGED);
  });

  test.each([
    ['the name', ['--secret-name', 'studio-a'], '--secret-name'],
    ['the Region', ['--region', 'us-west-2'], '--region'],
    ['the key', ['--generate', 'aes256'], '--key-file'],
    ['the confirmation', ['--yes'], '--yes'],
  ])('(%s) hears of that alone', async (_what, left, named) => {
    const at = RIGHT.indexOf(left[0] ?? '');
    const { code, stderr } = await setup([...RIGHT.slice(0, at), ...RIGHT.slice(at + left.length)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/One thing is missing/);
    expect(stderr.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      expect.stringContaining(named),
    ]);
  });

  test('hears of it as JSON with --json', async () => {
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
    expect(stderr).toMatch(NOTHING_CHANGED);
    // Lines are broken for the width of the terminal.
    return stderr.replace(/\s+/g, ' ');
  };

  test('in a value is told with the flag, and all such mistakes at once', async () => {
    const mistakes: [string, string, string][] = [
      ['--secret-name', 'a b', '1 to 512 letters'],
      ['--policy-name', 'a/b', '1 to 128 letters'],
      ['--role-name', 'r'.repeat(65), '1 to 64 letters'],
      ['--role-description', '鍵', 'at most 1,000 characters'],
      ['--region', 'Oregon', 'the name of a Region'],
      ['--generate', 'aes512', 'one of: aes128, aes192, aes256'],
      ['--key-type', 'speke', 'one of: static-key, srt-password'],
      ['--policy-scope', 'all', 'one of: secrets, prefix, region, account'],
      ['--existing-key', 'ask', 'one of: keep, replace'],
      ['--permissions-boundary', 'arn:aws:iam::111122223333:role/x', 'the ARN of a managed policy'],
      ['--source-arn', 'arn:aws:s3:::bucket', 'an ARN pattern of MediaConnect'],
      ['--kms-key-id', 'my key', 'a KMS key ID'],
      ['--tag', 'team', 'KEY=VALUE'],
      ['--endpoint-url', 'localhost', 'a URL'],
    ];
    const text = await told(
      mistakes.map(([flag, value]) => `${flag}=${value}`),
      { MC_STATIC_KEY_YES: 'perhaps' },
    );
    expect(text).toContain(`The command line has ${mistakes.length + 1} mistakes`);
    for (const [flag, , sentence] of mistakes) expect(text).toContain(`${flag} takes ${sentence}`);
    expect(text).toContain('MC_STATIC_KEY_YES takes true or false.');
  });

  test.each<[string, string[], string]>([
    ['the reserved role', ['--role-name', 'mediaconnectACCESSrole'], 'must not be MediaConnectAccessRole'],
    [
      'Regions of two partitions',
      ['--region', 'us-west-2,cn-north-1'],
      'The Regions in --region belong to different',
    ],
    ['an empty Region in a list', ['--region', 'us-west-2,'], '--region takes the name of a Region'],
    [
      'a KMS key of another Region',
      ['--kms-key-id', 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
      'names a key of one Region',
    ],
    [
      'tags that AWS or the program has for itself, and one twice',
      ['--tag', 'aws:x=y', '--tag', 'mc-static-key=x', '--tag', 'a=1', '--tag', 'A=2'],
      "does not begin with aws:. --tag: the tag mc-static-key is the program's own. --tag gives the same tag key twice.",
    ],
    [
      'fifty tags',
      Array.from({ length: 50 }, (_, n) => ['--tag', `t${n}=x`]).flat(),
      'at most 49 can be given',
    ],
    [
      'a partial ARN, beside a name',
      ['--secret-arn', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a'],
      'its six random characters included. --secret-arn uses secrets that exist',
    ],
    [
      'two sources of the key, of two algorithms, for an SRT password',
      ['--key-env', 'KEY', '--algorithm', 'aes128', '--key-type', 'srt-password'],
      'Give the key in one way only: --key-file, --key-env or --generate. --algorithm belongs to static keys; an SRT password has none. Leave it out, or give --key-type static-key. --generate makes static keys.',
    ],
    [
      'a wildcard in a prefix',
      ['--policy-scope', 'prefix', '--policy-prefix', 'studio*'],
      '--policy-prefix takes the beginning of names of secrets, without a wildcard',
    ],
    [
      'a prefix that is too long',
      ['--policy-scope', 'prefix', '--policy-prefix', 's'.repeat(501)],
      '1 to 500 letters',
    ],
    ['no prefix', ['--policy-scope', 'prefix'], 'add, for example, --policy-prefix live/'],
    [
      'a prefix alone',
      ['--policy-prefix', 'studio-'],
      '--policy-prefix belongs to --policy-scope prefix: add',
    ],
    [
      'a name outside the prefix',
      ['--policy-scope', 'prefix', '--policy-prefix', 'live/'],
      '--secret-name does not begin with the prefix of --policy-prefix',
    ],
    ['the sandbox and a profile', ['--sandbox', '--profile', 'x'], '--sandbox brings its own endpoint'],
    ['an option that is none', ['--secret-nam', 'x'], 'There is no option --secret-nam.'],
    ['an option without its value', ['--role-name'], '--role-name needs a value.'],
    ['a word too many', ['studio'], 'There are more words than the command takes'],
  ])('(%s) ends with 2 and a sentence', async (_what, args, sentence) => {
    expect(await told([...RIGHT, ...args])).toContain(sentence);
  });

  test('is a secret outside the prefix also where it is given by its ARN', async () => {
    const arns = ['live/a', 'film/b'].map(
      (name) => `arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`,
    );
    const prefix = ['--policy-scope', 'prefix', '--policy-prefix', 'live/'];
    const text = await told([...arns.flatMap((arn) => ['--secret-arn', arn]), ...prefix]);
    expect(text).toContain('--secret-arn does not begin with the prefix of --policy-prefix');
  });

  test('is told as JSON with --json, by flag or by variable', async () => {
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

  test('names what was perhaps meant', async () => {
    expect((await setup(['--secretname', 'x'])).stderr).toContain('Did you mean --secret-name?');
    const command = await runHere(['stup']);
    expect([command.code, command.stderr]).toEqual([2, expect.stringContaining('There is no such command')]);
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
  ])('(%j) is refused and never repeated', async (args, key) => {
    expect((await shownBy(args, key)).code).toBe(2);
  });

  test.each([
    ['http://KEY/', KEYS.aes256],
    ['https://KEY:4566', KEYS.aes256],
    ['http://KEY', UPPER],
    ['http://KEY', KEYS.aes128],
    ['http://KEY', KEYS.aes128.replace(/..(?!$)/g, '$&.')],
    ['http://user:password@KEY', KEYS.aes192],
  ])('as the name of a host (%s) is refused, and never repeated', async (url, key) => {
    const args = ['--endpoint-url', url.replace('KEY', key), '--generate', 'aes256', '--debug'];
    const { code, shown } = await shownBy(args, key);
    expect([code, shown]).toEqual([2, expect.stringContaining('--endpoint-url looks like a key.')]);
  });

  test('is no host with a word in it, as AWS makes them', async () => {
    const host = `a${'0123456789abcdef'.repeat(2).slice(1)}-1234567890.us-west-2.elb.amazonaws.com`;
    const { stderr } = await setup(['--endpoint-url', `https://${host}`]);
    expect(stderr).not.toContain('looks like a key');
  });

  test('as a variable of the program’s own is not taken, and not repeated', async () => {
    const { code, stdout, stderr } = await setup(['--yes', '--json'], { MC_STATIC_KEY_KEY: KEYS.aes256 });
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(KEYS.aes256);
  });
});

test('an endpoint that is plain http on another machine is warned of, one on this machine is not', async () => {
  // Nothing is sent: the run ends because the key is missing.
  const away = await setup(['--endpoint-url', 'http://aws.invalid']);
  expect([away.code, away.stderr]).toEqual([2, expect.stringMatching(/plain http[\s\S]*Use https/)]);
  const here = await setup([]);
  expect([here.code, here.stderr]).toEqual([2, expect.not.stringContaining('plain http')]);
});

test('whoever gives --key hears where a key is given instead', async () => {
  const { code, stderr } = await setup([...RIGHT, `--key=${KEYS.aes128}`]);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/never given on the command line[\s\S]*--key-file/),
  ]);
});
