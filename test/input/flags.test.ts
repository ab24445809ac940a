import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, VALUE_FLAGS, type ValueFlag, VOICES, variableOf } from './flags.ts';
import { cases, expectWellTold, nastyWord } from './nasty.ts';

const sandbox = freshSandbox();
const anyFlag = fc.constantFrom(...VALUE_FLAGS);
const voices = fc.constantFrom(...VOICES);

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
      cases(60, 3_000),
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
      for (const [{ flag }] of wrong) if (!/^--key-(file|env)$/.test(flag)) expect(stderr).toContain(flag);
      expect([0, 2, 3], stderr).toContain(code);
    }),
    cases(15, 1_500),
  );
});
