import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../support/account.ts';
import { runs } from '../support/exhaustive.ts';
import { entries, mistakesIn, read, STUDIO, told } from './manifests.ts';

describe('readManifest, with a key in the file', () => {
  const { aes256: key } = KEYS;
  const FOUR = key.slice(0, 32).replace(/(.{4})(?=.)/g, '$1 ');

  test.each<[string, string, string, number?]>([
    ['in place of a source', STUDIO.replace('{ generate: aes256 }', key), '5:10'],
    [
      'of decimal digits only',
      STUDIO.replace('{ generate: aes256 }', '1234567890'.repeat(4).slice(0, 32)),
      '5:10',
    ],
    ['in quotation marks', STUDIO.replace('{ generate: aes256 }', `"${key}"`), '5:10'],
    ['as a variable', STUDIO.replace('generate: aes256', `env: ${key.toUpperCase()}`), '5:17'],
    ['as a file', STUDIO.replace('generate: aes256', `file: ${key}`), '5:18'],
    ['as a secret’s name', STUDIO.replace('studio-a', key), '3:17'],
    ['in the middle of a name', STUDIO.replace('studio-a', `studio/${key}`), '3:17'],
    ['as a tag', `${STUDIO}\ntags: { key: ${key} }`, '6:18'],
    ['as the name of a tag', `${STUDIO}\ntags: { ${key}: x }`, '6:13'],
    ['in an unknown member', `${STUDIO}\nsecretKey: ${key}`, '6:16', 2],
    ['as the name of a member', `${STUDIO}\n${key}: x`, '6:5'],
    ['in a comment', `${STUDIO} # ${key}`, '5:33'],
    ['as an anchor', `${STUDIO}\ntags: &${key} { a: b }`, '6:12'],
    ['with escapes', `${STUDIO}\nroleDescription: "\\x30${key.slice(1)}"`, '6:22'],
    ['in groups', `${STUDIO}\nroleDescription: ${FOUR}`, '6:22'],
    [
      'in groups over several lines',
      `${STUDIO}\nroleDescription: >\n  ${FOUR.replace(/ /g, '\n  ')}`,
      '6:22',
    ],
    ['in a list', STUDIO.replace('us-west-2', key), '4:15'],
    ['as a KMS key', `${STUDIO}\nkmsKeyId: ${KEYS.aes128}`, '6:15'],
  ])('rejects a key %s with its position and does not repeat it', async (_what, entry, place, count = 1) => {
    const lines = await mistakesIn(entries(entry));
    expect(lines).toHaveLength(count);
    expect(lines).toContainEqual(expect.stringMatching(`^${place}: This looks like a key.*replace it`));
    const shown = lines.join('').toLowerCase();
    for (const part of [key.slice(8, 24), FOUR.slice(5, 14), '1234567890']) expect(shown).not.toContain(part);
  });

  test('finds a key in a file with a syntax error too', async () => {
    expect(await mistakesIn(`version: 1\nkey: ${key}: "\n`)).toEqual([
      expect.stringContaining('2:6: This looks like a key.'),
    ]);
  });
});

test('readManifest repeats nothing that was typed into a damaged manifest', async () => {
  const whole = entries(`&a\n${STUDIO}\ntags: { team: x }`, '{ <<: *a, secretName: b }');
  const scraps = fc.constantFrom(
    'hunter2',
    ...'\t,\n,- ,? ,: ,{,},[,],&a ,*a,|,>,\',",#,%,@,---\n,\\,\0'.split(','),
  );
  const slip = fc.tuple(fc.nat(whole.length), fc.nat(8), scraps);
  const check = async (slips: [number, number, string][]) => {
    const content = slips.reduce(
      (text, [at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone),
      whole,
    );
    const lines = await read(content).then(
      () => [],
      (error: unknown) => told(Promise.reject(error)),
    );
    expect(lines.join('')).not.toContain('hunter2');
  };
  await fc.assert(fc.asyncProperty(fc.array(slip, { minLength: 1, maxLength: 4 }), check), {
    numRuns: runs(60, 3_000),
  });
});
