import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import {
  ACCOUNT,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  policyArn,
  readAccount,
} from '../support/account.ts';
import { exhaustive } from '../support/exhaustive.ts';
import {
  flagsWithout,
  openAccount,
  Q,
  type Refused,
  STUDIO_KEY,
  shown,
  startWizard,
  type Wizard,
} from './wizard.ts';

/** Starts setup with all flags and confirms the account. The next question is about the first conflict. */
async function meetConflict(sandbox: Sandbox): Promise<Wizard> {
  const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
  await wizard.reply(Q.account);
  return wizard;
}

async function carryOut(wizard: Wizard): Promise<void> {
  await wizard.choose(Q.confirm, 'Yes');
  expect(await wizard.exit()).toEqual({ code: 0 });
}

const valuesOf = async (sandbox: Sandbox) =>
  Object.fromEntries((await readAccount(sandbox)).secrets.map(({ name, values }) => [name, values]));

describe('setup in a terminal, when the secret holds another key', () => {
  const taken = 'Secret studio-a already exists in us-west-2 and holds a different key.';

  const accountWithOther = async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'studio-a', SecretString: KEYS.other });
    return sandbox;
  };

  test.concurrent('keeps the stored key if the user chooses that', async () => {
    const sandbox = await accountWithOther();
    const wizard = await meetConflict(sandbox);
    await wizard.waitFor(taken);
    await wizard.choose(Q.conflict, 'Keep the existing key');
    await wizard.waitFor('= keep secret studio-a us-west-2 existing key is kept');
    await carryOut(wizard);
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': { AWSCURRENT: KEYS.other } });
  });

  test.concurrent('stores the new key as a new version if the user chooses that', async () => {
    const sandbox = await accountWithOther();
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Replace it with your key');
    await wizard.waitFor('~ change secret studio-a us-west-2');
    await carryOut(wizard);
    const values = { AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other };
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': values });
  });

  test.concurrent('asks for another secret name, and again if that name is taken too', async () => {
    const sandbox = await accountWithOther();
    await makeSecret(sandbox, { Name: 'studio-b', SecretString: KEYS.other });
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Choose another secret name');
    const taken: Refused[] = [['studio-b', 'studio-b already exists in us-west-2. Enter another name']];
    await wizard.insist(Q.secretName, taken, 'studio-c');
    await carryOut(wizard);
    const [other, mine] = [{ AWSCURRENT: KEYS.other }, { AWSCURRENT: KEYS.aes256 }];
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': other, 'studio-b': other, 'studio-c': mine });
  });

  test.concurrent('leads back from the other secret name to the conflict with Esc, but not from the conflict', async () => {
    const sandbox = await accountWithOther();
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Choose another secret name');
    await wizard.goBack(Q.secretName);
    await wizard.waitFor(`? ${Q.conflict}`);
    await wizard.pressEscInVain();
    await wizard.press('up');
    await wizard.pick('Keep the existing key');
    await carryOut(wizard);
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': { AWSCURRENT: KEYS.other } });
  });

  test.concurrent('keeps a stored SRT password if the user only presses Enter at the conflict or at the plan', async () => {
    const sandbox = await openAccount();
    await makeSecret(sandbox, { Name: 'studio-a', SecretString: 'correct horse battery' });
    const before = await readAccount(sandbox);
    const wizard = await meetConflict(sandbox);
    await wizard.reply(Q.conflict);
    await wizard.waitFor(`? ${Q.secretName}`);
    await wizard.press('ctrl-c');
    await wizard.exit();
    const second = await meetConflict(sandbox);
    await second.choose(Q.conflict, 'Replace it with your key');
    await second.reply(Q.confirm);
    expect(await second.exit()).not.toEqual({ code: 0 });
    expect(second.transcript()).toContain('Canceled.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual(before);
  });

  test.concurrent('changes nothing if the user chooses to stop', async () => {
    const sandbox = await accountWithOther();
    const before = await readAccount(sandbox);
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Quit without changes');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(wizard.transcript()).toContain('Canceled.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual(before);
  });
});

describe('setup in a terminal, when the secret is scheduled for deletion', () => {
  const accountWithDeleted = async (key: string) => {
    const sandbox = await openAccount();
    const SecretId = await makeSecret(sandbox, { Name: 'studio-a', SecretString: key });
    await clientsFor(sandbox).secrets.send(new DeleteSecretCommand({ SecretId }));
    return sandbox;
  };

  const restore = async (sandbox: Sandbox, then: string) => {
    const wizard = await meetConflict(sandbox);
    await wizard.waitFor('Secret studio-a in us-west-2 is scheduled for deletion on ');
    await wizard.choose(Q.conflict, 'Restore the secret');
    await wizard.choose(Q.restoreThen, then);
    await wizard.waitFor('~ restore secret studio-a us-west-2');
    return wizard;
  };

  test.concurrent('restores it and keeps the value it holds', async () => {
    const sandbox = await accountWithDeleted(KEYS.other);
    await carryOut(await restore(sandbox, 'Keep the restored key'));
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': { AWSCURRENT: KEYS.other } });
  });

  test.concurrent('restores it and stores this key as a new version', async () => {
    const sandbox = await accountWithDeleted(KEYS.other);
    await carryOut(await restore(sandbox, 'Replace it with this key'));
    const values = { AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other };
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': values });
  });

  test.concurrent('restores it and continues if it already holds this key', async () => {
    const sandbox = await accountWithDeleted(KEYS.aes256);
    await carryOut(await restore(sandbox, 'Restore it, then stop'));
    expect(await valuesOf(sandbox)).toEqual({ 'studio-a': { AWSCURRENT: KEYS.aes256 } });
  });

  test.concurrent('restores it, stops if it holds another key, and reports what exists', async () => {
    const sandbox = await accountWithDeleted(KEYS.other);
    const wizard = await restore(sandbox, 'Restore it, then stop');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 3 });
    expect(shown(wizard)).toContain('holds a different key. It was restored and not changed further.');
    expect(shown(wizard)).toMatch(/Changed so far: arn:\S+:secret:studio-a-\S+ \(restored\)/);
    const { secrets, policies, roles } = await readAccount(sandbox);
    expect(secrets).toMatchObject([{ deleted: false, values: { AWSCURRENT: KEYS.other } }]);
    expect([...policies, ...roles]).toEqual([]);
  });

  test.concurrent('stores the key under another name and leaves the deleted secret alone', async () => {
    const sandbox = await accountWithDeleted(KEYS.other);
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Choose another secret name');
    await wizard.reply(Q.secretName, 'studio-b');
    await carryOut(wizard);
    const { secrets } = await readAccount(sandbox);
    expect(secrets).toMatchObject([
      { name: 'studio-a', deleted: true },
      { name: 'studio-b', deleted: false },
    ]);
  });
});

