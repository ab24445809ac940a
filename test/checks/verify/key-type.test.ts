import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsOf, KEYS, makeSecret, REGION } from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { tearDown } from '../../support/runs/teardown.ts';
import { troubles, verifyIt } from '../../support/runs/verify.ts';
import { freshSandbox } from '../../support/sandbox.ts';
import { taking, waysIn } from '../../support/ways.ts';

const sandbox = freshSandbox();
const PASSWORD = 'a-long-Passphrase-1';
const SRT = { keyType: 'srt-password' };

async function tagsOf(name = 'studio-a'): Promise<Record<string, string | undefined>> {
  const { SecretList = [] } = await clientsOf(sandbox()).secrets.send(new ListSecretsCommand({}));
  const tags = SecretList.find(({ Name }) => Name === name)?.Tags ?? [];
  return Object.fromEntries(tags.map(({ Key = '', Value }) => [Key, Value]));
}

describe('setup remembers the key type in a tag on the secret', () => {
  test.each([
    ['static-key', KEYS.aes256, {}],
    ['srt-password', PASSWORD, SRT],
  ])('%s', async (keyType, key, wishes) => {
    const { code, log } = await setUp(sandbox(), { key, ...wishes, tag: ['team=playout'] });
    expect(code, log).toBe(0);
    expect(await tagsOf()).toEqual({
      'mc-static-key': 'store-secret',
      'mc-static-key:key-type': keyType,
      team: 'playout',
    });
  });

  test('and does not store a key of the other type in it', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await setUp(sandbox(), { key: KEYS.aes256, existingKey: 'replace' });
    expect([code, json.error.message]).toEqual([
      3,
      expect.stringContaining('is for the key type srt-password, as its tag says'),
    ]);
  });
});

describe('without --key-type', () => {
  test('verify takes an SRT password of setup for what it is', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await verifyIt(sandbox());
    expect([code, troubles(json.checks).filter((each) => !each.startsWith('warning'))]).toEqual([0, []]);
    expect(json.encryption?.[0]).toMatchObject(SRT);
  });

  test('verify says what is wrong with a password that its tag names', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code } = await verifyIt(sandbox(), { keyType: 'static-key' });
    expect(code).toBe(1);
  });

  test('rotate takes a new password for an SRT secret, and goes back from it', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const rotated = await rotate(sandbox(), { key: 'another-Passphrase-2', region: [REGION] });
    expect(rotated.code, rotated.log).toBe(0);
    const back = await rotate(sandbox(), { rollback: true, region: [REGION] });
    expect(back.code, back.log).toBe(0);
    expect(back.json.checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  test('rotate does not generate a static key for an SRT secret', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await rotate(sandbox(), { generate: 'aes256', region: [REGION] });
    expect([code, json.error.message]).toEqual([3, expect.stringContaining('as its tag says')]);
    expect(JSON.stringify(json.error)).not.toContain('--secret-name NAME');
  });

  test('setup uses an SRT secret by its ARN for what it is', async () => {
    const { json: made } = await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const secretArn = made.secrets.map(({ arn }) => arn);
    const { code, json, log } = await setUp(sandbox(), { secretArn, roleName: 'MediaConnect-Other' });
    expect([code, json.encryption?.[0]], log).toEqual([0, expect.objectContaining(SRT)]);
  });

  test('teardown undoes with the key type of the tag, and reads no value for it', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    sandbox().clearRequests();
    const { json } = await tearDown(sandbox());
    expect(json.undo).toContain('--key-type srt-password');
    expect(sandbox().requests.filter(({ action }) => action === 'GetSecretValue')).toEqual([]);
  });
});

