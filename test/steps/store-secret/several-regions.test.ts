import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import { FAR_REGION, KEYS, makeSecret, REGION, readAccount } from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const both = [REGION, FAR_REGION];
const keys = async () => {
  const { secrets } = await readAccount(sandbox());
  return Object.fromEntries(secrets.map(({ region, values }) => [region, values.AWSCURRENT]));
};
const makeDeleted = async (region: string, SecretString: string) => {
  const SecretId = await makeSecret(sandbox(), { region, SecretString });
  await clientsFor(sandbox(), { region }).secrets.send(new DeleteSecretCommand({ SecretId }));
};

describe('setup for several Regions', () => {
  test('creates one secret in each, with one policy and one role', async () => {
    const { code, json } = await setUp(sandbox(), { region: both });
    expect(code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.aes256, [FAR_REGION]: KEYS.aes256 });
    const arns = json.secrets.map(({ arn }) => arn);
    expect(json.encryption.map(({ region, secretArn }) => [region, secretArn])).toEqual([
      [REGION, arns[0]],
      [FAR_REGION, arns[1]],
    ]);
    const { policies, roles } = await readAccount(sandbox());
    expect(policies).toMatchObject([{ document: { Statement: [{ Resource: arns }] } }]);
    expect(roles).toMatchObject([{ attached: ['SecretsManagerForMediaConnect'] }]);
    expect(json.checks.filter(({ ok }) => ok).map(({ subject }) => subject)).toEqual([
      ...arns,
      json.role?.arn,
      ...arns,
    ]);
  });

  test('creates one secret if a Region is given twice', async () => {
    const { json } = await setUp(sandbox(), { region: [REGION, REGION] });
    expect(json.secrets).toHaveLength(1);
  });

  test('stores the key in the Region where it is missing, and keeps the other secret', async () => {
    await setUp(sandbox());
    const { json } = await setUp(sandbox(), { region: both });
    expect(json.secrets.map(({ action }) => action)).toEqual(['kept', 'created']);
    expect(json.policies).toMatchObject([{ action: 'updated', versionId: 'v2' }]);
    expect(json.role?.action).toBe('kept');
  });

  test('stops if one Region holds another value, before it creates anything in the other', async () => {
    await makeSecret(sandbox(), { region: FAR_REGION, SecretString: KEYS.other });
    expect((await conflictOf(sandbox(), { region: both })).message).toContain(FAR_REGION);
  });

  test('stores the key that one Region holds in all of them with --existing-key keep', async () => {
    await makeSecret(sandbox(), { region: FAR_REGION, SecretString: KEYS.other });
    const { code, log } = await setUp(sandbox(), { region: both, existingKey: 'keep' });
    expect(code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.other, [FAR_REGION]: KEYS.other });
    expect(log).toContain('copy of the existing key, encrypted with aws/secretsmanager');
  });

  test('reports the algorithm of the kept key, for its copy too, with --existing-key keep', async () => {
    await makeSecret(sandbox(), { region: FAR_REGION, SecretString: KEYS.aes128 });
    const wishes = { region: both, existingKey: 'keep' };
    const algorithms = async (dryRun: boolean) =>
      (await setUp(sandbox(), { ...wishes, dryRun })).json.encryption.map(({ algorithm }) => algorithm);
    expect(await algorithms(true)).toEqual(['aes128', 'aes128']);
    expect(await algorithms(false)).toEqual(['aes128', 'aes128']);
  });

  test('stores this key in all of them with --existing-key replace', async () => {
    await makeSecret(sandbox(), { region: FAR_REGION, SecretString: KEYS.other });
    expect((await setUp(sandbox(), { region: both, existingKey: 'replace' })).code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.aes256, [FAR_REGION]: KEYS.aes256 });
  });

  test('cannot keep different keys, but can replace them', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    await makeSecret(sandbox(), { region: FAR_REGION, SecretString: KEYS.aes128 });
    const { message, hint } = await conflictOf(sandbox(), { region: both, existingKey: 'keep' });
    expect(message).toContain('holds different keys in us-west-2 and eu-west-1');
    expect(hint).toContain('--existing-key replace');
    expect((await setUp(sandbox(), { region: both, existingKey: 'replace' })).code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.aes256, [FAR_REGION]: KEYS.aes256 });
  });

  test('reports all conflicts together, each with its resolutions', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    await makeDeleted(FAR_REGION, KEYS.aes256);
    const { message, details } = await conflictOf(sandbox(), { region: both });
    expect(message).toContain('2 conflicts.');
    expect(details?.join('\n')).toContain('--restore');
    expect(details?.join('\n')).toContain('--existing-key keep');
  });
});

