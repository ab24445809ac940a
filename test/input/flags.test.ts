import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, VALUE_FLAGS, type ValueFlag, VOICES, variableOf } from './flags.ts';
import { cases, expectWellTold, nastyWord } from './nasty.ts';

const sandbox = freshSandbox();
const anyFlag = fc.constantFrom(...VALUE_FLAGS);
const voices = fc.constantFrom(...VOICES);

/** Makes a dry run with options as flags or as variables, and checks its output. */
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
    expect(result.stderr).toMatch(/Nothing was changed\.|--help' for its options\./);
  }
  return result;
}

describe('setup, with an option as a flag or as a variable', () => {
  test('rejects an invalid value with exit code 2, names the flag, and sends nothing', async () => {
    const wrong = fc.tuple(anyFlag, nastyWord).filter(([{ pattern }, value]) => !pattern.test(value));
    await fc.assert(
      fc.asyncProperty(wrong, voices, fc.boolean(), async ([flag, value], voice, byVariable) => {
        const { code, stderr } = await dryRun([[flag, value]], { voice, byVariable });
        expect(code).toBe(2);
        expect(stderr).toContain(flag.flag);
      }),
      cases(60, 3_000),
    );
  });

  test('accepts an unusual valid value', async () => {
    for (const flag of VALUE_FLAGS) {
      for (const value of flag.right) {
        for (const byVariable of [false, true]) {
          const { code, stderr } = await dryRun([[flag, value]], { byVariable });
          // The secret of `--secret-arn` and a Region of another partition do not exist here, but both values are valid.
          expect(stderr).not.toContain('invalid options');
          expect(code, `${flag.flag} ${value} ${stderr}`).not.toBe(2);
        }
      }
    }
  });
});

test('setup exits with 0, 2 or 3 for any combination of valid and invalid options', async () => {
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
      // Keys are read only when the rest is valid.
      for (const [{ flag }] of wrong) if (!/^--key-(file|env)$/.test(flag)) expect(stderr).toContain(flag);
      expect([0, 2, 3], stderr).toContain(code);
    }),
    cases(15, 1_500),
  );
});
