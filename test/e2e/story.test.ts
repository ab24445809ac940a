import { describe, expect, test } from 'vitest';
import {
  ACCOUNT,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makeRole,
  makeSecret,
  policyArn,
  REGION,
  readAccount,
  roleArn,
} from '../support/account.ts';
import { type COMPLETE, flagsWithout, openAccount, Q, STUDIO_KEY, startWizard } from './wizard.ts';

describe('the setup wizard', () => {
  test.concurrent('creates what the plan shows and prints the values and commands for MediaConnect', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard([], { sandbox });
    await wizard.waitFor(`AWS account ${ACCOUNT}`);
    await wizard.waitFor(`as arn:aws:iam::${ACCOUNT}:user/`);
    await wizard.waitFor('Region: none configured');
    await wizard.reply(Q.account);
    await wizard.search(Q.region, 'oregon', 'us-west-2');
    await wizard.reply(Q.anotherRegion);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, 'I paste or type it');
    await wizard.reply(Q.key, KEYS.aes256);
    await wizard.reply(Q.keyAgain, KEYS.aes256);
    await wizard.waitFor('64 hexadecimal digits: aes256.');
    await wizard.reply(Q.secretName, 'studio-a');
    await wizard.reply(Q.policyName);
    await wizard.reply(Q.roleName);
    await wizard.reply(Q.roleDescription);
    await wizard.waitFor('+ create secret studio-a (us-west-2)');
    await wizard.waitFor('+ create policy SecretsManagerForMediaConnect');
    await wizard.waitFor('+ create role MediaConnect-ASM');
    await wizard.waitFor('+ attach role MediaConnect-ASM: gets SecretsManagerForMediaConnect');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
    await wizard.choose(Q.confirm, 'Yes');
    for (const done of ['Secret in place', 'Read policy in place', 'Role in place', 'Proven']) {
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
    for (const shown of [arn, policyArn('SecretsManagerForMediaConnect'), roleArn('MediaConnect-ASM')]) {
      expect(summary).toContain(shown);
    }
    expect(summary).toContain('Encryption algorithm: AES-256');
    expect(summary).toContain('aws mediaconnect add-flow-outputs');
    expect(summary).toContain('aws mediaconnect grant-flow-entitlements');
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
    await wizard.reply(Q.region);
    await wizard.reply(Q.anotherRegion, 'y');
    await wizard.search(Q.nextRegion, 'ireland', FAR_REGION);
    await wizard.reply(Q.anotherRegion);
    await wizard.choose(Q.keyType, 'Zixi');
    await wizard.choose(Q.keyFrom, 'Make a new random one');
    await wizard.choose(Q.algorithm, 'aes192');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    const [first, second] = secrets.map(({ values }) => values.AWSCURRENT);
    expect(secrets.map(({ region }) => region).sort()).toEqual([FAR_REGION, REGION]);
    expect(first).toMatch(/^[0-9a-f]{48}$/);
    expect(second).toBe(first);
    expect(wizard.transcript()).toContain('The key was generated and is only in Secrets Manager.');
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
    await wizard.choose(Q.newOrExisting, 'Use a secret that exists (2 in this Region)');
    await wizard.search(Q.existing, 'base', 'baseball');
    await wizard.waitFor('= keep secret baseball (us-west-2): is used as it is');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const after = await readAccount(sandbox);
    expect(after.secrets).toEqual(before.secrets);
    expect(after.policies).toMatchObject([{ document: guidePolicy(arn) }]);
    expect(wizard.transcript()).toContain(`Secret ARN: ${arn}`);
  });

  test.concurrent('stores an SRT password once its length is valid', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout('--key-env'), { sandbox });
    await wizard.reply(Q.account);
    await wizard.choose(Q.keyType, 'SRT');
    await wizard.choose(Q.keyFrom, 'I paste or type it');
    await wizard.reply(Q.key, 'ninechars');
    await wizard.waitFor('The SRT password has 9 characters. It takes 10 to 80.');
    await wizard.reply(Q.key, 'x'.repeat(81));
    await wizard.waitFor('The SRT password has 81 characters. It takes 10 to 80.');
    for (const question of [Q.key, Q.keyAgain]) await wizard.reply(question, 'correct horse!');
    await wizard.waitFor('14 characters.');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    const { secrets } = await readAccount(sandbox);
    expect(secrets).toMatchObject([{ values: { AWSCURRENT: 'correct horse!' } }]);
    expect(wizard.transcript()).toContain('Encryption type: SRT password');
    expect(wizard.transcript()).not.toContain('Encryption algorithm');
    expect(wizard.transcript()).not.toContain('grant-flow-entitlements');
  });

  test.concurrent('does not ask for a description when the role exists', async () => {
    const sandbox = await openAccount();
    await makeRole(sandbox, { name: 'MediaConnect-Keys' });
    const wizard = startWizard(flagsWithout('--role-name', '--role-description'), {
      sandbox,
      env: STUDIO_KEY,
    });
    await wizard.reply(Q.account);
    await wizard.reply(Q.roleName, 'MediaConnect-Keys');
    await wizard.waitFor('The role MediaConnect-Keys exists. Its description stays as it is.');
    await wizard.choose(Q.confirm, 'Yes');
    expect(await wizard.exit()).toEqual({ code: 0 });
    expect(wizard.transcript()).not.toContain(Q.roleDescription);
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
    expect(second.transcript()).toContain('Everything is in place already. Nothing has to be changed.');
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
    expect(wizard.transcript()).toContain('Stopped, as you said.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
  });

  test.concurrent('shows both documents on request and changes nothing after No to the plan', async () => {
    const sandbox = await openAccount();
    const wizard = startWizard(flagsWithout(), { sandbox, env: STUDIO_KEY });
    await wizard.reply(Q.account);
    await wizard.choose(Q.confirm, 'Show the documents');
    await wizard.waitFor('"secretsmanager:GetSecretValue"');
    await wizard.waitFor(`"arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:studio-a-??????"`);
    await wizard.waitFor('"Service": "mediaconnect.amazonaws.com"');
    await wizard.waitFor(`"aws:SourceAccount": "${ACCOUNT}"`);
    await wizard.choose(Q.confirm, 'No');
    expect(await wizard.exit()).toEqual({ code: 130 });
    expect(wizard.transcript()).toContain('Stopped, as you said.\nNothing was changed.');
    expect(await readAccount(sandbox)).toEqual({ secrets: [], policies: [], roles: [] });
  });
});