describe('setup in a terminal, when the policy and the role belong to someone else', () => {
  const trust = guideTrust('ec2.amazonaws.com');
  const document = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  };

  const accountWithOthers = async () => {
    const sandbox = await openAccount();
    await makePolicy(sandbox, 'ReadKeys', document);
    await makeRole(sandbox, { name: 'MediaConnect-Keys', trust });
    return sandbox;
  };

  test.concurrent('creates a policy with another name and adds a statement to the trust policy', async () => {
    const sandbox = await accountWithOthers();
    const wizard = await meetConflict(sandbox);
    await wizard.waitFor(
      "Policy ReadKeys already exists with different permissions, so it can't be extended.",
    );
    await wizard.choose(Q.conflict, 'Choose another policy name');
    await wizard.reply(Q.policyName, 'ReadKeys-MediaConnect');
    await wizard.waitFor("Role MediaConnect-Keys exists, but MediaConnect can't assume it");
    await wizard.choose(Q.conflict, 'Add MediaConnect to its trust policy');
    await wizard.waitFor('~ change role MediaConnect-Keys');
    await carryOut(wizard);
    const { policies, roles } = await readAccount(sandbox);
    expect(policies.map(({ name }) => name)).toEqual(['ReadKeys', 'ReadKeys-MediaConnect']);
    expect(policies).toMatchObject([{ document }, {}]);
    const [mine] = guideTrust().Statement;
    expect(roles).toMatchObject([
      { trust: { Statement: [...trust.Statement, mine] }, attached: ['ReadKeys-MediaConnect'] },
    ]);
  });

  test.concurrent('creates a policy and a role with other names and leaves the existing ones alone', async () => {
    const sandbox = await accountWithOthers();
    const before = await readAccount(sandbox);
    const wizard = await meetConflict(sandbox);
    await wizard.choose(Q.conflict, 'Choose another policy name');
    await wizard.reply(Q.policyName);
    await wizard.choose(Q.conflict, 'Choose another role name');
    await wizard.reply(Q.roleName);
    await carryOut(wizard);
    const { policies, roles } = await readAccount(sandbox);
    const named = (name: string) => expect.objectContaining({ name });
    expect(policies).toEqual([...before.policies, named('SecretsManagerForMediaConnect')]);
    expect(roles).toEqual([named('MediaConnect-ASM'), ...before.roles]);
  });
});

describe('setup in a terminal, when the role has reached its quota of policies', () => {
  test.concurrent('offers to allow all secrets with a name prefix in an attached policy', async () => {
    const sandbox = await openAccount();
    const arnOf = (name: string) => `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:${name}-AbCdEf`;
    const full = guidePolicy(
      ...Array.from({ length: 10 }, (_, n) => arnOf(String(n).padStart(505, 'live/'))),
    );
    const names = Array.from({ length: 10 }, (_, n) => (n === 0 ? 'ReadKeys' : `ReadKeys-${n + 1}`));
    for (const name of names) await makePolicy(sandbox, name, full);
    await makeRole(sandbox, { name: 'MediaConnect-Keys', attached: names.map(policyArn) });
    const secretName = 'live/studio'.padEnd(505, 'x');
    const wizard = startWizard([...flagsWithout('--secret-name'), '--secret-name', secretName], {
      sandbox,
      env: STUDIO_KEY,
    });
    await wizard.reply(Q.account);
    await wizard.choose(Q.conflict, 'Cover all secrets with a common name prefix');
    await wizard.waitFor('(live/)');
    await wizard.insist(Q.prefix, [['film/', "The secret name doesn't start with this prefix."]], 'live/');
    await carryOut(wizard);
    const { policies } = await readAccount(sandbox);
    expect(policies.map(({ document }) => JSON.stringify(document).includes(':secret:live/*'))).toEqual(
      policies.map(({ name }) => name === 'ReadKeys'),
    );
  });
});

test.runIf(exhaustive)(
  'setup in a terminal requires a secret name that begins with --policy-prefix',
  async () => {
    const sandbox = await openAccount();
    const flags = ['--policy-scope', 'prefix', '--policy-prefix', 'live/'];
    const wizard = startWizard([...flagsWithout('--secret-name'), ...flags], { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.waitFor('for example live/studio-a.');
    const outside: Refused[] = [['studio-a', 'The name must start with live/ (from --policy-prefix).']];
    await wizard.insist(Q.secretName, outside, 'live/a');
    await carryOut(wizard);
    expect(Object.keys(await valuesOf(sandbox))).toEqual(['live/a']);
  },
);
