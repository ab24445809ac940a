import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { KEYS } from '../support/account.ts';
import { closing } from '../support/closing.ts';
import { baseEnv, program } from '../support/runs/run.ts';

const ARGS = ['setup', '--sandbox', '--secret-name', 'studio-a', '--region', 'us-west-2', '--key-file'];

/** Starts a run that waits for its key. */
function start(
  command: string,
  args: string[],
): { child: ChildProcess; said: () => string; code: Promise<number> } {
  const child = spawn(command, args, { env: baseEnv() });
  closing(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  return { child, said: () => said, code: once(child, 'close').then(([code]) => code) };
}

const saysThatItWaits = (said: () => string, source: string) =>
  vi.waitFor(() => expect(said()).toContain(`Waiting for the key from ${source}`), 10_000);

describe('a run that waits for the key', () => {
  test.concurrent('says that it reads standard input, and ends with one Ctrl-C', async () => {
    const { child, said, code } = start(process.execPath, [program, ...ARGS, '-']);
    await saysThatItWaits(said, 'standard input');
    child.kill('SIGINT');
    expect(await code).toBe(130);
    expect(said()).toMatch(/Interrupted\.\nNothing was changed\.\n$/);
  });

  test.concurrent('continues when the key arrives', async () => {
    const { child, said, code } = start(process.execPath, [program, ...ARGS, '-', '--json']);
    await saysThatItWaits(said, 'standard input');
    child.stdin?.end(`${KEYS.aes256}\n`);
    expect(await code).toBe(0);
  });

  test.concurrent('names another pipe that it reads from', async () => {
    const { said, code } = start('bash', [
      '-c',
      '"$@" <(sleep 8)',
      'bash',
      process.execPath,
      program,
      ...ARGS,
    ]);
    await saysThatItWaits(said, '/dev/fd/');
    expect(await code).toBe(2);
  });
});
