import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { type KeyInput, type KeySource, loadKey, readKeyText } from '../../src/key/index.ts';
import { KEY } from './keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type ReadSource = Exclude<KeySource, { kind: 'generate' }>;
const NOTHING: KeyInput = { stdin: Readable.from([]), env: {} };

function keyFile(name: string, content: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const read = (source: ReadSource, input: Partial<KeyInput> = {}) =>
  readKeyText(source, { ...NOTHING, ...input });
const readFile = (path: string) => read({ kind: 'file', path });
const readStdin = (...chunks: (string | Uint8Array)[]) =>
  read({ kind: 'stdin' }, { stdin: Readable.from(chunks.map((chunk) => Buffer.from(chunk))) });

/** Returns the message with which a source is rejected, always as a usage error. */
async function refusal(reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error('the source was not refused', { cause: error });
  expect([error.code, error.exitCode]).toEqual(['bad-key', 2]);
  return error.message;
}

describe('--key-file PATH', () => {
  test('reads the file unchanged and leaves the newline to the check', async () => {
    expect(await readFile(keyFile('a.key', `${KEY}\n`))).toEqual({ text: `${KEY}\n`, warnings: [] });
  });

  test('keeps a byte-order mark, so that the check can name it', async () => {
    const { text } = await readFile(keyFile('marked.key', `\ufeff${KEY}`));
    expect(text).toBe(`\ufeff${KEY}`);
  });

  test('refuses a symbolic link to itself and says why', async () => {
    const link = join(folder, 'loop.key');
    symlinkSync(link, link);
    expect(await refusal(readFile(link))).toBe(`--key-file: can't read ${link} (ELOOP).`);
  });

  test('follows a symbolic link', async () => {
    const link = join(folder, 'link.key');
    symlinkSync(keyFile('linked.key', KEY), link);
    expect(await readFile(link)).toEqual({ text: KEY, warnings: [] });
  });

  test.each([0o640, 0o604, 0o622])(
    'warns when others can read or change the file (mode %o)',
    async (mode) => {
      const path = keyFile('open.key', KEY, mode);
      const { text, warnings } = await readFile(path);
      expect(text).toBe(KEY);
      expect(warnings).toEqual([`Other users can read or change ${path}. To fix: chmod 600 ${path}`]);
    },
  );

  test('prints a command that works for a name with spaces and quotes', async () => {
    const path = keyFile("studio a's key", KEY, 0o644);
    const { warnings } = await readFile(path);
    expect(warnings[0]).toMatch(/chmod 600 '.*\/studio a'\\''s key'$/);
  });

  test('shows no escape sequence from a file name', async () => {
    const { warnings } = await readFile(keyFile('red\x1b[31m\rname', KEY, 0o644));
    expect(warnings[0]).toContain('red�name');
    expect(warnings[0]).not.toMatch(/\p{Cc}/u);
  });

  test.each([
    ['a folder', () => folder, 'is a folder'],
    [
      'a missing file in a folder that exists',
      () => join(folder, 'absent'),
      `file not found: ${folder}/absent`,
    ],
    ['a missing file in the current folder', () => 'absent-file.key', 'file not found. Use the path'],
    ['a missing file at the root', () => '/absent-file.key', 'file not found. Use the path'],
    ['a file taken for a folder', () => `${keyFile('file', KEY)}/key`, 'file not found'],
    ['a name that is too long', () => `${folder}/${'x'.repeat(300)}`, 'file not found'],
    ['an empty name', () => '', 'file not found. Use the path'],
    ['an empty file', () => keyFile('empty', ''), 'empty is empty'],
    ['a large file', () => keyFile('large', 'x'.repeat(65_537)), 'large has more than 65536 bytes'],
    ['an endless device', () => '/dev/zero', '/dev/zero has more than 65536 bytes'],
    ['a picture', () => keyFile('picture', Buffer.from('89504e470d0a1a0a00ff', 'hex')), "isn't text"],
    ['UTF-16 text', () => keyFile('utf16', Buffer.from(`\ufeff${KEY}`, 'utf16le')), 'UTF-16'],
    ['a binary key', () => keyFile('bin', Buffer.alloc(32, 0xa5)), "contains 32 bytes that aren't text"],
  ])('refuses %s', async (_, path, words) => {
    const message = await refusal(readFile(path()));
    expect(message).toContain(words);
  });

  test('refuses a socket, and says how to read standard input', async () => {
    const path = join(folder, 'socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const message = await refusal(readFile(path));
    server.close();
    expect(message).toContain('socket is a socket');
    expect(message).toContain('--key-file - instead');
  });

  test.skipIf(process.getuid?.() === 0)(
    'refuses a file that the user has no permission to read',
    async () => {
      expect(await refusal(readFile(keyFile('closed', KEY, 0o000)))).toMatch(/permission denied: .*closed/);
    },
  );

  test.each([
    ['a hexadecimal key', KEY],
    ['a key with a slash and a dot', `${KEY}/..${KEY}`],
    ['Base64 that begins with a slash', `/${KEY}=`],
    ['Base64 that begins with two slashes', `//${KEY}=`],
    ['a key as a file in this folder', `./${KEY}`],
    ['a key as a file in another folder', `/tmp/${KEY}`],
    ['a key in groups as a file in another folder', `../${KEY.replace(/..(?=.)/g, '$&:')}`],
    ['Base64 that ends in a slash', `${KEY}/`],
    ['a password with a backslash', 'correct\\horse.battery'],
    ['a password with a dot', 'correct.horse'],
  ])('does not repeat %s given instead of a path', async (_, path) => {
    const message = await refusal(readFile(path));
    expect(message).toBe('--key-file: file not found. Use the path of a file, not the key itself.');
  });

  test('accepts a file of the maximum size, so that the check can say what is wrong with it', async () => {
    expect((await readFile(keyFile('full', 'x'.repeat(65_536)))).text).toHaveLength(65_536);
  });

  test('leaves no file open, whether it was read or refused', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    await readFile(keyFile('open-1', KEY));
    await refusal(readFile(keyFile('open-2', 'x'.repeat(70_000))));
    await refusal(readFile(folder));
    await expect.poll(count).toBe(before);
  });
});

describe('--key-file -', () => {
  test('reads standard input in any number of chunks', async () => {
    expect(await readStdin(KEY.slice(0, 5), KEY.slice(5), '\n')).toEqual({ text: `${KEY}\n`, warnings: [] });
  });

  test('joins a character that is split between two chunks', async () => {
    const bytes = Buffer.from('schwertfisch-ä');
    expect((await readStdin(bytes.subarray(0, -1), bytes.subarray(-1))).text).toBe('schwertfisch-ä');
  });

  test('refuses empty input', async () => {
    expect(await refusal(readStdin())).toMatch(/^--key-file - is empty/);
  });

  test('refuses endless input without reading all of it', async () => {
    function* endless() {
      for (;;) yield Buffer.alloc(1_000, 'x');
    }
    const reading = read({ kind: 'stdin' }, { stdin: Readable.from(endless()) });
    expect(await refusal(reading)).toMatch(/^--key-file -: standard input has more than 65536 bytes/);
  });

  test('refuses a terminal', async () => {
    const stdin = Object.assign(Readable.from([KEY]), { isTTY: true });
    expect(await refusal(read({ kind: 'stdin' }, { stdin }))).toMatch(
      /^--key-file -: standard input is a terminal/,
    );
  });

  test('says so when the input cannot be read', async () => {
    const stdin = new Readable({
      read() {
        this.destroy(Object.assign(new Error('EISDIR: illegal operation'), { code: 'EISDIR' }));
      },
    });
    expect(await refusal(read({ kind: 'stdin' }, { stdin }))).toBe(
      "--key-file -: can't read standard input (EISDIR).",
    );
  });
});

describe('--key-env NAME', () => {
  test('reads the variable and removes it from the environment', async () => {
    const env = { STUDIO_A_KEY: KEY, OTHER: 'x' };
    expect(await read({ kind: 'env', name: 'STUDIO_A_KEY' }, { env })).toEqual({ text: KEY, warnings: [] });
    expect(env).toEqual({ OTHER: 'x' });
  });

  test('removes it from process.env, so that no child process inherits it', async () => {
    process.env.MC_STATIC_KEY_TEST = KEY;
    await read({ kind: 'env', name: 'MC_STATIC_KEY_TEST' }, { env: process.env });
    expect(Object.keys(process.env)).not.toContain('MC_STATIC_KEY_TEST');
  });

  test('refuses an empty variable and names it', async () => {
    expect(await refusal(read({ kind: 'env', name: 'EMPTY' }, { env: { EMPTY: '' } }))).toMatch(
      /^--key-env EMPTY is empty/,
    );
  });

  test.each([
    ['a variable that is not set', 'STUDIO_A_KEY'],
    ['a key in capitals', 'ABCDEF0123456789ABCDEF0123456789'],
    ['a password in capitals', 'SWORDFISH12'],
    ['the name of a property of every object', 'toString'],
    ['the prototype', '__proto__'],
  ])('refuses %s without repeating it', async (_, name) => {
    for (const env of [{}, process.env]) {
      expect(await refusal(read({ kind: 'env', name }, { env }))).toBe(
        "--key-env: environment variable not found, or not exported. Use the variable's name, not the key itself.",
      );
    }
  });
});

describe('loadKey', () => {
  const rules = { keyType: 'static-key' } as const;

  test('returns the checked key with the warning about its file', async () => {
    const path = keyFile('run.key', `${KEY}\r\n`, 0o644);
    const loaded = await loadKey({ kind: 'file', path }, rules, NOTHING);
    expect(loaded).toMatchObject({ generated: false, warnings: [expect.stringContaining('chmod 600')] });
    expect(loaded.key.reveal()).toBe(KEY);
  });

  test('generates a key on request', async () => {
    const loaded = await loadKey({ kind: 'generate', algorithm: 'aes192' }, rules, NOTHING);
    expect(loaded).toMatchObject({ generated: true, warnings: [], key: { length: 48 } });
  });

  test('refuses an invalid key and says that nothing was sent to AWS', async () => {
    const reading = loadKey({ kind: 'env', name: 'KEY' }, rules, { ...NOTHING, env: { KEY: `"${KEY}"` } });
    await expect(reading).rejects.toMatchObject({
      message: 'The key has quotation marks around it. Remove them.',
      hint: 'Nothing was sent to AWS.',
      exitCode: 2,
    });
  });
});
