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

describe('setup with a key type', () => {
  test.each([
    ['static-key', KEYS.aes256, {}],
    ['srt-password', PASSWORD, SRT],
  ])('records %s in a tag on the secret', async (keyType, key, wishes) => {
    const { code, log } = await setUp(sandbox(), { key, ...wishes, tag: ['team=playout'] });
    expect(code, log).toBe(0);
    expect(await tagsOf()).toEqual({
      'mc-static-key': 'store-secret',
      'mc-static-key:key-type': keyType,
      team: 'playout',
    });
  });

  test('does not store a key of the other type in the secret', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await setUp(sandbox(), { key: KEYS.aes256, existingKey: 'replace' });
    expect([code, json.error.message]).toEqual([
      3,
      expect.stringContaining('is tagged for the key type srt-password, not static-key'),
    ]);
  });
});

describe('a secret with a key type tag', () => {
  test('passes verify as an SRT password without --key-type', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await verifyIt(sandbox());
    expect([code, troubles(json.checks).filter((each) => !each.startsWith('warning'))]).toEqual([0, []]);
    expect(json.encryption?.[0]).toMatchObject(SRT);
  });

  test('fails verify with --key-type static-key if it holds a password', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code } = await verifyIt(sandbox(), { keyType: 'static-key' });
    expect(code).toBe(1);
  });

  test('gets a new password from rotate, and the previous one from --rollback', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const rotated = await rotate(sandbox(), { key: 'another-Passphrase-2', region: [REGION] });
    expect(rotated.code, rotated.log).toBe(0);
    const back = await rotate(sandbox(), { rollback: true, region: [REGION] });
    expect(back.code, back.log).toBe(0);
    expect(back.json.checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  test('gets no generated static key from rotate if it is for SRT', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const { code, json } = await rotate(sandbox(), { generate: 'aes256', region: [REGION] });
    expect([code, json.error.message]).toEqual([
      3,
      expect.stringContaining('is tagged for the key type srt-password'),
    ]);
    expect(JSON.stringify(json.error)).not.toContain('--secret-name NAME');
  });

  test('is used by setup as an SRT secret if it is given by its ARN', async () => {
    const { json: made } = await setUp(sandbox(), { key: PASSWORD, ...SRT });
    const secretArn = made.secrets.map(({ arn }) => arn);
    const { code, json, log } = await setUp(sandbox(), { secretArn, roleName: 'MediaConnect-Other' });
    expect([code, json.encryption?.[0]], log).toEqual([0, expect.objectContaining(SRT)]);
  });

  test('gets its key type in the undo command of teardown, which does not read the value', async () => {
    await setUp(sandbox(), { key: PASSWORD, ...SRT });
    sandbox().clearRequests();
    const { json } = await tearDown(sandbox());
    expect(json.undo).toContain('--key-type srt-password');
    expect(sandbox().requests.filter(({ action }) => action === 'GetSecretValue')).toEqual([]);
  });
});

describe('verify with a key to compare, without --key-type', () => {
  const verifyPassword = async (password: string, held = password) => {
    await setUp(sandbox(), { key: held, ...SRT });
    return verifyIt(sandbox(), { key: password });
  };

  test.each([PASSWORD, KEYS.aes256])(
    'treats the key as a password if the tag says so: %s',
    async (password) => {
      const { code, json, log } = await verifyPassword(password);
      expect([code, json.encryption?.[0]], log).toEqual([0, expect.objectContaining(SRT)]);
    },
  );

  test('fails if the secret holds another password', async () => {
    const { code, json } = await verifyPassword('another-Passphrase-2', PASSWORD);
    expect([code, troubles(json.checks)]).toEqual([1, expect.arrayContaining(['failed secret-key'])]);
  });

  test('refuses a password if there is no tag', async () => {
    const { code } = await verifyIt(sandbox(), { key: PASSWORD });
    expect(code).toBe(2);
  });
});

describe('a secret without a key type tag', () => {
  test.each([
    ['a password', PASSWORD],
    ['a password of hexadecimal digits', 'deadbeef12'],
    ['a password that could be Base64', 'AbCdEfGhIjKlMnOpQrStUvWxYz012345'],
    ['a password with an equals sign', 'Team=playout2026'],
  ])('is reported as cannot-tell by verify if it holds %s', async (_what, SecretString) => {
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
  ])('fails verify if it holds %s', async (_what, SecretString) => {
    await makeSecret(sandbox(), { SecretString });
    const { json } = await verifyIt(sandbox());
    expect(troubles(json.checks).some((each) => each.startsWith('failed secret-'))).toBe(true);
  });

  test.each([
    ['a password', PASSWORD, true],
    ['a key with a line break', `${KEYS.aes256}\n`, false],
    ['a key in hexadecimal notation', `0x${KEYS.aes256}`, false],
  ])(
    'gets the same type in the undo command of teardown as in verify if it holds %s',
    async (_, SecretString, is) => {
      await makeSecret(sandbox(), { SecretString, Tags: [{ Key: 'mc-static-key', Value: 'store-secret' }] });
      const { json } = await tearDown(sandbox());
      expect(json.undo.includes('--key-type srt-password')).toBe(is);
    },
  );

  test('is refused by setup, with the option that treats it as a password', async () => {
    const secretArn = [await makeSecret(sandbox(), { SecretString: PASSWORD })];
    const { code, json } = await setUp(sandbox(), { secretArn });
    expect([code, json.error.message]).toEqual([3, expect.stringContaining('It may hold an SRT password.')]);
    const [way = ''] = waysIn(json.error.hint ?? '');
    expect(way).toBe('--key-type srt-password');
    const told = await setUp(sandbox(), taking({ secretArn }, way));
    expect([told.code, told.json.encryption?.[0]], told.log).toEqual([0, expect.objectContaining(SRT)]);
  });

  test('is refused by setup without that option if its value cannot be a password', async () => {
    const secretArn = [await makeSecret(sandbox(), { SecretString: 'short' })];
    const { json } = await setUp(sandbox(), { secretArn });
    expect(json.error.hint ?? '').not.toContain('--key-type');
  });

  test('fails verify with --key-type static-key if it holds a password', async () => {
    await makeSecret(sandbox(), { SecretString: PASSWORD });
    const { json } = await verifyIt(sandbox(), { keyType: 'static-key' });
    expect(troubles(json.checks)).toContain('failed secret-characters');
  });
});
