import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { setup } from '../cli/program.ts';
import { KEYS, makeSecret } from '../support/account.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, VALUE_FLAGS } from './flags.ts';
import { startMangler } from './mangler.ts';
import { cases, expectNoPiece, expectWellTold, nasty, nastyWord } from './nasty.ts';

const sandbox = freshSandbox();
const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MILLION = 1_000_000;
const KEYLESS = [...baseWithout('--generate'), '--yes'];

describe('setup with very long input', () => {
  const texts: [string, string][] = [
    ['of one line', KEYS.other.repeat(MILLION / 64)],
    ['of many lines', `${KEYS.other}\n`.repeat(MILLION / 65)],
    ['of escapes', `\x1b]8;;${KEYS.other}\x07`.repeat(MILLION / 70)],
    ['of zeros', '\0'.repeat(MILLION)],
  ];
  test.each(texts)(
    'rejects a key of a million characters (%s) from a file or standard input with exit code 2',
    async (name, text) => {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o600 });
      for (const [args, options] of [
        [['--key-file', path], {}],
        [['--key-file', '-'], { stdin: text }],
      ] as const) {
        const result = await setup(sandbox(), [...KEYLESS, ...args, '--json', '--debug'], options);
        expectWellTold(result, { json: true, debug: true });
        expect(result.code).toBe(2);
        expectNoPiece(`${result.stdout}${result.stderr}`, KEYS.other);
        expect(sandbox().requests).toEqual([]);
      }
    },
  );

  test('rejects the longest possible argument or variable with exit code 2', async () => {
    const most = 'x'.repeat(120_000);
    for (const [args, env] of [
      [[`--secret-name=${most}`], {}],
      [[most], {}],
      [[`--${most}`], {}],
      [[], { MC_STATIC_KEY_ROLE_NAME: most, MC_STATIC_KEY_YES: most, AWS_ENDPOINT_URL: most }],
    ] as const) {
      const result = await setup(sandbox(), [...baseWithout('--secret-name'), '--secret-name=a', ...args], {
        env,
      });
      expectWellTold(result);
      expect(result.code).toBe(2);
      expect(result.stderr.length).toBeLessThan(2_000);
    }
  });
});

test('the built program handles any text in its arguments and its standard input harmlessly', async () => {
  const flag = fc.constantFrom(...VALUE_FLAGS.map((each) => each.flag), '--profile', '--unknown', '-x');
  await fc.assert(
    fc.asyncProperty(flag, nastyWord, nasty, async (name, word, stdin) => {
      const args = [...baseWithout(name, '--generate'), '--key-file=-', `${name}=${word}`, '--dry-run'];
      const result = await setup(sandbox(), args, { stdin });
      expectWellTold(result);
      expect(result.code === 2 || name === '--profile').toBe(true);
      expect(sandbox().requests).toEqual([]);
    }),
    cases(3, 80),
  );
});

test('the built program shows any text in responses from AWS harmlessly', async () => {
  const mangler = await startMangler();
  await makeSecret(mangler.sandbox, { Name: 'studio-a', SecretString: KEYS.other });
  const members = fc.constantFrom('Arn', 'ARN', 'Name', 'Message', 'Account', 'OwningService');
  await fc.assert(
    fc.asyncProperty(members, nasty, fc.boolean(), async (member, append, json) => {
      mangler.spoil([{ member, change: { append } }]);
      const args = [...KEYLESS, '--key-env=STUDIO_KEY', '--debug', ...(json ? ['--json'] : [])];
      const result = await setup(mangler.sandbox, args, { env: { ...mangler.env, STUDIO_KEY: KEYS.aes256 } });
      expectWellTold(result, { json, debug: true });
      expect(result.code).not.toBe(0);
    }),
    cases(2, 40),
  );
  await mangler.close();
});
