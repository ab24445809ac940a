import { expect, test } from 'vitest';
import { closing } from '../support/closing.ts';
import { program } from '../support/runs/run.ts';
import { setUp } from '../support/runs/setup.ts';
import { openTerminal } from '../support/terminal/terminal.ts';
import { openAccount } from './wizard.ts';

test('rotate in a terminal checks a new SRT password as a password, not as a static key', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox, { key: 'first password', keyType: 'srt-password' });
  const terminal = openTerminal({
    command: process.execPath,
    args: [program, 'rotate', '--secret-name', 'studio-a'],
    env: { ...sandbox.env, AWS_REGION: 'us-west-2' },
  });
  closing(() => terminal.kill());
  await terminal.waitFor('Use this account?');
  await terminal.press('enter');
  await terminal.waitFor('❯ Paste or type it');
  await terminal.press('enter');
  // The program takes text that arrives at once for a paste, which it doesn't ask for again.
  await terminal.waitFor('? SRT password');
  await terminal.type('second password\r');
  // The default choice changes nothing.
  await terminal.waitFor('❯ No, quit without changes');
  await terminal.press('down');
  await terminal.waitFor('❯ Yes, apply it');
  await terminal.press('enter');
  const { code } = await terminal.exit(10_000);
  expect(code, terminal.transcript()).toBe(0);
  expect(terminal.transcript()).toContain('✔ Key rotated.');
  expect(terminal.transcript()).not.toContain('Confirm SRT password');
});