describe('without --key-type, and with the key to compare with', () => {
  const verifyPassword = async (password: string, held = password) => {
    await setUp(sandbox(), { key: held, ...SRT });
    return verifyIt(sandbox(), { key: password });
  };

  test.each([PASSWORD, KEYS.aes256])(
    'verify treats it as a password if the tag says so: %s',
    async (password) => {
      const { code, json, log } = await verifyPassword(password);
      expect([code, json.encryption?.[0]], log).toEqual([0, expect.objectContaining(SRT)]);
    },
  );

  test('verify finds that it is another password', async () => {
    const { code, json } = await verifyPassword('another-Passphrase-2', PASSWORD);
    expect([code, troubles(json.checks)]).toEqual([1, expect.arrayContaining(['failed secret-key'])]);
  });

  test('verify refuses a password without a tag', async () => {
    const { code } = await verifyIt(sandbox(), { key: PASSWORD });
    expect(code).toBe(2);
  });
});

describe('of a secret without the tag, and without --key-type', () => {
  test.each([
    ['a password', PASSWORD],
    ['a password of hexadecimal digits', 'deadbeef12'],
    ['a password that could be Base64', 'AbCdEfGhIjKlMnOpQrStUvWxYz012345'],
    ['a password with an equals sign', 'Team=playout2026'],
  ])('verify cannot tell what %s is', async (_what, SecretString) => {
    await setUp(sandbox(), { secretName: 'other' });
    await makeSecret(sandbox(), { SecretString });
    const { code, json } = await verifyIt(sandbox());
    const trouble = json.checks.filter(
      ({ subject, verdict }) => /studio-a/.test(subject) && verdict !== 'ok',
    );
    expect(trouble.filter(({ id }) => id.startsWith('secret-'))).toEqual([
      expect.objectContaining({ id: 'secret-characters', verdict: 'cannot-tell' }),
    ]);
    expect(code).toBe(1);
    expect(JSON.stringify(json)).not.toContain('mc-static-key rotate');
  });

  test.each([
    ['a key in hexadecimal notation', `0x${KEYS.aes256}`],
    ['JSON', JSON.stringify({ key: KEYS.aes256 })],
    ['a key with a line break', `${KEYS.aes256}\n`],
  ])('verify still fails for %s', async (_what, SecretString) => {
    await makeSecret(sandbox(), { SecretString });
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks).some((each) => each.startsWith('failed secret-'))).toBe(true);
  });

  test.each([
    ['a password', PASSWORD, true],
    ['a key with a line break', `${KEYS.aes256}\n`, false],
    ['a key in hexadecimal notation', `0x${KEYS.aes256}`, false],
  ])('the undo command of teardown gives %s the same type as verify does', async (_, SecretString, is) => {
    await makeSecret(sandbox(), { SecretString, Tags: [{ Key: 'mc-static-key', Value: 'store-secret' }] });
    const { json } = await tearDown(sandbox());
    expect(json.undo.includes('--key-type srt-password')).toBe(is);
  });

  test('setup names the option that treats it as a password', async () => {
    const secretArn = [await makeSecret(sandbox(), { SecretString: PASSWORD })];
    const { code, json } = await setUp(sandbox(), { secretArn });
    expect([code, json.error.message]).toEqual([3, expect.stringContaining('It may hold an SRT password.')]);
    const [way = ''] = waysIn(json.error.hint ?? '');
    expect(way).toBe('--key-type srt-password');
    const told = await setUp(sandbox(), taking({ secretArn }, way));
    expect([told.code, told.json.encryption?.[0]], told.log).toEqual([0, expect.objectContaining(SRT)]);
  });

  test('setup does not offer that option for a value that cannot be a password', async () => {
    const secretArn = [await makeSecret(sandbox(), { SecretString: 'short' })];
    const { json } = await setUp(sandbox(), { secretArn });
    expect(json.error.hint ?? '').not.toContain('--key-type');
  });

  test('verify with --key-type static-key fails for a password', async () => {
    await makeSecret(sandbox(), { SecretString: PASSWORD });
    const { json } = await verifyIt(sandbox(), { keyType: 'static-key' });
    expect(troubles(json.checks)).toContain('failed secret-characters');
  });
});
