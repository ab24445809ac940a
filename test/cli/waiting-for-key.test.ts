import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { baseEnv, program } from '../support/run.ts';

const ARGS = ['setup', '--secret-name', 'studio-a', '--region', 'us-west-2', '--yes', '--key-file', '-'];

it('one Ctrl-C ends a run that waits for the key on standard input', async () => {
  // A signal that comes before the program listens ends it as it would end any; then it is tried again, later.
  for (const delay of [500, 1500, 4500]) {
    const { code, said } = await interruptAfter(delay);
    if (code === null) continue;
    expect({ code, said }).toEqual({ code: 130, said: 'Interrupted.\nNothing was changed.\n' });
    return;
  }
  expect.unreachable('the program never listened to Ctrl-C');
});

async function interruptAfter(delayMs: number): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [program, ...ARGS], { env: baseEnv() });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const ended = once(child, 'close');
  await sleep(delayMs);
  child.kill('SIGINT');
  const [code] = await ended;
  return { code, said };
}
