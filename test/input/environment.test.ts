import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, SWITCHES, VOICES } from './flags.ts';
import { COLORS, cases, expectWellTold, nastyWord, without } from './nasty.ts';

const sandbox = freshSandbox();
const voices = fc.constantFrom(...VOICES);

test('setup rejects a switch variable that is neither yes nor no, and names it', async () => {
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
      if (!known) expect(result.stderr).toContain(`${name} must be true or false.`);
    }),
    cases(12, 600),
  );
});

test('setup names an invalid AWS_REGION or AWS_ENDPOINT_URL, and survives nonsense in other variables', async () => {
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
        { ...result, stderr: without(COLORS, result.stderr) },
        { json: voice.includes('--json'), debug: voice.includes('--debug') },
      );
      if (name === 'AWS_ENDPOINT_URL' || name === 'AWS_REGION') {
        expect(result.code).toBe(name === 'AWS_REGION' ? 2 : 4);
        expect(result.stderr).toContain(name);
        expect(sandbox().requests).toEqual([]);
      }
    }),
    cases(15, 1_500),
  );
});
