import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/manifest/index.ts';
import { KEYS } from '../support/account.ts';
import { fileOf, manifestFolder, mistakesIn, told } from './manifests.ts';

/** Replaces `[a]` below: a valid list of keys. */
const ONE = '[{ secretName: a, regions: [us-west-2], key: { existing: true } }]';

describe('readManifest', () => {
  test.each<[string, string, string]>([
    ['no content', '', '1:1: The manifest is empty'],
    ['only comments', '# keys\n', '1:1: The manifest is empty'],
    ['a text', 'keys', '1:1: A manifest must be a map'],
    ['a list', '- a\n', '1:1: A manifest must be a map'],
    ['no version', 'keys: [a]', '1:1: version is missing'],
    ['a later version', 'version: 2\nkeys: [a]', '1:10: version must be 1'],
    ['the version as a text', 'version: "1"\nkeys: [a]', '1:10: version must be 1'],
    ['no keys', 'version: 1', '1:1: keys (the list of keys) is missing'],
    ['keys without a value', 'version: 1\nkeys:\n', '2:6: keys must be a list'],
    ['a map of keys', 'version: 1\nkeys: { a: b }', '2:7: keys must be a list'],
    ['a list of defaults', 'version: 1\ndefaults: []\nkeys: [a]', '2:11: defaults must be a map'],
    [
      'a default name',
      'version: 1\ndefaults: { secretName: a }\nkeys: [a]',
      '2:13: secretName must be set per key',
    ],
    [
      'a default variable',
      'version: 1\ndefaults: { key: { env: A } }\nkeys: [a]',
      '2:18: Under defaults, key must be { generate: aes256 } or',
    ],
    [
      'a misspelled member',
      'version: 1\ndefault: {}\nkeys: [a]',
      '2:1: Unknown field default. Did you mean defaults?',
    ],
  ])('rejects a file with %s', async (_what, content, line) => {
    expect(await mistakesIn(content.replace('[a]', ONE))).toEqual([expect.stringContaining(line)]);
  });

  test.each<[string, string, string]>([
    ['an open quotation mark', 'version: 1\nkeys: "hunter2', '2:15: Unclosed quote'],
    ['an open bracket', 'version: 1\nkeys: [hunter2', 'or an unclosed bracket'],
    ['a tab', 'version: 1\nkeys:\n\t- hunter2', "3:1: Tabs aren't allowed in YAML indentation"],
    ['a wrong indentation', 'version: 1\nkeys:\n  - a: b\n c: hunter2', '4:1: Wrong indentation'],
    ['two colons', 'version: 1\nkeys: hunter2: b', '2:7: Two colons on one line'],
    ['a reserved character', 'version: 1\nkeys: @hunter2', '2:7: A value that starts'],
    ['an unknown escape', 'version: 1\nkeys: "\\hunter2"', '2:8: Unknown escape sequence'],
    ['two documents', 'version: 1\nkeys: [a]\n---\nhunter2: 1', '3:1: Only one YAML document'],
    ['a tag', 'version: 1\nkeys: !!js/hunter2 [a]', '2:7: YAML tags'],
    ['a tag for a text', 'version: 1\ndefaults: { roleName: !!str hunter2 }\nkeys: [a]', '2:23: YAML tags'],
    ['a tag for a number', 'version: !!int 1\nkeys: [a]', '1:10: YAML tags'],
    ['a directive', '%HUNTER2\n---\nversion: 1\nkeys: [a]', '1:1: YAML directives'],
    ['a YAML version', '# a\n\n%YAML 1.1\n---\nversion: 1\nkeys: [a]', '3:1: YAML directives'],
    ['an unknown alias', 'version: 1\nkeys: *hunter2', '2:7: Undefined anchor'],
    ['an alias of itself', 'version: 1\nkeys: &a [*a]', '2:11: Undefined anchor'],
    ['a merged text', 'version: 1\nkeys: [a]\n<<: hunter2', '3:5: << must refer to a map'],
    ['extreme nesting', `version: 1\nkeys: ${'['.repeat(2_000)}`, 'Nested too deeply.'],
    ['any other syntax error', 'version: 1\n]: hunter2', '2:1: Invalid YAML.'],
  ])('reports %s in one sentence with its position', async (_what, content, line) => {
    const lines = await mistakesIn(content.replace('[a]', ONE));
    expect(lines).toEqual([expect.stringContaining(line)]);
    expect(lines[0]).not.toMatch(/hunter2/i);
  });

  test('rejects nested aliases that stand for billions of values, without delay', async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `&a${n + 1} [${`*a${n}, `.repeat(10)}]`);
    const lines = await mistakesIn(`version: 1\nkeys: [&a0 {}, ${levels.join(', ')}]`);
    expect(lines).toContainEqual(expect.stringContaining('Too many aliases'));
  });

  test.each<[string, () => string, string]>([
    ['of a missing file', () => `${manifestFolder()}/none.yaml`, '--manifest: file not found: none.yaml'],
    ['inside a file', () => `${fileOf('')}/a.yaml`, '--manifest: file not found: keys.yaml/a.yaml'],
    ['of a folder', manifestFolder, 'is a folder. Use the path of the manifest in it.'],
    ['of a UTF-16 file', () => fileOf(Buffer.from('\ufeffversion: 1', 'utf16le')), 'is not UTF-8 text'],
    ['of a file of five megabytes', () => fileOf(Buffer.alloc(5e6, '#')), 'is larger than 4 MB'],
    ['that is a key', () => KEYS.aes256, '--manifest: file not found. Use the path of a file.'],
  ])('reports a path %s in one sentence', async (_what, path, sentence) => {
    const lines = await told(readManifest(path()));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).not.toContain(KEYS.aes256);
  });
});
