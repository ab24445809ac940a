import { describe, expect, test } from 'vitest';
import { FAR_REGION, KEYS, makeSecret, REGION, readAccount } from '../support/account.ts';
import { CHOICE, flagsWithout, openAccount, Q, STUDIO_KEY, startWizard, type Wizard } from './wizard.ts';

/** The questions that were answered, as they stay on the screen. */
const answered = (wizard: Wizard) => wizard.transcript().match(/^✔ .*/gm) ?? [];

describe('Esc in the setup wizard', () => {
  test.concurrent('goes back from the secret name to the source of a generated key', async () => {
    const wizard = startWizard(flagsWithout('--key-env', '--secret-name'));
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.generate);
    await wizard.goBack(Q.secretName);
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.waitFor(`? ${Q.key}`);
  });

  test.concurrent('goes back from each question to the one before, and keeps the answers before that', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard([], { sandbox });
    await wizard.reply(Q.account);
    await wizard.search(Q.region, 'ireland', FAR_REGION);
    await wizard.goBack(Q.keyType);
    await wizard.search(Q.region, 'oregon', REGION);
    await wizard.choose(Q.keyType, 'SRT');
    await wizard.goBack(Q.keyFrom);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.file);
    await wizard.goBack(Q.file);
    await wizard.choose(Q.keyFrom, CHOICE.generateOther);
    await wizard.goBack(Q.algorithm);
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.goBack(Q.key);
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.enter(Q.key, KEYS.aes128);
    await wizard.goBack(Q.keyAgain);
    await wizard.reply(Q.key, KEYS.aes192);
    await wizard.goBack(Q.secretName);
    await wizard.reply(Q.key, KEYS.aes256);
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.goBack(Q.names);
    await wizard.reply(Q.secretName, 'studio-b');
    await wizard.choose(Q.names, 'Change the policy name');
    await wizard.goBack(Q.policyName);
    await wizard.choose(Q.names, 'Change the role name');
    await wizard.reply(Q.roleName, 'MediaConnect-Keys');
    await wizard.choose(Q.names, 'Change the role name');
    await wizard.goBack(Q.roleName);
    // Esc at one of the names keeps the others.
    await wizard.waitFor(/^ {2}Role {4}MediaConnect-Keys /m);
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect(secrets).toMatchObject([
      { region: REGION, name: 'studio-b', values: { AWSCURRENT: KEYS.aes256 } },
    ]);
    expect([...policies, ...roles].map(({ name }) => name)).toEqual([
      'SecretsManagerForMediaConnect',
      'MediaConnect-Keys',
    ]);
    // A question that was left is erased.
    for (const question of [Q.file, Q.algorithm, Q.keyAgain, Q.policyName])
      expect(wizard.transcript()).not.toMatch(new RegExp(`^[?✔] ${question}`, 'm'));
  });

  test.concurrent('goes back from the lists of Regions and secrets', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'theirs' });
    const wizard = startWizard(flagsWithout('--region', '--key-env', '--secret-name'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.region, CHOICE.severalRegions);
    await wizard.goBack(Q.regions);
    await wizard.search(Q.region, 'oregon', REGION);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.existing);
    await wizard.goBack(Q.existing);
    await wizard.goBack(Q.keyFrom);
    await wizard.goBack(Q.keyType);
    await wizard.choose(Q.region, CHOICE.severalRegions);
    await wizard.tick(Q.regions, REGION, FAR_REGION);
    await wizard.choose(Q.keyType, 'Zixi');
    // A secret is in one Region, so it can't be used for two.
    await wizard.waitFor(`❯ ${CHOICE.typed}`);
    expect(wizard.screen()).not.toMatch(/^[❯ ] Use a secret/m);
    await wizard.choose(Q.keyFrom, CHOICE.generate);
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.waitFor(`create secret studio-a ${REGION}`);
    await wizard.waitFor(`create secret studio-a ${FAR_REGION}`);
  });

  test.concurrent('has no effect at the first question', async () => {
    const wizard = startWizard(flagsWithout('--region', '--secret-name'), { env: STUDIO_KEY });
    await wizard.waitFor(`? ${Q.region}`);
    await wizard.waitFor('⏎ select');
    expect(wizard.screen()).not.toContain('esc back');
    await wizard.type('ire');
    await wizard.waitFor(`❯ ${FAR_REGION}`);
    await wizard.pressEscInVain();
    expect(wizard.screen()).toContain(`? ${Q.region} ire`);
    await wizard.type('land');
    await wizard.waitFor(`? ${Q.region} ireland`);
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.secretName}`);
    await wizard.type('studio-b');
    // The question before is asked anew.
    await wizard.press('escape');
    await wizard.search(Q.region, 'virginia', 'us-east-1');
    await wizard.reply(Q.secretName, 'studio-c');
    await wizard.waitFor('create secret studio-c us-east-1');
    expect(answered(wizard)).toEqual([
      `✔ ${Q.region} ${FAR_REGION}`,
      `✔ ${Q.region} us-east-1`,
      `✔ ${Q.secretName} studio-c`,
    ]);
  });

  test.concurrent('has no effect on the selection in a list that is the first question', async () => {
    const wizard = startWizard(flagsWithout('--key-env'));
    await wizard.waitFor('❯ Zixi');
    await wizard.press('down');
    await wizard.waitFor('❯ SRT');
    await wizard.pressEscInVain();
    await wizard.press('enter');
    await wizard.waitFor(`? ${Q.keyFrom}`);
    expect(answered(wizard)).toEqual([`✔ ${Q.keyType} SRT source or output (SRT password)`]);
  });

  test.concurrent('has no effect at the question about the account, and does not lead back to it', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.waitFor(`? ${Q.account}`);
    await wizard.pressEscInVain();
    await wizard.type('y\r');
    await wizard.waitFor(`? ${Q.secretName}`);
    await wizard.type('stud');
    await wizard.pressEscInVain();
    await wizard.type('io-b\r');
    await wizard.waitFor('create secret studio-b ');
    expect(answered(wizard)).toEqual([`✔ ${Q.account} Yes`, `✔ ${Q.secretName} studio-b`]);
  });

  test.concurrent('leaves a question while its answer is checked', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--region', '--secret-name'), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.search(Q.region, 'oregon', REGION);
    await makeSecret(sandbox, { Name: 'theirs' });
    sandbox.addFault({ action: 'DescribeSecret', kind: 'delay', delayMs: 2_000 });
    await wizard.reply(Q.secretName, 'theirs');
    await wizard.press('escape');
    await wizard.search(Q.region, 'ireland', FAR_REGION);
    await wizard.waitFor(`? ${Q.secretName}`);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await wizard.reply(Q.secretName, 'studio-b');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).not.toContain('already exists');
  });
});

describe('"Change an answer" in the plan', () => {
  const change = async (wizard: Wizard, choice: string) => {
    await wizard.choose(Q.confirm, CHOICE.change);
    await wizard.choose(Q.whichAnswer, choice);
  };

  test.concurrent('changes each answer, keeps the others, and shows the new plan', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await change(wizard, 'Change the Region');
    await wizard.search(Q.region, 'ireland', FAR_REGION);
    await wizard.waitFor(`create secret studio-a ${FAR_REGION}`);
    await change(wizard, 'Change the key');
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.reply(Q.key, KEYS.other);
    await wizard.waitFor(`create secret studio-a ${FAR_REGION}`);
    await change(wizard, 'Change the secret name');
    await wizard.reply(Q.secretName, 'studio-b');
    await wizard.waitFor(`create secret studio-b ${FAR_REGION}`);
    await change(wizard, 'Change the policy name');
    await wizard.waitFor(`? ${Q.policyName} (ReadKeys)`);
    await wizard.reply(Q.policyName, 'ReadOthers');
    await wizard.waitFor('create policy ReadOthers');
    await change(wizard, 'Change the role name');
    await wizard.waitFor(`? ${Q.roleName} (MediaConnect-Keys)`);
    await wizard.reply(Q.roleName, 'MediaConnect-Others');
    await wizard.waitFor('create role MediaConnect-Others');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect(secrets).toMatchObject([
      { region: FAR_REGION, name: 'studio-b', values: { AWSCURRENT: KEYS.other } },
    ]);
    expect(policies).toMatchObject([{ name: 'ReadOthers' }]);
    expect(roles).toMatchObject([{ name: 'MediaConnect-Others', attached: ['ReadOthers'] }]);
  });

  test.concurrent('goes back with Esc from each answer to the list, and from there to the plan', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.choose(Q.confirm, CHOICE.change);
    for (const [choice, question] of [
      ['Change the Region', Q.region],
      ['Change the key', Q.keyType],
      ['Change the secret name', Q.secretName],
      ['Change the policy name', Q.policyName],
      ['Change the role name', Q.roleName],
    ] as const) {
      await wizard.choose(Q.whichAnswer, choice);
      await wizard.goBack(question);
    }
    await wizard.goBack(Q.whichAnswer);
    // Esc at the plan leads to the list too.
    await wizard.goBack(Q.confirm);
    await wizard.goBack(Q.whichAnswer);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect(secrets).toMatchObject([
      { region: REGION, name: 'studio-a', values: { AWSCURRENT: KEYS.aes256 } },
    ]);
    expect([...policies, ...roles].map(({ name }) => name)).toEqual(['ReadKeys', 'MediaConnect-Keys']);
  });

  test.concurrent('offers no key and no name for a secret that exists already, and can replace it by a new one', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'theirs' });
    const wizard = startWizard(flagsWithout('--key-env', '--secret-name'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.existing);
    await wizard.choose(Q.existing, 'theirs');
    await wizard.choose(Q.confirm, CHOICE.change);
    await wizard.waitFor('❯ Change the Region');
    expect(wizard.screen()).not.toMatch(/Change the (key|secret name)/);
    await wizard.choose(Q.whichAnswer, 'Change the Region');
    await wizard.search(Q.region, 'oregon', REGION);
    await wizard.choose(Q.keyFrom, CHOICE.generate);
    await wizard.reply(Q.secretName, 'studio-b');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    expect(secrets.map(({ name }) => name)).toEqual(['studio-b', 'theirs']);
  });

  test.concurrent('does not replace another secret because one was to be replaced', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'studio-a', SecretString: KEYS.other });
    await makeSecret(sandbox, { Name: 'studio-a', SecretString: KEYS.other, region: FAR_REGION });
    const before = await readAccount(sandbox);
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.choose(Q.conflict, 'Replace it with your key');
    await change(wizard, 'Change the Region');
    await wizard.search(Q.region, 'ireland', FAR_REGION);
    await wizard.choose(Q.conflict, 'Quit without changes');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(await readAccount(sandbox)).toEqual(before);
  });
});
