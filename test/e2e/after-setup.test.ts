import { expect, test } from 'vitest';
import { KEYS, readAccount, writesTo } from '../support/account.ts';
import { feeds, manifestFile, setUpAll } from '../support/runs/manifest.ts';
import { setUp } from '../support/runs/setup.ts';
import { CHOICE, openAccount, Q, STUDIO_KEY, shown, startWizard } from './wizard.ts';

const near = { AWS_REGION: 'us-west-2' };
const confirmName = 'Type studio-a to confirm';

test.concurrent('rotate in a terminal asks for the secret and the new key, and stores it after confirmation', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox);
  const wizard = startWizard([], { command: 'rotate', sandbox, env: near });
  await wizard.reply(Q.account);
  await wizard.choose(Q.existing, 'studio-a');
  // No question about the key type: the tag of the secret has it.
  await wizard.choose(Q.keyFrom, CHOICE.typed);
  await wizard.reply(Q.key, KEYS.other);
  await wizard.waitFor('Running streams stop until both ends use the new key');
  await wizard.choose(Q.confirm, 'Yes');
  expect(await wizard.exit()).toEqual({ code: 0 });
  expect(shown(wizard)).toContain('Verified: MediaConnect can assume role MediaConnect-ASM');
  expect(wizard.raw()).not.toContain(KEYS.other);
  const { secrets } = await readAccount(sandbox);
  expect(secrets).toMatchObject([{ values: { AWSCURRENT: KEYS.other, AWSPREVIOUS: KEYS.aes256 } }]);
});

test.concurrent('rotate goes back one question about the key with Esc', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox);
  const flags = ['--secret-name', 'studio-a'];
  const wizard = startWizard(flags, { command: 'rotate', sandbox, env: near });
  await wizard.reply(Q.account);
  // The first of the questions has none before it.
  await wizard.waitFor(`? ${Q.keyFrom}`);
  await wizard.pressEscInVain();
  await wizard.pick(CHOICE.file);
  await wizard.goBack(Q.file);
  await wizard.choose(Q.keyFrom, CHOICE.generateOther);
  await wizard.goBack(Q.algorithm);
  await wizard.choose(Q.keyFrom, CHOICE.typed);
  await wizard.enter(Q.key, KEYS.aes128);
  await wizard.goBack(Q.keyAgain);
  await wizard.reply(Q.key, KEYS.other);
  await wizard.choose(Q.confirm, 'Yes');
  expect(await wizard.exit()).toEqual({ code: 0 });
  const { secrets } = await readAccount(sandbox);
  expect(secrets).toMatchObject([{ values: { AWSCURRENT: KEYS.other, AWSPREVIOUS: KEYS.aes256 } }]);
});

test.concurrent('rotate changes nothing when Ctrl-C is pressed at the plan', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox, { key: KEYS.other });
  sandbox.clearRequests();
  const flags = ['--secret-name', 'studio-a', '--key-env', 'STUDIO_KEY'];
  const wizard = startWizard(flags, {
    command: 'rotate',
    sandbox,
    env: { ...near, ...STUDIO_KEY },
    columns: 40,
  });
  await wizard.reply(Q.account);
  await wizard.waitFor(`? ${Q.confirm}`);
  await wizard.press('ctrl-c');
  expect(await wizard.exit()).toEqual({ code: 130 });
  expect(wizard.transcript()).toContain('Interrupted.\nNothing was changed.');
  expect(writesTo(sandbox)).toEqual([]);
});

test.concurrent('teardown in a terminal requires the exact name of the secret as confirmation', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox);
  sandbox.clearRequests();
  const wizard = startWizard(['--secret-name', 'studio-a'], { command: 'teardown', sandbox, env: near });
  await wizard.reply(Q.account);
  await wizard.waitFor(`? ${confirmName}`);
  expect(writesTo(sandbox)).toEqual([]);
  await wizard.insist(
    confirmName,
    [
      ['yes', "Doesn't match. Type studio-a"],
      ['', "Doesn't match. Type studio-a"],
    ],
    'studio-a',
  );
  expect(await wizard.exit()).toEqual({ code: 0 });
  expect(shown(wizard)).toContain(
    'mc-static-key setup --restore \\ --secret-arn arn:aws:secretsmanager:us-west-2:',
  );
  const { secrets, policies, roles } = await readAccount(sandbox);
  expect([secrets.map(({ deleted }) => deleted), policies, roles]).toEqual([[true], [], []]);
});

test.concurrent('teardown changes nothing when Ctrl-C is pressed at the confirmation', async () => {
  const sandbox = await openAccount();
  await setUp(sandbox);
  sandbox.clearRequests();
  const wizard = startWizard([], { command: 'teardown', sandbox, env: near, columns: 40 });
  await wizard.reply(Q.account);
  await wizard.choose(Q.existing, 'studio-a');
  await wizard.waitFor(`? ${confirmName}`);
  await wizard.press('ctrl-c');
  expect(await wizard.exit()).toEqual({ code: 130 });
  expect(wizard.transcript()).toContain('Interrupted.\nNothing was changed.');
  expect(writesTo(sandbox)).toEqual([]);
});

test.concurrent('teardown --manifest in a terminal requires the number of keys as confirmation', async () => {
  const sandbox = await openAccount();
  await setUpAll(sandbox, { keys: feeds(2) });
  const content = { defaults: { regions: ['us-west-2'] }, keys: feeds(2, { key: { generate: 'aes256' } }) };
  const flags = ['--manifest', manifestFile(content)];
  const wizard = startWizard(flags, { command: 'teardown', sandbox, env: near });
  await wizard.insist('Type the number of keys, 2, to confirm', [['yes', "Doesn't match. Type 2"]], '2');
  expect(await wizard.exit()).toEqual({ code: 0 });
  expect(shown(wizard)).toContain('MediaConnect can no longer read 2 secrets.');
  expect(shown(wizard)).toMatch(/mc-static-key setup --manifest \S+ ?\S* --restore/);
  const { secrets, policies, roles } = await readAccount(sandbox);
  expect([secrets.map(({ deleted }) => deleted), policies, roles]).toEqual([[true, true], [], []]);
});