describe('a generated key', () => {
  test('is the same in every Region', async () => {
    await setUp(sandbox(), { region: both, generate: 'aes128' });
    const found = await keys();
    expect(found[REGION]).toMatch(/^[0-9a-f]{32}$/);
    expect(found[FAR_REGION]).toBe(found[REGION]);
  });

  test('is kept when the same command runs again', async () => {
    await setUp(sandbox(), { generate: 'aes256' });
    const { code, json } = await setUpInVain(sandbox(), { generate: 'aes256' });
    expect(code).toBe(0);
    expect([...json.secrets, ...json.policies, json.role].map((each) => each?.action)).toEqual([
      'kept',
      'kept',
      'kept',
    ]);
  });

  test('is copied to a further Region', async () => {
    await setUp(sandbox(), { generate: 'aes256' });
    const before = await keys();
    const { json } = await setUp(sandbox(), { generate: 'aes256', region: both });
    expect(json.secrets.map(({ action }) => action)).toEqual(['kept', 'created']);
    expect(await keys()).toEqual({ [REGION]: before[REGION], [FAR_REGION]: before[REGION] });
  });

  test('is a conflict if the existing key has another length', async () => {
    await setUp(sandbox(), { generate: 'aes256' });
    const error = await conflictOf(sandbox(), { generate: 'aes128' });
    expect(error.details?.join()).toContain('An AES-128 key has 32 hexadecimal digits');
  });

  test('replaces the existing key with --existing-key replace', async () => {
    await setUp(sandbox(), { generate: 'aes256' });
    const before = await keys();
    const { json } = await setUp(sandbox(), { generate: 'aes256', existingKey: 'replace' });
    expect(json.secrets[0]?.action).toBe('updated');
    expect((await keys())[REGION]).not.toBe(before[REGION]);
  });
});

describe('a secret that is scheduled for deletion in one of the Regions', () => {
  test('is restored with --restore --existing-key keep, and its key is copied to the other Region', async () => {
    await makeDeleted(FAR_REGION, KEYS.other);
    const wishes = { region: both, restore: true, existingKey: 'keep' };
    expect((await setUp(sandbox(), wishes)).code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.other, [FAR_REGION]: KEYS.other });
    expect((await setUpInVain(sandbox(), wishes)).code).toBe(0);
  });

  test('is restored with --restore --generate, and its key is copied to the other Region', async () => {
    await makeDeleted(FAR_REGION, KEYS.other);
    expect((await setUp(sandbox(), { region: both, restore: true, generate: 'aes256' })).code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.other, [FAR_REGION]: KEYS.other });
  });

  test('stops the run before the other Region is written if it holds another value', async () => {
    await makeDeleted(FAR_REGION, KEYS.other);
    const { code, json } = await setUp(sandbox(), { region: both, restore: true });
    expect(code).toBe(3);
    expect(json.completed.secrets).toMatchObject([{ region: FAR_REGION, action: 'restored' }]);
    expect(await keys()).toEqual({ [FAR_REGION]: KEYS.other });
  });

  test('gets this key with --restore --existing-key replace', async () => {
    await makeDeleted(FAR_REGION, KEYS.other);
    const { code } = await setUp(sandbox(), { region: both, restore: true, existingKey: 'replace' });
    expect(code).toBe(0);
    expect(await keys()).toEqual({ [REGION]: KEYS.aes256, [FAR_REGION]: KEYS.aes256 });
  });
});

describe('another partition', () => {
  test.each([
    ['aws-cn', 'cn-north-1'],
    ['aws-us-gov', 'us-gov-west-1'],
  ])('is found from the credentials and used in every ARN (%s)', async (partition, region) => {
    const kmsKeyId = 'mrk-1234abcd12ab34cd56ef1234567890ab';
    const { code, json } = await setUp(sandbox(), { region: [region], kmsKeyId });
    expect(code).toBe(0);
    expect(json).toMatchObject({ partition, checks: [{ ok: true }, { ok: true }, { ok: true }] });
    const arns = [json.secrets[0], json.policies[0], json.role].map((each) => each?.arn.split(':')[1]);
    expect(arns).toEqual([partition, partition, partition]);
    expect((await setUp(sandbox(), { region: [region], kmsKeyId })).json.policies[0]?.action).toBe('kept');
  });
});
