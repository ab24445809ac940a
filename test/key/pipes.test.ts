import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/runs/run.ts';
import { openTerminal } from '../support/terminal/terminal.ts';
import { KEY } from './keys.ts';

/** A program that reads a key from the given source and prints what it got. Ctrl-C ends it with 130, as in ours. */
const READER = `
import { readKeyText } from './key.mjs';
const [kind, value] = process.argv.slice(2);
process.on('SIGINT', () => process.exit(130));
const reading = readKeyText({ kind, path: value }, process);
console.error('reading');
console.log(await reading.then(JSON.stringify, (error) => error.message));
`;

const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-pipes-'));
const reader = join(folder, 'reader.mjs');
const env = { READER: reader, NODE: process.execPath };
const got = (text: string) => `${JSON.stringify({ text, warnings: [] })}\n`;
const shell = async (script: string) =>
  (await runCommand('bash', ['-c', script], { env, cwd: folder })).stdout;

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/key/index.ts', import.meta.url))],
    outfile: join(folder, 'key.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  writeFileSync(reader, READER);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('readKeyText with a pipe', () => {
  test.each([
    ['a process substitution', `"$NODE" "$READER" file <(printf %s ${KEY})`, KEY],
    [
      'a slow process substitution',
      `"$NODE" "$READER" file <(printf 0123; sleep 0.2; echo 4567)`,
      '01234567\n',
    ],
    ['standard input', `echo ${KEY} | "$NODE" "$READER" stdin`, `${KEY}\n`],
    ['a here-document', `"$NODE" "$READER" stdin <<< ${KEY}`, `${KEY}\n`],
    ['standard input by its path', `echo ${KEY} | "$NODE" "$READER" file /dev/stdin`, `${KEY}\n`],
  ])('reads %s to the end', async (_, script, text) => {
    expect(await shell(script)).toBe(got(text));
  });

  test.each([
    ['an empty process substitution', '"$NODE" "$READER" file <(true)', 'is empty'],
    ['an endless process substitution', '"$NODE" "$READER" file <(yes)', 'has more than 65536 bytes'],
    ['closed standard input', '"$NODE" "$READER" stdin <&-', '--key-file - is empty'],
    ['a folder as standard input', '"$NODE" "$READER" stdin < /', 'is empty'],
  ])('rejects %s', async (_, script, words) => {
    expect(await shell(script)).toContain(words);
  });

  test('waits for a named pipe that nothing writes to yet', async () => {
    const path = namedPipe('late');
    const child = spawn(process.execPath, [reader, 'file', path]);
    await once(child.stderr, 'data');
    const [[output]] = await Promise.all([once(child.stdout, 'data'), writeFile(path, KEY)]);
    expect(String(output)).toBe(got(KEY));
  });

  test('stops waiting for a named pipe on Ctrl-C', async () => {
    const child = spawn(process.execPath, [reader, 'file', namedPipe('never')]);
    const last = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
    clearTimeout(last);
  });
});

describe('readKeyText with a terminal', () => {
  test.each([
    ['stdin', '-', 'standard input is a terminal'],
    ['file', '/dev/stdin', '/dev/stdin is a terminal, which would show the key'],
    ['file', '/dev/tty', '/dev/tty is a terminal, which would show the key'],
  ])('rejects it (%s %s)', async (kind, path, words) => {
    const terminal = openTerminal({ command: process.execPath, args: [reader, kind, path] });
    await terminal.waitFor(words);
    expect(await terminal.exit()).toEqual({ code: 0 });
  });
});

function namedPipe(name: string): string {
  const path = join(folder, name);
  expect(spawnSync('mkfifo', ['-m', '600', path]).status).toBe(0);
  return path;
}
