import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makeRole,
  makeSecret,
  REGION,
  readAccount,
  roleArn,
  writesTo,
} from '../support/account.ts';
import {
  CHOICE,
  type COMPLETE,
  flagsWithout,
  openAccount,
  Q,
  type Refused,
  STUDIO_KEY,
  startWizard,
} from './wizard.ts';

describe('the setup wizard', () => {
  test.concurrent('creates what the plan shows and prints the values and commands for MediaConnect', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard([], { sandbox });
    await wizard.waitFor(`Account: ${ACCOUNT}`);
    await wizard.waitFor(`Identity: arn:aws:iam::${ACCOUNT}:user/`);
    await wizard.waitFor('Region: none configured');
    await wizard.reply(Q.account);
    await wizard.search(Q.region, 'oregon', 'us-west-2');
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    await wizard.reply(Q.key, KEYS.aes256);
    await wizard.waitFor('AES-256 (64 digits)');
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.choose(Q.names, 'Yes');
    await wizard.waitFor('+ create secret studio-a us-west-2');
    await wizard.waitFor('+ create policy SecretsManagerForMediaConnect');
    await wizard.waitFor('+ create role MediaConnect-ASM');
    await wizard.waitFor('+ attach policy SecretsManagerForMediaConnect to role MediaConnect-ASM');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
    await wizard.choose(Q.confirm, 'Yes');
    for (const done of ['Secret studio-a', 'Policy Secrets', 'Role MediaConnect-ASM', 'Verified']) {
      await wizard.waitFor(`✔ ${done}`);
    }
    expect(await wizard.exit()).toEqual({ code: 0 });

    const { secrets, policies, roles } = await readAccount(sandbox);
    expect(secrets).toMatchObject([
      { region: REGION, name: 'studio-a', rotates: false, values: { AWSCURRENT: KEYS.aes256 } },
    ]);
    const [arn = ''] = secrets.map((secret) => secret.arn);
    expect(policies).toMatchObject([{ name: 'SecretsManagerForMediaConnect', document: guidePolicy(arn) }]);
    const [statement] = guideTrust().Statement;
    const trust = {
      Statement: [{ ...statement, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } }],
    };
    const attached = ['SecretsManagerForMediaConnect'];
    expect(roles).toMatchObject([{ name: 'MediaConnect-ASM', path: '/', trust, attached }]);

    const summary = wizard.transcript();
    for (const shown of [arn, roleArn('MediaConnect-ASM')]) expect(summary).toContain(shown);
    expect(summary).toContain('Decryption: type Static key, AES-256');
    expect(summary).toContain('mc-static-key setup --secret-name studio-a');
    expect(wizard.raw()).not.toContain(KEYS.aes256.slice(0, 12));
  });

  test.concurrent('generates one key and stores it in two Regions', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--region', '--key-env'), {
      sandbox,
      env: { AWS_REGION: REGION },
    });
    await wizard.waitFor(`Region: ${REGION}`);
    await wizard.reply(Q.account);
    await wizard.choose(Q.region, CHOICE.severalRegions);
    await wizard.tick(Q.regions, REGION, FAR_REGION);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, CHOICE.generateOther);
    await wizard.choose(Q.algorithm, 'AES-192');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    const [first, second] = secrets.map(({ values }) => values.AWSCURRENT);
    expect(secrets.map(({ region }) => region).sort()).toEqual([FAR_REGION, REGION]);
    expect(first).toMatch(/^[0-9a-f]{48}$/);
    expect(second).toBe(first);
    expect(wizard.transcript()).toContain('Get the generated key for the other end of the stream:');
    expect(wizard.transcript()).toContain('aws secretsmanager get-secret-value --region');
    expect(wizard.raw()).not.toContain(first);
  });

  test.concurrent('finds an existing secret by a part of its name and uses it unchanged', async () => {
    const sandbox = await openAccount();
    const arn = await makeSecret(sandbox, { Name: 'baseball' });
    await makeSecret(sandbox, { Name: 'studio-b', SecretString: KEYS.other });
    const before = await readAccount(sandbox);
    const wizard = startWizard(flagsWithout('--key-env', '--secret-name'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, `${CHOICE.existing} (2 in us-west-2)`);
    await wizard.search(Q.existing, 'base', 'baseball');
    await wizard.waitFor('= keep secret baseball us-west-2 used as is');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const after = await readAccount(sandbox);
    expect(after.secrets).toEqual(before.secrets);
    expect(after.policies).toMatchObject([{ document: guidePolicy(arn) }]);
    expect(wizard.transcript()).toContain(`Secret ARN (us-west-2)\n  ${arn}`);
  });

  test.concurrent('stores an SRT password once its length is valid', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--key-env'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'SRT');
    await wizard.choose(Q.keyFrom, CHOICE.typed);
    const wrongLengths: Refused[] = [
      ['ninechars', 'The SRT password has 9 characters. It needs 10–80.'],
      ['x'.repeat(81), 'The SRT password has 81 characters. It needs 10–80.'],
    ];
    await wizard.insist(Q.password, wrongLengths, 'correct horse!');
    await wizard.waitFor(/^ {2}14 characters$/m);
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    expect(secrets).toMatchObject([{ values: { AWSCURRENT: 'correct horse!' } }]);
    expect(wizard.transcript()).toContain('Encryption: type SRT password');
    expect(wizard.transcript()).not.toContain('Encryption algorithm');
    expect(wizard.transcript()).not.toContain('grant-flow-entitlements');
  });

  test.concurrent('shows which of the names exist, and never asks for the description of the role', async () => {
    const sandbox = await openAccount();
    await makeRole(sandbox, { name: 'MediaConnect-Keys' });
    const [existing] = (await readAccount(sandbox)).roles;
    const missing = ['--secret-name', '--policy-name', '--role-name', '--role-description'] as const;
    const wizard = startWizard(flagsWithout(...missing), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.waitFor(/^ {2}Policy {2}SecretsManagerForMediaConnect {3}new$/m);
    await wizard.waitFor(/^ {2}Role {4}MediaConnect-ASM {16}new$/m);
    await wizard.choose(Q.names, 'Change the role name');
    await wizard.reply(Q.roleName, 'MediaConnect-Keys');
    await wizard.waitFor(/^ {2}Role {4}MediaConnect-Keys {15}exists$/m);
    await wizard.choose(Q.names, 'Yes');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).not.toMatch(/description/i);
    const { roles } = await readAccount(sandbox);
    expect(roles).toMatchObject([
      { description: existing?.description, attached: ['SecretsManagerForMediaConnect'] },
    ]);
  });

  test.concurrent('reports on the second run that everything is in place, and asks for no confirmation', async () => {
    const sandbox = await openAccount();
    const first = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await first.reply(Q.account);
    await first.choose(Q.confirm, 'Yes');
    await first.exit();
    const before = await readAccount(sandbox);
    const second = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await second.reply(Q.account);
    expect(await second.exit()).toEqual({ code: 0 });
    expect(second.transcript()).toContain('Everything is already set up. No changes needed.');
    expect(second.transcript()).not.toContain(Q.confirm);
    expect(await readAccount(sandbox)).toEqual(before);
  });
});

