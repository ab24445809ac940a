import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runHere } from '../support/runs/run-here.ts';
import { freshSandbox } from '../support/sandbox.ts';
import { baseWithout, VOICES } from './flags.ts';
import { cases, expectNoPiece, expectWellTold, straying } from './nasty.ts';

const sandbox = freshSandbox();
const voices = fc.constantFrom(...VOICES);

describe('setup with a key in the wrong place', () => {
  test('rejects a key, or a part of one, and never repeats it', async () => {
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
      cases(40, 2_000),
    );
  });

  test('rejects a whole key in a name, a tag or a description, however it is written', async () => {
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
      cases(15, 1_000),
    );
  });
});
