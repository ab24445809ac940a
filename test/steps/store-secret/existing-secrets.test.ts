import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import { FAR_REGION, KEYS, makeSecret, REGION, readAccount, writesTo } from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();

describe('setup --secret-arn', () => {
  test('uses the secret unchanged, and the policy allows only this secret', async () => {
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

  test('allows several secrets in several Regions, each with its own key', async () => {
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

  test('uses a replica unchanged', async () => {
    const primary = await makeSecret(sandbox(), {
      region: FAR_REGION,
      AddReplicaRegions: [{ Region: REGION }],
    });
    const replica = primary.replace(FAR_REGION, REGION);
    const { code, json } = await setUp(sandbox(), { secretArn: [replica] });
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ arn: replica, region: REGION, action: 'kept' }]);
  });

  test('accepts a secret with an SRT password', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: 'Correct horse' });
    const { code, json } = await setUp(sandbox(), { secretArn: [arn], keyType: 'srt-password' });
    expect(code).toBe(0);
    expect(json.encryption[0]).not.toHaveProperty('algorithm');
  });

  test('names a secret that does not exist, and says what to check', async () => {
    const arn = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-a-AbCdEf`;
    const { message, details } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toBe(`Secret not found: ${arn}`);
    expect(details?.join()).toContain('with the 6 random characters at its end');
  });

  test('does not find an existing secret by an ARN with another suffix', async () => {
    const arn = await makeSecret(sandbox());
    const other = arn.replace(/.{6}$/, arn.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
    expect((await conflictOf(sandbox(), { secretArn: [other] })).message).toContain('Secret not found');
  });

  test('rejects a secret of another account', async () => {
    const arn = `arn:aws:secretsmanager:${REGION}:444455556666:secret:studio-a-AbCdEf`;
    const { message } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toContain('is not in your account (111122223333)');
    expect(message).toContain("can't read secrets in other accounts");
  });

  test.each([
    ['JSON', JSON.stringify({ key: KEYS.aes256 }), 'is JSON'],
    ['a key with a newline at its end', `${KEYS.aes256}\n`, 'ends with a line break'],
    ['a key of an odd length', KEYS.aes256.slice(1), 'has the wrong length'],
    ['a key with 0x before it', `0x${KEYS.aes128}`, 'starts with 0x'],
  ])('rejects a secret that holds %s, and says so', async (_what, SecretString, reason) => {
    const arn = await makeSecret(sandbox(), { SecretString });
    const { message, details } = await conflictOf(sandbox(), { secretArn: [arn] });
    expect(message).toContain("doesn't contain a key that MediaConnect can use");
    expect(details?.join()).toContain(reason);
  });

  test('rejects a secret with a binary value', async () => {
    const arn = await makeSecret(sandbox(), { SecretBinary: Buffer.from(KEYS.aes256) });
    expect((await conflictOf(sandbox(), { secretArn: [arn] })).message).toContain(
      'stores binary data (SecretBinary)',
    );
  });

  test('rejects a secret with a key whose length does not match --algorithm', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const { details } = await conflictOf(sandbox(), { secretArn: [arn], algorithm: 'aes192' });
    expect(details?.join()).toContain('An AES-192 key has 48 hexadecimal digits');
  });

  test('rejects a secret that is scheduled for deletion', async () => {
    const SecretId = await makeSecret(sandbox());
    await clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    const { message } = await conflictOf(sandbox(), { secretArn: [SecretId] });
    expect(message).toContain('is scheduled for deletion');
  });

  test('restores a secret with --restore, and uses the value that it holds', async () => {
    const SecretId = await makeSecret(sandbox());
    await clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    const { code, json, log } = await setUp(sandbox(), { secretArn: [SecretId], restore: true });
    expect(code, log).toBe(0);
    expect(json.secrets).toMatchObject([{ arn: SecretId, action: 'restored' }]);
    const { secrets } = await readAccount(sandbox());
    expect(secrets).toMatchObject([{ deleted: false, versions: 1, values: { AWSCURRENT: KEYS.aes256 } }]);
  });

  test('reports everything that is wrong with several secrets', async () => {
    const good = await makeSecret(sandbox());
    const json = await makeSecret(sandbox(), { Name: 'studio-b', SecretString: '{"key":"x"}' });
    const absent = `arn:aws:secretsmanager:${REGION}:111122223333:secret:studio-c-AbCdEf`;
    const { message, details } = await conflictOf(sandbox(), { secretArn: [good, json, absent] });
    expect(message).toContain('2 conflicts');
    expect(details?.join('\n')).toMatch(/studio-b[\s\S]*studio-c/);
    expect(details?.join('\n')).not.toContain('studio-a');
  });
});