describe('the setup wizard, when the user declines', () => {
  test.concurrent('changes nothing after No to the account', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account, 'n');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(wizard.transcript()).toContain('Canceled.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
  });

  test.concurrent('shows both documents on request and changes nothing after No to the plan', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.choose(Q.confirm, CHOICE.showDocuments);
    await wizard.waitFor('"secretsmanager:GetSecretValue"');
    await wizard.waitFor(`"arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:studio-a-??????"`);
    await wizard.waitFor('"Service": "mediaconnect.amazonaws.com"');
    await wizard.waitFor(`"aws:SourceAccount": "${ACCOUNT}"`);
    await wizard.choose(Q.confirm, 'No');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(wizard.transcript()).toContain('Canceled.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
  });
});

describe('the setup wizard, with some flags given', () => {
  const asked = (transcript: string) =>
    Object.values(Q).filter((question) =>
      new RegExp(`^[?✔] ${question.replace('?', '\\?')}`, 'm').test(transcript),
    );

  const cases: { missing: (keyof typeof COMPLETE)[]; answers: Record<string, string>; names?: RegExp }[] = [
    { missing: [], answers: {} },
    {
      missing: ['--secret-name'],
      answers: { [Q.secretName]: 'studio-b' },
      names: /create +secret +studio-b /,
    },
    { missing: ['--region'], answers: { [Q.region]: '' } },
    // Nothing about the secret is asked, so the names have their defaults.
    {
      missing: ['--policy-name', '--role-name', '--role-description'],
      answers: {},
      names: /create +policy +SecretsManagerForMediaConnect\n[\s\S]*create +role +MediaConnect-ASM\n/,
    },
    {
      missing: ['--secret-name', '--role-name'],
      answers: { [Q.secretName]: 'studio-b', [Q.names]: '' },
      names: /create +policy +ReadKeys\n[\s\S]*create +role +MediaConnect-ASM\n/,
    },
  ];

  test.concurrent.for(cases)(
    'asks only for what is missing: $missing',
    async ({ missing, answers, names = /create +secret +studio-a / }) => {
      const wizard = startWizard(flagsWithout(...missing), { env: STUDIO_KEY });
      for (const [question, answer] of Object.entries(answers)) await wizard.reply(question, answer);
      await wizard.choose(Q.confirm, 'No');
      await wizard.exit();
      expect(asked(wizard.transcript())).toEqual([...Object.keys(answers), Q.confirm]);
      expect(wizard.transcript()).toMatch(names);
    },
  );

  const withoutAccount: { how: string; flags: string[]; missing: (keyof typeof COMPLETE)[]; code: number }[] =
    [
      { how: 'in a dry run', flags: ['--dry-run'], missing: ['--secret-name'], code: 0 },
      { how: 'in a dry run with nothing missing', flags: ['--dry-run'], missing: [], code: 0 },
      {
        how: 'with --account-id',
        flags: ['--account-id', ACCOUNT],
        missing: ['--secret-name'],
        code: 130,
      },
    ];

  test.concurrent.for(withoutAccount)(
    'shows the account, but asks no question about it, $how',
    async ({ flags, missing, code }) => {
      const sandbox = await openAccount();
      const wizard = startWizard([...flagsWithout(...missing), ...flags], { sandbox, env: STUDIO_KEY });
      if (missing.length > 0) await wizard.reply(Q.secretName, 'studio-b');
      if (code > 0) await wizard.choose(Q.confirm, 'No');
      expect(await wizard.exit()).toEqual({ code });
      expect(wizard.transcript()).toContain(`Account: ${ACCOUNT}`);
      expect(wizard.transcript()).not.toContain(Q.account);
      expect(writesTo(sandbox)).toEqual([]);
    },
  );

  test.concurrent('says that it is the sandbox, and asks no question about the account there', async () => {
    const wizard = startWizard(flagsWithout(), { env: STUDIO_KEY });
    await wizard.waitFor('SANDBOX  Nothing is sent to AWS. Everything is discarded when you exit.');
    await wizard.choose(Q.confirm, 'No');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(wizard.transcript()).not.toMatch(/Account:|Use this account/);
  });

  test.concurrent('reads the key that a flag names before it asks anything', async () => {
    const wizard = startWizard(['--key-env', 'STUDIO_KEY'], { env: { STUDIO_KEY: 'not a key' } });
    expect(await wizard.exit()).toEqual({ code: 2 });
    expect(asked(wizard.transcript())).toEqual([]);
  });
});
