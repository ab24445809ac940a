import { describe, expect, test } from 'vitest';
import { readAccount } from '../support/account.ts';
import {
  CHOICE,
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
      expect(shown(wizard).includes('--yes to apply the plan')).toBe(flags[0] !== '--yes');
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
    await wizard.waitFor(`? ${Q.confirm}`);
  });
});

describe('a limited terminal', () => {
  test.concurrent.for([
    { how: 'NO_COLOR', flags: [], env: { NO_COLOR: '1' } },
    { how: '--no-color', flags: ['--no-color'], env: { FORCE_COLOR: '1' } },
    { how: 'TERM=dumb', flags: [], env: { TERM: 'dumb' } },
  ])('gets no color with $how', async ({ flags, env }) => {
    const wizard = startWizard([...flagsWithout('--region', '--secret-name', '--role-name'), ...flags], {
      env: { ...STUDIO_KEY, ...env },
    });
    await wizard.choose(Q.region, CHOICE.severalRegions);
    await wizard.waitFor(`? ${Q.regions}`);
    await wizard.press('enter');
    await wizard.waitFor('✖ Choose at least 1 Region with the space bar.');
    await wizard.press('space');
    await wizard.press('enter');
    await wizard.reply(Q.secretName, 'not a name');
    await wizard.waitFor('✖ The name must be 1–512 characters');
    // A dumb terminal cannot erase what was typed, so the wizard starts from an empty answer.
    await wizard.type(`${env.TERM === 'dumb' ? '' : '\x15'}studio-b\r`);
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(shown(wizard)).toContain('create secret studio-b');
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
    await wizard.waitFor('Yes, apply it');
    await wizard.press('enter');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.raw().length).toBeLessThan(100_000);
  });

  test.concurrent('gets questions, choices and answers wrapped between words at 40 columns', async () => {
    const wizard = startWizard(flagsWithout('--region', '--key-env', '--policy-name'), { columns: 40 });
    await wizard.choose(Q.region, CHOICE.severalRegions);
    await wizard.waitFor(`? ${Q.regions}`);
    await wizard.waitFor('submit');
    expect(wizard.screen()).toMatch(/^↑↓ navigate • space select • a all • i$\n^invert • ⏎ submit/m);
    await wizard.tick(Q.regions, 'us-east-1', 'us-east-2', 'eu-west-1');
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.waitFor('manager of the source.');
    const question = wizard.screen().split('\n');
    await wizard.choose(Q.keyFrom, 'Generate a random key (AES-256)');
    await wizard.choose(Q.names, 'Change the policy name');
    await wizard.reply(Q.policyName, 'ReadTheKeysOfTheStudioFlows');
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    // The hint below the question, until it is answered.
    expect(question).toContain('  Sender and receiver must use the same');
    expect(question).toContain('  manager of the source.');
    expect(wizard.transcript()).not.toContain('Sender and receiver');
    const lines = wizard.transcript().split('\n');
    expect(lines).toContain('✔ Which Regions are your flows in?');
    expect(lines).toContain('  us-east-1, us-east-2, eu-west-1');
    expect(lines).toContain('✔ What will use this key? Zixi source or');
    expect(lines).toContain('  output, or an entitlement (static key)');
    expect(lines).toContain('✔ Policy name');
    expect(lines).toContain('  ReadTheKeysOfTheStudioFlows');
  });

  test.concurrent('gets sentences wrapped between words at 40 columns', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--secret-name', '--policy-name', '--role-name'), {
      sandbox,
      env: STUDIO_KEY,
      columns: 40,
    });
    await wizard.reply(Q.account);
    await wizard.reply(Q.secretName, 'not a name');
    await wizard.waitFor('✖ The name must be 1–512 characters');
    const question = wizard.screen();
    await wizard.type('\x15studio-b\r');
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const prose = `${question}\n${wizard.transcript()}`
      .split('\n')
      .filter((line) => !/arn:|[{}]|aws mediaconnect/.test(line));
    expect(prose.filter((line) => line.length > 40)).toEqual([]);
  });
});
