import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, SWITCHES, VALUE_FLAGS, type ValueFlag, variableOf } from './flags.ts';
import { runHere } from './in-process.ts';
import { COLOURS, cases, expectNoPiece, expectWellTold, nastyWord, straying, without } from './nasty.ts';

const sandbox = freshSandbox();
const anyFlag = fc.constantFrom(...VALUE_FLAGS);
const voices = fc.constantFrom<readonly string[]>([], ['--json'], ['--debug'], ['--json', '--debug']);

/** A dry run, told by flag or by variable; what it said is checked as every run's is. */
async function dryRun(
  given: readonly [ValueFlag, string][],
  { voice = [], byVariable = false }: { voice?: readonly string[]; byVariable?: boolean },
  more: NodeJS.ProcessEnv = {},
) {
  const taken = given.flatMap(([{ flag, instead = [] }]) => [flag, ...instead]);
  const args = byVariable ? [] : given.map(([{ flag }, value]) => `${flag}=${value}`);
  const variables = byVariable ? given.map(([{ flag }, value]) => [variableOf(flag), value]) : [];
  const env = { ...sandbox().env, ...Object.fromEntries(variables), ...more };
  sandbox().clearRequests();
  const result = await runHere(['setup', ...baseWithout(...taken), ...args, '--dry-run', ...voice], env);
  expectWellTold(result, { json: voice.includes('--json'), debug: voice.includes('--debug') });
  if (result.code === 2) {
    expect(sandbox().requests).toEqual([]);
    expect(result.stderr).toContain('Nothing was changed.');
  }
  return result;
}

describe('a flag, or its variable,', () => {
  test('with a value that is no good ends with 2, names itself, and nothing is sent', async () => {
    const wrong = fc.tuple(anyFlag, nastyWord).filter(([{ pattern }, value]) => !pattern.test(value));
    await fc.assert(
      fc.asyncProperty(wrong, voices, fc.boolean(), async ([flag, value], voice, byVariable) => {
        const { code, stderr } = await dryRun([[flag, value]], { voice, byVariable });
        expect(code).toBe(2);
        expect(stderr).toContain(flag.flag);
      }),
      cases(150, 10_000),
    );
  });

  test('with an odd value that is right is accepted', async () => {
    for (const flag of VALUE_FLAGS) {
      for (const value of flag.right) {
        for (const byVariable of [false, true]) {
          const { code, stderr } = await dryRun([[flag, value]], { byVariable });
          // Of `--secret-arn` the secret is not there, and neither is a Region of another partition; both are read, not refused.
          expect(stderr).not.toContain('The command line');
          expect(code, `${flag.flag} ${value} ${stderr}`).not.toBe(2);
        }
      }
    }
  });

  test('with a key, or half of one, in it never repeats it', async () => {
    const refused = [
      '--key-env',
      '--key-file',
      '--profile',
      '--generate',
      '--algorithm',
      '--kms-key-id',
      '--region',
      '--secret-arn',
    ];
    const places = fc.oneof(
      fc.constantFrom(...refused, '--endpoint-url').map((flag) => (key: string) => [`${flag}=${key}`]),
      fc
        .constantFrom('--key', '--kye', '--secret', '-k', '--password')
        .map((flag) => (key: string) => [`${flag}=${key}`]),
      fc.constantFrom('--', '-', '').map((dashes) => (key: string) => [`${dashes}${key}`]),
      fc.constantFrom('--key', '--pass').map((flag) => (key: string) => [flag, key]),
      fc
        .constantFrom('--secret-name', '--role-name', '--policy-name')
        .map((flag) => (key: string) => [`${flag}=${key} `]),
      fc.constant((key: string) => [`--tag=${key}`]),
      fc.constant((key: string) => [`--endpoint-url=ftp://${key}@x/`]),
    );
    await fc.assert(
      fc.asyncProperty(places, straying, voices, async (place, key, voice) => {
        const args = place(key);
        const flags = args.map((arg) => arg.split('=')[0] ?? '');
        const result = await runHere(
          [
            'setup',
            ...baseWithout(...flags, ...(/key-/.test(`${flags}`) ? ['--generate'] : [])),
            ...args,
            '--dry-run',
            ...voice,
          ],
          sandbox().env,
        );
        expectWellTold(result, { json: voice.includes('--json'), debug: voice.includes('--debug') });
        expectNoPiece(`${result.stdout}${result.stderr}`, key);
        expect(result.code, args.join(' ')).toBe(2);
        expect(sandbox().requests).toEqual([]);
      }),
      cases(100, 5_000),
    );
  });

  test('with a whole key as a name, a tag or a description is refused, however it is written', async () => {
    const whole = straying.filter((key) => [32, 48, 64].includes(key.replace(/[^0-9a-f]/gi, '').length));
    const wraps = fc.constantFrom<(key: string) => string[]>(
      (key) => ['--tag', `note=${key}`],
      (key) => ['--tag', `${key}=x`],
      (key) => ['--role-description', `The key is ${key}.`],
      (key) => ['--role-name', key],
      (key) => ['--secret-name', `studio/${key}`],
    );
    await fc.assert(
      fc.asyncProperty(wraps, whole, async (wrap, key) => {
        const [flag = '', value = ''] = wrap(key);
        const result = await runHere(
          ['setup', ...baseWithout(flag), flag, value, '--dry-run'],
          sandbox().env,
        );
        expect(result.code, `${flag} ${value}`).toBe(2);
        expectNoPiece(`${result.stdout}${result.stderr}`, key);
      }),
      cases(50, 3_000),
    );
  });
});