describe('the setup wizard, with some flags given', () => {
  const asked = (transcript: string) =>
    Object.values(Q).filter((question) =>
      new RegExp(`^[?✔] ${question.replace('?', '\\?')}`, 'm').test(transcript),
    );

  const cases: { missing: (keyof typeof COMPLETE)[]; questions: string[] }[] = [
    { missing: [], questions: [] },
    { missing: ['--secret-name'], questions: [Q.secretName] },
    { missing: ['--region'], questions: [Q.region, Q.anotherRegion] },
    { missing: ['--policy-name', '--role-description'], questions: [Q.policyName, Q.roleDescription] },
    { missing: ['--role-name'], questions: [Q.roleName] },
  ];

  test.concurrent.for(cases)('asks only for what is missing: $missing', async ({ missing, questions }) => {
    const wizard = startWizard(flagsWithout(...missing), { env: STUDIO_KEY });
    await wizard.reply(Q.account);
    for (const question of questions) await wizard.reply(question);
    await wizard.choose(Q.confirm, 'No');
    await wizard.exit();
    expect(asked(wizard.transcript())).toEqual([Q.account, ...questions, Q.confirm]);
  });

  test.concurrent('reads the key that a flag names before it asks anything', async () => {
    const wizard = startWizard(['--key-env', 'STUDIO_KEY'], { env: { STUDIO_KEY: 'not a key' } });
    expect(await wizard.exit()).toEqual({ code: 2 });
    expect(asked(wizard.transcript())).toEqual([]);
  });
});
