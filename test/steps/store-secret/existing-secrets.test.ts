import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import { FAR_REGION, KEYS, makeSecret, REGION, readAccount, writesTo } from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();

describe('a secret given by its ARN', () => {
  test('is used as it is, and the policy allows it alone', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const before = (await readAccount(sandbox())).secrets;
    const dry = await setUp(sandbox(), { secretArn: [arn], dryRun: true });
    expect(dry.json.encryption).toMatchObject([{ secretArn: arn, algorithm: 'aes128' }]);
    sandbox().clearRequests();
    const { code, json } = await setUp(sandbox(), { secretArn: [arn] });
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ region: REGION, name: 'studio-a', arn, action: 'kept' }]);
    expect(json.encryption).toMatchObject([{ secretArn: arn, algorithm: 'aes128' }]);
    expect(writesTo(sandbox())).toEqual(['iam:CreatePolicy', 'iam:CreateRole', 'iam:AttachRolePolicy']);
    const account = await readAccount(sandbox());
    expect(account.secrets).toEqual(before);
    expect(account.policies[0]?.document).toMatchObject({ Statement: [{ Resource: [arn] }] });
    expect((await setUpInVain(sandbox(), { secretArn: [arn] })).code).toBe(0);
  });

  test('and others, in several Regions, with keys of their own, are all allowed', async () => {
    const near = await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const far = await makeSecret(sandbox(), { region: FAR_REGION, Name: 'studio-b' });
    const { code, json } = await setUp(sandbox(), { secretArn: [near, far, near] });
    expect(code).toBe(0);
    expect(json.encryption.map(({ region, algorithm }) => [region, algorithm])).toEqual([
      [REGION, 'aes128'],
      [FAR_REGION, 'aes256'],
    ]);
    const { policies } = await readAccount(sandbox());
    expect(policies[0]?.document).toMatchObject({ Statement: [{ Resource: [near, far] }] });
  });

  test('that is a replica is used as it is', async () => {
    const primary = await makeSecret(sandbox(), {
      region: FAR_REGION,
      AddReplicaRegions: [{ Region: REGION }],
    });
    const replica = primary.replace(FAR_REGION, REGION);
    const { code, json } = await setUp(sandbox(), { secretArn: [replica] });
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ arn: replica, region: REGION, action: 'kept' }]);
  });

  test('may hold an SRT password', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: 'Correct horse' });
    const { code, json } = await setUp(sandbox(), { secretArn: [arn], keyType: 'srt-password' });
    expect(code).toBe(0);
    expect(json.encryption[0]).not.toHaveProperty('algorithm');
  });

  test('that does not exist is named, with what to look at', async () => {
    const arn = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-a-AbCdEf`;
    const { message, details } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toBe(`There is no secret ${arn}.`);
    expect(details?.join()).toContain('the six random characters at its end included');
  });

  test('that has the name of an existing one and another end does not exist', async () => {
    const arn = await makeSecret(sandbox());
    const other = arn.replace(/.{6}$/, arn.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
    expect((await conflictOf(sandbox(), { secretArn: [other] })).message).toContain('There is no secret');
  });

  test('of another account is refused for that', async () => {
    const arn = `arn:aws:secretsmanager:${REGION}:444455556666:secret:studio-a-AbCdEf`;
    const { message } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toContain('belongs to another account than yours (111122223333)');
    expect(message).toContain('cannot read secrets across accounts');
  });

  test.each([
    ['JSON', JSON.stringify({ key: KEYS.aes256 }), 'is JSON'],
    ['a key with a newline at its end', `${KEYS.aes256}\n`, 'ends in a line break'],
    ['a key of an odd length', KEYS.aes256.slice(1), 'does not have the length of a key'],
    ['a key with 0x before it', `0x${KEYS.aes128}`, 'begins with 0x'],
  ])('that holds %s is refused with a sentence that says so', async (_what, SecretString, reason) => {
    const arn = await makeSecret(sandbox(), { SecretString });
    const { message, details } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toContain('does not hold a key that MediaConnect can use');
    expect(details?.join()).toContain(reason);
  });

  test('that holds bytes is refused', async () => {
    const arn = await makeSecret(sandbox(), { SecretBinary: Buffer.from(KEYS.aes256) });
    expect((await conflictOf(sandbox(), { secretArn: [arn] })).message).toContain('holds bytes, not text');
  });

  test('that holds a key of another length than --algorithm says is refused', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const { details } = await conflictOf(sandbox(), { secretArn: [arn], algorithm: 'aes192' });
    expect(details?.join()).toContain('does not have the 48 hexadecimal digits that aes192 takes');
  });

  test('that is scheduled for deletion is refused for that', async () => {
    const SecretId = await makeSecret(sandbox());
    await clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    const { message } = await conflictOf(sandbox(), { secretArn: [SecretId] });
    expect(message).toContain('is scheduled for deletion');
  });

  test('that is scheduled for deletion is restored with --restore, and used with the value that it holds', async () => {
    const SecretId = await makeSecret(sandbox());
    await clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    const { code, json, log } = await setUp(sandbox(), { secretArn: [SecretId], restore: true });
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ arn: SecretId, action: 'restored' }]);
    const { secrets } = await readAccount(sandbox());
    expect(secrets).toMatchObject([{ deleted: false, versions: 1, values: { AWSCURRENT: KEYS.aes256 } }]);
  });

  test('is not the only one that is looked at: all that is wrong with several is named', async () => {
    const good = await makeSecret(sandbox());
    const json = await makeSecret(sandbox(), { Name: 'studio-b', SecretString: '{"key":"x"}' });
    const absent = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-c-AbCdEf`;
    const { message, details } = await conflictOf(sandbox(), { secretArn: [good, json, absent] });
    expect(message).toContain('2 things');
    expect(details?.join('\n')).toMatch(/studio-b[\s\S]*studio-c/);
    expect(details?.join('\n')).not.toContain('studio-a');
  });
});
