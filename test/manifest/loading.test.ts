import { chmodSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { loadKeys } from '../../src/manifest/index.ts';
import { KEYS } from '../support/account.ts';
import { entries, fileOf, manifestFolder, read, STUDIO, told } from './manifests.ts';

/** Returns an entry with this key source. */
const from = (name: string, source: string, ...more: string[]) =>
  [STUDIO.replace('studio-a', name).replace('generate: aes256', source), ...more].join('\n');

async function load(content: string, env: NodeJS.ProcessEnv = {}) {
  const { keys, warnings } = await loadKeys(await read(content), { stdin: Readable.from([]), env });
  return { keys, warnings: warnings.map((each) => each.replaceAll(`${manifestFolder()}/`, '')) };
}

const refused = (content: string, env: NodeJS.ProcessEnv = {}) => told(load(content, env));

describe('loadKeys', () => {
  test('returns keys from files, variables and generation, and none for existing secrets, in entry order', async () => {
    fileOf(`${KEYS.aes128}\n`, 'keys/a.key');
    const content = entries(
      from('a', 'file: keys/a.key'),
      from('b', 'env: B'),
      from('c', 'generate: aes192'),
      from('d', 'existing: true'),
      'secretArns: [arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i]',
    );
    const { keys, warnings } = await load(content, { B: KEYS.other });
    expect(keys.map((each) => each?.key.length)).toEqual([32, 64, 48, undefined, undefined]);
    expect(keys[1]?.key.reveal()).toBe(KEYS.other);
    expect(keys.map((each) => each?.generated)).toEqual([false, false, true, undefined, undefined]);
    expect(warnings).toEqual([]);
  });

  test('reads a variable or file for several secrets once and warns about it once', async () => {
    chmodSync(fileOf(KEYS.aes256, 'open.key'), 0o644);
    const env = { SHARED: KEYS.aes128 };
    const texts = ['a', 'b'].map((name) => from(name, 'env: SHARED'));
    const files = ['c', 'd'].map((name) => from(name, 'file: open.key'));
    const { keys, warnings } = await load(entries(...texts, ...files), env);
    expect(keys.map((each) => each?.key.length)).toEqual([32, 32, 64, 64]);
    expect(env).toEqual({});
    expect(warnings).toEqual([
      `keys.yaml:11:10: Other users can read or change open.key. To fix: chmod 600 open.key`,
    ]);
  });

  test('removes all variables from the environment before it asks for the type of a key', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `SRT_${index}`);
    const env = Object.fromEntries(names.map((name) => [name, `Passphrase-${name}`]));
    const manifest = await read(entries(...names.map((name) => from(name.toLowerCase(), `env: ${name}`))));
    const left: number[] = [];
    const { keys } = await loadKeys(manifest, { stdin: Readable.from([]), env }, async () => {
      left.push(Object.keys(env).length);
      return 'srt-password';
    });
    expect(keys).toHaveLength(24);
    expect(left).toEqual(names.map(() => 0));
  });

  test('reports keys that cannot be passwords without asking for their type', async () => {
    const typeOf = vi.fn(() => Promise.resolve('srt-password' as const));
    const manifest = await read(entries(from('a', 'env: BAD'), from('b', 'env: WORSE')));
    const env = { BAD: '5', WORSE: 'a-password-of-srt ' };
    const lines = await told(loadKeys(manifest, { stdin: Readable.from([]), env }, typeOf));
    expect(lines).toHaveLength(3);
    expect(typeOf).not.toHaveBeenCalled();
  });

  test('reports all invalid keys together, each with its position and in terms of the manifest', async () => {
    fileOf(KEYS.aes256, 'keys/long.key');
    const content = entries(
      from('a', 'env: NONE'),
      from('b', 'file: keys/none.key'),
      from('c', 'file: keys/long.key', 'algorithm: aes128'),
      from('d', 'env: EMPTY'),
      from('e', 'file: keys'),
      from('f', 'env: GOOD'),
    );
    const lines = await refused(content, { EMPTY: '', GOOD: KEYS.aes256 });
    expect(lines).toEqual([
      "5 keys in keys.yaml can't be used:",
      expect.stringMatching('^keys.yaml:5:10: key.env: environment variable not found'),
      'keys.yaml:8:10: key.file: file not found: keys/none.key',
      expect.stringMatching(
        '^keys.yaml:11:10: The key has 64 .* AES-128 needs 32. Change the key or algorithm.',
      ),
      expect.stringMatching('^keys.yaml:15:10: key.env EMPTY is empty.'),
      expect.stringMatching('^keys.yaml:18:10: key.file: keys is a folder.'),
    ]);
  });

  test('does not repeat a password given in place of a path', async () => {
    const password = 'a-password-of-srt';
    const [line, ...others] = await refused(entries(from('a', `file: ${password}`)));
    expect([line, others]).toEqual([
      `keys.yaml:5:10: key.file: file not found in ${manifestFolder()}. Use the path of a file, not the key itself.`,
      [],
    ]);
    expect(line).not.toContain(password);
  });
});
