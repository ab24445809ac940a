import { describe, expect, test, vi } from 'vitest';
import { KEYS, writesTo } from '../support/account.ts';
import { flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from './wizard.ts';

const CTRL_Z = '\x1a';

/** What a shell expects of its terminal: lines, their echo, and Ctrl-C as a signal. */
const isAsBefore = (wizard: Wizard) => {
  const [, state = ''] = wizard
    .transcript()
    .split(/^speed/m)
    .slice(-2);
  expect(state).toMatch(/\bisig icanon\b[\s\S]*\becho\b/);
  expect(state).not.toMatch(/-isig|-icanon|-echo\b/);
  expect(wizard.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(wizard.raw().lastIndexOf('\x1b[?25l'));
};

/** Stops the program, looks at the terminal, and continues it. */
async function stopAndContinue(wizard: Wizard, stop = () => wizard.type(CTRL_Z)) {
  await stop();
  await wizard.waitFor('[stopped]');
  isAsBefore(wizard);
  await wizard.press('enter');
}

const start = (missing: Parameters<typeof flagsWithout>, through?: string[]) =>
  startWizard(flagsWithout(...missing), { env: STUDIO_KEY, asJob: true, ...(through ? { through } : {}) });

describe('Ctrl-Z at a question gives the terminal to the shell, and fg asks the question again', () => {
  test.concurrent('at a text, which keeps what was typed, as often as wanted', async () => {
    const wizard = start(['--role-name']);
    await wizard.reply(Q.account);
    await wizard.waitFor(`? ${Q.roleName}`);
    await wizard.type('\x15Medi');
    await stopAndContinue(wizard);
    await wizard.waitFor(`? ${Q.roleName} Medi`);
    await stopAndContinue(wizard);
    await wizard.waitFor(`? ${Q.roleName} Medi`);
    await wizard.type('aKeys\r');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).toContain('role/MediaKeys');
    isAsBefore(wizard);
  });

  test.concurrent('at a list, which keeps what was chosen', async () => {
    const wizard = start([]);
    await wizard.reply(Q.account);
    await wizard.waitFor('❯ Yes');
    await wizard.press('down');
    await wizard.waitFor('❯ Show');
    await stopAndContinue(wizard);
    await wizard.waitFor('❯ Show');
    await wizard.press('down');
    await wizard.press('enter');
    expect(await wizard.exit()).toEqual({ code: 130 });
    isAsBefore(wizard);
  });

  test.concurrent.for([
    { how: 'a shell script', through: ['sh', '-c', '"$@"; exit $?', 'sh'] },
    {
      how: 'a program of Node.js, as with npm start',
      through: [
        process.execPath,
        '-e',
        "process.exit(require('child_process').spawnSync(process.argv[1], process.argv.slice(2), { stdio: 'inherit' }).status)",
      ],
    },
  ])('when the program runs below $how', async ({ through }) => {
    const wizard = start([], through);
    await wizard.waitFor(`? ${Q.account}`);
    await stopAndContinue(wizard);
    await wizard.reply(Q.account, 'n');
    expect(await wizard.exit()).toEqual({ code: 130 });
    isAsBefore(wizard);
  });

  test.concurrent('at once when nothing could continue the program', async () => {
    const wizard = startWizard(flagsWithout('--role-name'), { env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.waitFor(`? ${Q.roleName}`);
    await wizard.type(`\x15Medi${CTRL_Z}`);
    await wizard.waitFor(`? ${Q.roleName} Medi`);
    await wizard.type('aKeys\r');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
  });
});

describe('a question that is hidden stays hidden after a stop', () => {
  const key = KEYS.aes256;
  /** The number of the job, and of its first process. */
  const numberOf = (wizard: Wizard) => Number(/^process (\d+)/m.exec(wizard.transcript())?.[1]);

  test.concurrent.for([
    { how: 'Ctrl-Z', stop: (wizard: Wizard) => wizard.type(CTRL_Z) },
    ...(['SIGTSTP', 'SIGSTOP'] as const).flatMap((signal) => [
      { how: signal, stop: async (wizard: Wizard) => void process.kill(numberOf(wizard), signal) },
      {
        how: `${signal} to the whole job, whose other process gives the terminal away at once`,
        through: ['sh', '-c', '"$@"; exit $?', 'sh'],
        stop: async (wizard: Wizard) => void process.kill(-numberOf(wizard), signal),
      },
    ]),
  ])('by $how', async ({ stop, ...more }) => {
    const wizard = start(['--key-env'], 'through' in more ? more.through : undefined);
    await wizard.waitFor(`? ${Q.account}`);
    await stopAndContinue(wizard);
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi or an entitlement');
    await wizard.choose(Q.keyFrom, 'I paste or type it');
    await wizard.waitFor(`? ${Q.key}`);
    await wizard.type(key.slice(0, 10));
    await wizard.waitFor(`? ${Q.key} ${'*'.repeat(10)}`);
    await stopAndContinue(wizard, () => stop(wizard));
    await wizard.waitFor(`? ${Q.key} ${'*'.repeat(10)}`);
    await wizard.type(`${key.slice(10)}\r`);
    await wizard.reply(Q.keyAgain, key);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.raw()).not.toContain(key.slice(10));
    isAsBefore(wizard);
  });
});

test.concurrent('a stop while the program works gives the cursor back, and the work goes on with fg', async () => {
  const sandbox = await openAccount();
  sandbox.addFault({ action: 'CreateSecret', kind: 'delay', delayMs: 1_500 });
  const wizard = startWizard(flagsWithout(), { env: STUDIO_KEY, asJob: true, sandbox });
  await wizard.reply(Q.account);
  await wizard.choose(Q.confirm, 'Yes');
  await vi.waitFor(() => expect(writesTo(sandbox)).toEqual(['secretsmanager:CreateSecret']), 5_000);
  await stopAndContinue(wizard);
  expect(await wizard.exit(10_000)).toEqual({ code: 0 });
  isAsBefore(wizard);
});
