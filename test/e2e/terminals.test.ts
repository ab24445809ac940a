import { describe, expect, test } from 'vitest';
import { readAccount } from '../support/account.ts';
import {
  flagsWithout,
  openAccount,
  Q,
  STUDIO_KEY,
  shown,
  startWizard,
  type Wizard,
  type WizardOptions,
} from './wizard.ts';

const askedNothing = (wizard: Wizard) => {
  const questions = Object.values(Q).filter((question) => shown(wizard).includes(`? ${question}`));
  expect(questions).toEqual([]);
};

describe('setup in a terminal, with flags missing', () => {
  const cases: { how: string; flags?: string[]; options?: WizardOptions }[] = [
    { how: '--yes', flags: ['--yes'] },
    { how: '--no-input', flags: ['--no-input'] },
    { how: '--json', flags: ['--json'] },
    { how: 'CI=true', options: { env: { CI: 'true' } } },
    ...Object.entries({
      JENKINS_URL: 'https://jenkins.example.com/',
      TF_BUILD: 'True',
      CODEBUILD_BUILD_ID: 'studio:b1',
      TEAMCITY_VERSION: '2025.11',
      bamboo_planKey: 'STUDIO',
      GO_PIPELINE_NAME: 'studio',
    }).map(([name, value]) => ({ how: `${name}, as in a CI system`, options: { env: { [name]: value } } })),
    { how: 'MC_STATIC_KEY_NO_INPUT=1', options: { env: { MC_STATIC_KEY_NO_INPUT: '1' } } },
    { how: 'redirected standard input', options: { redirect: '< /dev/null' } },
    // The process that copies it may end later than the program.
    { how: 'redirected standard error', options: { redirect: '2> >(cat)', afterwards: 'wait $!' } },
  ];

  test.concurrent.for(cases)(
    'asks nothing and names all missing flags with $how',
    async ({ flags = [], options }) => {
      const sandbox = await openAccount();
      const wizard = startWizard(flags, { sandbox, ...options });
      expect(await wizard.exit()).toEqual({ code: 2 });
      askedNothing(wizard);
      for (const missing of ['--secret-name NAME', '--region REGION', '--key-file PATH']) {
        expect(shown(wizard)).toContain(missing);
      }
      expect(shown(wizard).includes('--yes to carry out the plan')).toBe(flags[0] !== '--yes');
      expect(sandbox.requests).toEqual([]);
    },
  );
});

describe('setup in a terminal, with all flags given', () => {
  test.concurrent('asks nothing and completes with --yes', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard([...flagsWithout(), '--yes'], { sandbox, env: STUDIO_KEY });
    expect(await wizard.exit()).toEqual({ code: 0 });
    askedNothing(wizard);
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect([secrets.length, policies.length, roles.length]).toEqual([1, 1, 1]);
  });

  test.concurrent('asks questions with CI=false', async () => {
    const wizard = startWizard(flagsWithout(), { env: { ...STUDIO_KEY, CI: 'false' } });
    await wizard.waitFor(`? ${Q.account}`);
  });
});

describe('a limited terminal', () => {
  test.concurrent.for([
    { how: 'NO_COLOR', flags: [], env: { NO_COLOR: '1' } },
    { how: '--no-color', flags: ['--no-color'], env: { FORCE_COLOR: '1' } },
    { how: 'TERM=dumb', flags: [], env: { TERM: 'dumb' } },
  ])('gets no color with $how', async ({ flags, env }) => {
    const wizard = startWizard([...flagsWithout('--role-name'), ...flags], {
      env: { ...STUDIO_KEY, ...env },
    });
    await wizard.reply(Q.account);
    await wizard.reply(Q.roleName, 'not a name');
    await wizard.waitFor('> The name takes 1 to 64 letters');
    // A dumb terminal cannot erase what was typed, so the wizard starts from an empty answer.
    await wizard.type(`${env.TERM === 'dumb' ? '' : '\x15'}MediaConnect-Keys\r`);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(shown(wizard)).toContain('create role MediaConnect-Keys');
    expect(
      wizard
        .raw()
        .split('\x1b[')
        .filter((sequence) => /^[\d;]*m/.test(sequence)),
    ).toEqual([]);
  });

  test.concurrent.for(['0', '5'])('can have %s columns', async (columns) => {
    const wizard = startWizard(flagsWithout(), {
      env: STUDIO_KEY,
      through: ['bash', '-c', `stty cols ${columns} rows ${columns}; exec "$@"`, 'bash'],
    });
    await wizard.waitFor('Go on');
    await wizard.press('enter');
    await wizard.waitFor('Yes, carry it out');
    await wizard.press('enter');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.raw().length).toBeLessThan(100_000);
  });

  test.concurrent('gets questions, choices and answers wrapped between words at 40 columns', async () => {
    const wizard = startWizard(flagsWithout('--key-env', '--role-description'), { columns: 40 });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, 'Make a new');
    await wizard.choose(Q.algorithm, 'aes256');
    await wizard.reply(Q.roleDescription, '\x15Reads the encryption keys of the studio flows');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const lines = wizard.transcript().split('\n');
    expect(lines).toContain('✔ What will use the key? Zixi or an');
    expect(lines).toContain('  entitlement: static key');
    expect(lines).toContain('  encryption keys of the studio flows');
  });

  test.concurrent('gets sentences wrapped between words at 40 columns', async () => {
    const wizard = startWizard(flagsWithout('--role-name'), { env: STUDIO_KEY, columns: 40 });
    await wizard.reply(Q.account);
    await wizard.reply(Q.roleName, 'not a name');
    await wizard.waitFor('> The name takes 1 to 64 letters');
    await wizard.type('\x15\r');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const prose = wizard
      .transcript()
      .split('\n')
      .filter((line) => !/arn:|[{}]|aws mediaconnect/.test(line));
    expect(prose.filter((line) => line.length > 40)).toEqual([]);
  });
});