test('any flags together, right and wrong, by flag and by variable, end with 0, 2 or 3', async () => {
  const one = anyFlag.chain((flag) =>
    fc.tuple(
      fc.constant(flag),
      flag.right.length > 0
        ? fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom(...flag.right) },
            { weight: 1, arbitrary: nastyWord },
          )
        : nastyWord,
    ),
  );
  const several = fc.uniqueArray(one, { selector: ([{ flag }]) => flag, minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(several, voices, fc.boolean(), async (given, voice, byVariable) => {
      const { code, stderr } = await dryRun(given, { voice, byVariable });
      const wrong = given.filter(([{ pattern }, value]) => !pattern.test(value));
      if (wrong.length > 0) expect(code, stderr).toBe(2);
      // Keys are read when the rest is right.
      for (const [{ flag }] of wrong)
        if (!/^--key-/.test(flag) || wrong.length === 1) expect(stderr).toContain(flag);
      expect([0, 2, 3], stderr).toContain(code);
    }),
    cases(60, 5_000),
  );
});

test('a switch in the environment takes a yes or a no, and anything else is a mistake that names it', async () => {
  const value = fc.oneof(
    nastyWord,
    fc.constantFrom('maybe', '1 ', 'yes\n', '2', 'true', 'FALSE', 'Off', 'no'),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...SWITCHES), value, async (name, text) => {
      const known = /^(1|true|yes|on|0|false|no|off)$/i.test(text);
      const result = await runHere(['setup', ...baseWithout(), '--dry-run'], {
        AWS_ENDPOINT_URL: sandbox().url,
        ...sandbox().env,
        [name]: text,
      });
      expectWellTold(result, { debug: name.endsWith('DEBUG') });
      expect(result.code).toBe(known ? 0 : 2);
      if (!known) expect(result.stderr).toContain(`${name} takes true or false.`);
    }),
    cases(60, 3_000),
  );
});

test('nonsense in the variables of others is refused by name where it matters, and passed over elsewhere', async () => {
  const matters = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'];
  const elsewhere = [
    'NO_COLOR',
    'FORCE_COLOR',
    'TERM',
    'CI',
    'COLUMNS',
    'LANG',
    'AWS_DEFAULT_REGION',
    'AWS_RETRY_MODE',
    'AWS_MAX_ATTEMPTS',
    'AWS_USE_FIPS_ENDPOINT',
    'AWS_DEFAULTS_MODE',
    'SHELL',
  ];
  const value = fc.oneof(nastyWord, fc.constantFrom('-1', '99', 'true', 'NaN', '1e9', 'x'));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...matters, ...elsewhere), value, voices, async (name, text, voice) => {
      sandbox().clearRequests();
      const region = name === 'AWS_REGION' ? baseWithout('--region') : baseWithout();
      const result = await runHere(['setup', ...region, '--dry-run', ...voice], {
        ...sandbox().env,
        [name]: text,
      });
      expectWellTold(
        { ...result, stderr: without(COLOURS, result.stderr) },
        { json: voice.includes('--json'), debug: voice.includes('--debug') },
      );
      if (name === 'AWS_ENDPOINT_URL' || name === 'AWS_REGION') {
        expect(result.code).toBe(2);
        expect(result.stderr).toContain(name);
        expect(sandbox().requests).toEqual([]);
      }
    }),
    cases(80, 5_000),
  );
});
