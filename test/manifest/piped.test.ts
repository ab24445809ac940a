import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { Interrupted } from '../../src/failure.ts';
import { readManifest } from '../../src/manifest/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { KEYS } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { program, run, runCommand } from '../support/runs/run.ts';
import { openTerminal } from '../support/terminal/terminal.ts';
import { entries, manifestFolder, STUDIO } from './manifests.ts';

const FROM_FILE = 'secretName: studio-a\nregions: [us-west-2]\nkey: { file: studio.key }';

/** Prepares a run of a command in its own folder, with a manifest that the shell passes as `<(…)`. */
async function piped(name: string, manifest: string, command: string) {
  const cwd = join(realpathSync(manifestFolder()), name);
  mkdirSync(cwd, { recursive: true });
  const script = `"$0" "$1" ${command} --manifest <(printf %s "$2")`;
  const sandbox = await startSandbox();
  closing(() => sandbox.close());
  const run = () =>
    runCommand('bash', ['-c', script, process.execPath, program, manifest], { cwd, env: sandbox.env });
  return { cwd, run };
}

describe('a manifest from a process substitution', () => {
  test.concurrent('finds key files in the current folder and is called FILE in printed commands', async () => {
    const { cwd, run } = await piped('good', entries(FROM_FILE), 'verify');
    writeFileSync(join(cwd, 'studio.key'), KEYS.aes256, { mode: 0o644 });
    const { stdout, stderr } = await run();
    expect(stderr.replace(/\s+/g, ' ')).toContain(`chmod 600 ${cwd}/studio.key`);
    expect(stdout).toContain('mc-static-key setup --manifest FILE');
    expect(stdout + stderr).not.toContain('--manifest /dev/fd');
  });

  test.concurrent('names the folder in which a key file is missing', async () => {
    const { cwd, run } = await piped('missing', entries(FROM_FILE), 'setup --yes');
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`key.file: file not found in ${cwd}.`);
  });
});

const WRONG = 'version: 1\nkeys: 5\nacount: "111122223333"\n';

describe('a manifest without a path', () => {
  test.concurrent('is called "the manifest" in messages when it is a process substitution', async () => {
    const { run: runPiped } = await piped('names', WRONG, 'verify');
    const { code, stderr } = await runPiped();
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✖ 2 errors in the manifest:/);
    expect(stderr).toContain('the manifest:2:7: keys must be a list');
    expect(stderr).not.toContain('/dev/fd');
  });

  test.concurrent.each(['-', '/dev/stdin', '/dev/fd/0'])(
    'is called "standard input" in messages: %s',
    async (path) => {
      const { code, stderr } = await run(['verify', '--manifest', path], { stdin: WRONG });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^✖ 2 errors in standard input:/);
      expect(stderr).toContain('standard input:2:7: keys must be a list');
    },
  );
});

test('setup reads a manifest from standard input and asks no question', async () => {
  const { code, stdout } = await run(['setup', '--sandbox', '--json', '--manifest', '-'], {
    stdin: entries(STUDIO),
  });
  expect(code, stdout).toBe(0);
});

describe('a manifest from a pipe that stays open', () => {
  const pipeAt = (name: string) => {
    const path = join(manifestFolder(), name);
    execFileSync('mkfifo', [path]);
    return path;
  };

  test('is reported once as awaited, and read when it ends', async () => {
    const path = pipeAt('late');
    const onWait = vi.fn(() => void writeFile(path, entries(STUDIO)));
    const { keys } = await readManifest(path, { onWait });
    expect(keys).toHaveLength(1);
    expect(onWait).toHaveBeenCalledExactlyOnceWith(path);
  });

  test('can be interrupted', async () => {
    const interrupt = AbortSignal.timeout(50);
    await expect(readManifest(pipeAt('never'), { interrupt })).rejects.toBeInstanceOf(Interrupted);
  });

  test.concurrent('is reported in a terminal, and Ctrl-C ends the wait', async () => {
    const command = `sleep 60 | "$0" "$1" verify --sandbox --manifest -`;
    const terminal = openTerminal({ command: 'bash', args: ['-c', command, process.execPath, program] });
    try {
      await terminal.waitFor('Waiting for the end of the manifest from standard input.', 10_000);
      await terminal.press('ctrl-c');
      expect(await terminal.exit()).toEqual({ code: 130 });
      expect(terminal.transcript()).toContain('Interrupted.');
    } finally {
      terminal.kill();
    }
  });

  const interrupted = (path: string, args: string[], signal: NodeJS.Signals) =>
    run([...args, '--manifest', path], {
      onStart: async (child) => {
        // This waits until the program has opened the pipe.
        const file = await open(path, 'w');
        child.once('close', () => void file.close());
        child.kill(signal);
      },
    });

  test.concurrent.each<[string, string[], NodeJS.Signals, number]>([
    ['verify', ['verify'], 'SIGINT', 130],
    ['setup', ['setup', '--yes'], 'SIGTERM', 143],
    ['permissions', ['permissions', 'setup'], 'SIGINT', 130],
  ])('ends %s with a JSON document on a signal', async (name, args, signal, exit) => {
    const { code, stdout, stderr } = await interrupted(pipeAt(`json-${name}`), [...args, '--json'], signal);
    expect([code, JSON.parse(stdout)], stderr).toEqual([
      exit,
      expect.objectContaining({ error: expect.objectContaining({ code: 'interrupted' }) }),
    ]);
    expect(stderr).toContain('Interrupted.');
  });

  test.concurrent('is not reported without a terminal', async () => {
    const command = `(sleep 2; echo) | "$0" "$1" verify --sandbox --manifest -`;
    const { stderr } = await runCommand('bash', ['-c', command, process.execPath, program]);
    expect(stderr).not.toContain('Waiting');
  });

  test.concurrent('is rejected at once when standard input is the terminal', async () => {
    const args = [program, 'verify', '--sandbox', '--manifest', '-'];
    const terminal = openTerminal({ command: process.execPath, args });
    expect(await terminal.exit(10_000)).toEqual({ code: 2 });
    expect(terminal.transcript()).toContain('standard input is a terminal');
  });
});
