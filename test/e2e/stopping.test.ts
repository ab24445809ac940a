import { describe, expect, test, vi } from 'vitest';
import { KEYS, writesTo } from '../support/account.ts';
import { CHOICE, flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from './wizard.ts';

const CTRL_Z = '\x1a';

/** Expects the terminal state that a shell needs: line mode, echo, Ctrl-C as a signal, and the cursor. */
const isAsBefore = (wizard: Wizard) => {
  const [, state = ''] = wizard
    .transcript()
    .split(/^speed/m)
    .slice(-2);
  expect(state).toMatch(/\bisig icanon\b[\s\S]*\becho\b/);
  expect(state).not.toMatch(/-isig|-icanon|-echo\b/);
  expect(wizard.raw().lastIndexOf('\x1b[?25h')).toBeGreaterThan(wizard.raw().lastIndexOf('\x1b[?25l'));
};

/** Suspends the program, checks the terminal, and continues it. */
async function stopAndContinue(wizard: Wizard, stop = () => wizard.type(CTRL_Z)) {
  await stop();
  await wizard.waitFor('[stopped]');
  isAsBefore(wizard);
  await wizard.press('enter');
}

const start = (missing: Parameters<typeof flagsWithout>, through?: string[]) =>
  startWizard(flagsWithout(...missing), { env: STUDIO_KEY, asJob: true, ...(through ? { through } : {}) });

describe('Ctrl-Z at a question', () => {
  test.concurrent('gives the terminal back, and fg repeats a text question with what was typed, each time', async () => {
    const wizard = start(['--secret-name']);
    await wizard.waitFor(`? ${Q.secretName}`);
    await wizard.type('stud');
    await stopAndContinue(wizard);
    await wizard.waitFor(`? ${Q.secretName} stud`);
    await stopAndContinue(wizard);
    await wizard.waitFor(`? ${Q.secretName} stud`);
    await wizard.type('io-b\r');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).toContain(':secret:studio-b-');
    isAsBefore(wizard);
  });

  test.concurrent('gives the terminal back, and fg repeats a list with the same line selected', async () => {
    const wizard = start([]);
    await wizard.waitFor('❯ Yes');
    await wizard.press('down');
    await wizard.waitFor('❯ Show');
    await stopAndContinue(wizard);
    await wizard.waitFor('❯ Show');
    await wizard.press('down');
    await wizard.waitFor('❯ Change');
    await wizard.press('down');
    await wizard.press('enter');
    expect(await wizard.exit()).toEqual({ code: 130 });
    isAsBefore(wizard);
  });

  test.concurrent.for([
    { how: 'a shell script', through: ['sh', '-c', '"$@"; exit $?', 'sh'] },
    {
      how: 'a Node.js program, as with npm start',
      through: [
        process.execPath,
        '-e',
        "process.exit(require('child_process').spawnSync(process.argv[1], process.argv.slice(2), { stdio: 'inherit' }).status)",
      ],
    },
  ])('gives the terminal back when the program runs under $how', async ({ through }) => {
    const wizard = start([], through);
    await wizard.waitFor(`? ${Q.confirm}`);
    await stopAndContinue(wizard);
    await wizard.choose(Q.confirm, 'No');
    expect(await wizard.exit()).toEqual({ code: 130 });
    isAsBefore(wizard);
  });

  test.concurrent('repeats the question at once when no shell could continue the program', async () => {
    const wizard = startWizard(flagsWithout('--secret-name'), { env: STUDIO_KEY });
    await wizard.waitFor(`? ${Q.secretName}`);
    await wizard.type(`stud${CTRL_Z}`);
    await wizard.waitFor(`? ${Q.secretName} stud`);
    await wizard.type('io-b\r');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
  });
});

describe('a question with hidden input', () => {
  const key = KEYS.aes256;
  /** The process group ID of the job, which is also the ID of its first process. */
  const numberOf = (wizard: Wizard) => Number(/^process (\d+)/m.exec(wizard.transcript())?.[1]);

  test.concurrent.for([
    { how: 'Ctrl-Z', stop: (wizard: Wizard) => wizard.type(CTRL_Z) },
    ...(['SIGTSTP', 'SIGSTOP'] as const).flatMap((signal) => [
      { how: signal, stop: async (wizard: Wizard) => void process.kill(numberOf(wizard), signal) },
      {
        how: `${signal} to the whole job, in which a shell gives the terminal back at once`,
        through: ['sh', '-c', '"$@"; exit $?', 'sh'],
        stop: async (wizard: Wizard) => void process.kill(-numberOf(wizard), signal),
      },
    ]),
  ])('stays hidden after $how', async ({ stop, ...more }) => {
    const wizard = start(['--key-env'], 'through' in more ? more.through : undefined);
    await wizard.waitFor(`? ${Q.keyType}`);
    await stopAndContinue(wizard);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.waitFor(`? ${Q.key}`);
    await wizard.type(key.slice(0, 10));
    await wizard.waitFor(`? ${Q.key} ${'*'.repeat(10)}`);
    await stopAndContinue(wizard, () => stop(wizard));
    await wizard.waitFor(`? ${Q.key} ${'*'.repeat(10)}`);
    await wizard.type(`${key.slice(10)}\r`);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.raw()).not.toContain(key.slice(10));
    isAsBefore(wizard);
  });
});

test.concurrent('Ctrl-Z during a change gives the cursor back, and fg continues the change', async () => {
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
