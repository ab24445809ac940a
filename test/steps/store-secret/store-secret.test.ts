import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RotateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  clientsOf,
  FAR_REGION,
  KEYS,
  makeSecret,
  REGION,
  readAccount,
  writesTo,
} from '../../support/account.ts';
import { conflictOf, setUp, setUpInVain } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const sandbox = freshSandbox();
const secrets = async () => (await readAccount(sandbox())).secrets;

describe('a new secret', () => {
  test('has plain text, a description, no rotation, and the AWS managed KMS key', async () => {
    const { code, json, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toMatch(
      /\+ create +secret +studio-a +us-west-2\n +AES-256 key, encrypted with aws\/secretsmanager/,
    );
    expect(await secrets()).toEqual([
      {
        region: REGION,
        arn: json.secrets[0]?.arn,
        name: 'studio-a',
        description: 'Encryption key for AWS Elemental MediaConnect.',
        kmsKeyId: undefined,
        rotates: false,
        deleted: false,
        tags: { 'mc-static-key': 'store-secret', 'mc-static-key:key-type': 'static-key' },
        versions: 1,
        values: { AWSCURRENT: KEYS.aes256 },
      },
    ]);
    expect(json.secrets[0]).toMatchObject({ region: REGION, name: 'studio-a', action: 'created' });
    const create = sandbox().requests.find(({ action }) => action === 'CreateSecret');
    expect(create?.params.ClientRequestToken).toMatch(/^[\w-]{32,64}$/);
  });

  test('holds the key without the newline at its end', async () => {
    await setUp(sandbox(), { key: `${KEYS.aes128}\r\n` });
    expect((await secrets())[0]?.values).toEqual({ AWSCURRENT: KEYS.aes128 });
  });

  test('is reported with the algorithm for the length of its key', async () => {
    for (const algorithm of ['aes128', 'aes192', 'aes256'] as const) {
      const { json } = await setUp(sandbox(), { secretName: algorithm, key: KEYS[algorithm] });
      expect(json.encryption).toMatchObject([{ keyType: 'static-key', algorithm }]);
    }
  });

  test('holds an SRT password unchanged, and is reported without an algorithm', async () => {
    const password = 'Correct horse; battery!';
    const { code, json } = await setUp(sandbox(), { keyType: 'srt-password', key: password });
    expect(code).toBe(0);
    expect((await secrets())[0]?.values).toEqual({ AWSCURRENT: password });
    expect(json.encryption[0]).toEqual({
      region: REGION,
      keyType: 'srt-password',
      roleArn: json.role?.arn,
      secretArn: json.secrets[0]?.arn,
    });
  });

  test('holds a random key of the requested length with --generate', async () => {
    await setUp(sandbox(), { secretName: 'one', generate: 'aes192' });
    await setUp(sandbox(), { secretName: 'two', generate: 'aes192' });
    const [one, two] = (await secrets()).map(({ values }) => values.AWSCURRENT);
    expect(one).toMatch(/^[0-9a-f]{48}$/);
    expect(two).toMatch(/^[0-9a-f]{48}$/);
    expect(one).not.toBe(two);
  });

  test('gets a warning for a name that ends like an ARN', async () => {
    const { log } = await setUp(sandbox(), { secretName: '2018-12-01_baseball-game-source' });
    expect(log).toMatch(/! 2018-12-01_baseball-game-source ends in a hyphen and six/);
  });
});

describe('an existing secret that holds this key', () => {
  test('is kept', async () => {
    const arn = await makeSecret(sandbox(), { Description: 'made by hand' });
    const before = await secrets();
    const { code, json } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(json.secrets).toMatchObject([{ arn, action: 'kept' }]);
    expect(await secrets()).toEqual(before);
    expect(writesTo(sandbox())).not.toContain('secretsmanager:PutSecretValue');
  });

  test('is kept if its hexadecimal digits differ only in letter case', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.aes256.toUpperCase() });
    const { code, json } = await setUp(sandbox());
    expect([code, json.secrets[0]?.action]).toEqual([0, 'kept']);
  });

  test('is a conflict for an SRT password that differs in letter case', async () => {
    await makeSecret(sandbox(), { SecretString: 'Correct horse' });
    const error = await conflictOf(sandbox(), { keyType: 'srt-password', key: 'correct horse' });
    expect(error).toMatchObject({ step: 'store-secret' });
  });

  test('is kept, with a warning, if it rotates automatically', async () => {
    const arn = await makeSecret(sandbox());
    const RotationLambdaARN = 'arn:aws:lambda:us-west-2:111122223333:function:rotate';
    sandbox().addRotationFunction(RotationLambdaARN);
    await clientsFor(sandbox()).secrets.send(
      new RotateSecretCommand({
        SecretId: arn,
        RotationLambdaARN,
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediately: false,
      }),
    );
    const { code, log } = await setUp(sandbox());
    expect(code).toBe(0);
    expect(log).toContain('rotates automatically. Turn rotation off');
  });
});

describe('an existing secret that holds another value', () => {
  test('is a conflict with three resolutions', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    const { message, hint, step } = await conflictOf(sandbox());
    expect(step).toBe('store-secret');
    expect(message).toBe('Secret studio-a already exists in us-west-2 and holds a different key.');
    expect(hint).toContain('--existing-key keep');
    expect(hint).toContain('--existing-key replace');
    expect(hint).toContain('--secret-name NAME');
  });

  test('is kept with --existing-key keep', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    const { code, json } = await setUp(sandbox(), { existingKey: 'keep' });
    expect([code, json.secrets[0]?.action]).toEqual([0, 'kept']);
    expect((await secrets())[0]?.values).toEqual({ AWSCURRENT: KEYS.other });
  });

  test('is reported with the algorithm of the key that it holds with --existing-key keep', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const { json } = await setUp(sandbox(), { existingKey: 'keep' });
    expect(json.encryption[0]?.algorithm).toBe('aes128');
  });

  test('gets this key as a new version with --existing-key replace', async () => {
    const arn = await makeSecret(sandbox(), { SecretString: KEYS.other });
    const { code, json, log } = await setUp(sandbox(), { existingKey: 'replace' });
    expect(code).toBe(0);
    expect(log).toMatch(/~ change +secret +studio-a +us-west-2/);
    expect(json.secrets).toMatchObject([{ arn, action: 'updated' }]);
    expect((await secrets())[0]?.values).toEqual({ AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other });
    expect((await setUpInVain(sandbox(), { existingKey: 'replace' })).json.secrets[0]?.action).toBe('kept');
  });

  test('stays unchanged if another name is given', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.other });
    expect((await setUp(sandbox(), { secretName: 'studio-b' })).code).toBe(0);
    expect((await secrets()).map(({ name }) => name)).toEqual(['studio-a', 'studio-b']);
  });

  test.each([
    ['a newline at its end', `${KEYS.aes256}\n`, 'ends with a line break'],
    ['JSON', JSON.stringify({ key: KEYS.aes256 }), 'is JSON'],
    ['nothing that is hexadecimal', 'hello world, hello world, hello!', 'other than 0–9 and a–f'],
  ])('cannot be kept if MediaConnect could not use its value (%s)', async (_what, value, reason) => {
    await makeSecret(sandbox(), { SecretString: value });
    const { details, hint } = await conflictOf(sandbox());
    expect(details?.join()).toContain(reason);
    expect(hint).not.toContain('keep');
    expect((await conflictOf(sandbox(), { existingKey: 'keep' })).hint).not.toContain('existing-key keep');
    expect((await setUp(sandbox(), { existingKey: 'replace' })).code).toBe(0);
    expect((await secrets())[0]?.values.AWSCURRENT).toBe(KEYS.aes256);
  });

  test('is reported as bytes if its value is binary, and can be replaced', async () => {
    await makeSecret(sandbox(), { SecretBinary: Buffer.from(KEYS.aes256) });
    expect((await conflictOf(sandbox(), { existingKey: 'keep' })).message).toContain(
      'stores binary data (SecretBinary)',
    );
    expect((await setUp(sandbox(), { existingKey: 'replace' })).code).toBe(0);
  });

  test('cannot be kept if its length does not match --algorithm', async () => {
    await makeSecret(sandbox(), { SecretString: KEYS.aes128 });
    const error = await conflictOf(sandbox(), { existingKey: 'keep', algorithm: 'aes256' });
    expect(error.details?.join()).toContain('An AES-256 key has 64 hexadecimal digits');
  });

  test('is kept if its current version holds this key', async () => {
    const SecretId = await makeSecret(sandbox(), { SecretString: KEYS.other });
    const { secrets: client } = clientsFor(sandbox());
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: KEYS.aes256 }));
    expect((await setUp(sandbox())).json.secrets[0]?.action).toBe('kept');
  });
});

describe('an existing secret that is scheduled for deletion', () => {
  const makeDeleted = async (SecretString: string) => {
    const SecretId = await makeSecret(sandbox(), { SecretString });
    await clientsFor(sandbox()).secrets.send(new DeleteSecretCommand({ SecretId }));
    return SecretId;
  };

  test('is a conflict that suggests --restore and another name', async () => {
    await makeDeleted(KEYS.aes256);
    const { message, hint } = await conflictOf(sandbox());
    expect(message).toMatch(/is scheduled for deletion on \d{4}-\d\d-\d\d\./);
    expect(hint).toContain('--restore');
    expect(hint).toContain('--secret-name NAME');
  });

  test('is restored with --restore if it holds this key', async () => {
    const arn = await makeDeleted(KEYS.aes256);
    const { code, json, log } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(0);
    expect(log).toMatch(/~ restore +secret +studio-a/);
    expect(json.secrets).toMatchObject([{ arn, action: 'restored', versionId: expect.stringMatching(/./) }]);
    expect(await secrets()).toMatchObject([{ deleted: false, values: { AWSCURRENT: KEYS.aes256 } }]);
  });

  test('is restored with --restore, and the run stops, if it holds another value', async () => {
    const arn = await makeDeleted(KEYS.other);
    const { code, json } = await setUp(sandbox(), { restore: true });
    expect(code).toBe(3);
    expect(json.error.message).toContain('holds a different key. It was restored and not changed further.');
    expect(json.completed.secrets).toMatchObject([{ arn, action: 'restored' }]);
    expect(writesTo(sandbox())).toContain('secretsmanager:RestoreSecret');
    const account = await readAccount(sandbox());
    expect(account.secrets).toMatchObject([{ deleted: false, values: { AWSCURRENT: KEYS.other } }]);
    expect([account.policies, account.roles]).toEqual([[], []]);
  });

  test('keeps its key, and is reported with its algorithm, with --restore and --existing-key keep', async () => {
    await makeDeleted(KEYS.aes128);
    const { code, json } = await setUp(sandbox(), { restore: true, existingKey: 'keep' });
    expect(code).toBe(0);
    expect(await secrets()).toMatchObject([{ deleted: false, values: { AWSCURRENT: KEYS.aes128 } }]);
    expect(json.encryption[0]?.algorithm).toBe('aes128');
  });

  test('gets this key with --restore and --existing-key replace', async () => {
    await makeDeleted(KEYS.other);
    const { code } = await setUp(sandbox(), { restore: true, existingKey: 'replace' });
    expect(code).toBe(0);
    const values = { AWSCURRENT: KEYS.aes256, AWSPREVIOUS: KEYS.other };
    expect(await secrets()).toMatchObject([{ deleted: false, values }]);
  });

  test('keeps its key with --restore and --generate', async () => {
    await makeDeleted(KEYS.other);
    const { code } = await setUp(sandbox(), { restore: true, generate: 'aes256' });
    expect(code).toBe(0);
    expect(await secrets()).toMatchObject([{ deleted: false, values: { AWSCURRENT: KEYS.other } }]);
  });
});

describe('an existing secret that cannot be used', () => {
  test('is left alone if an AWS service owns it', async () => {
    sandbox().addServiceOwnedSecret({
      region: REGION,
      name: 'studio-a',
      secretString: KEYS.aes256,
      owningService: 'appflow',
    });
    const { message, hint } = await conflictOf(sandbox(), { existingKey: 'replace' });
    expect(message).toContain('is managed by appflow');
    expect(hint).toContain('--secret-name NAME');
  });

  test('is left alone if it is a replica with another value, and --secret-arn is suggested', async () => {
    await makeSecret(sandbox(), {
      region: 'us-east-1',
      SecretString: KEYS.other,
      AddReplicaRegions: [{ Region: REGION }],
    });
    const { message, details } = await conflictOf(sandbox(), { existingKey: 'replace' });
    expect(message).toContain('is a replica. Its value can be changed only in the primary Region, us-east-1');
    expect(details?.join()).toContain('--secret-arn');
  });
});

test('setup recognizes a replica without permission to read its resource policy', async () => {
  await makeSecret(sandbox(), { SecretString: KEYS.other });
  await clientsOf(sandbox()).secrets.send(
    new ReplicateSecretToRegionsCommand({
      SecretId: 'studio-a',
      AddReplicaRegions: [{ Region: FAR_REGION }],
    }),
  );
  const times = Number.POSITIVE_INFINITY;
  sandbox().addFault({ action: 'GetResourcePolicy', region: FAR_REGION, kind: 'access-denied', times });
  const { code, json } = await setUp(sandbox(), { region: [FAR_REGION] });
  expect(code).toBe(3);
  expect(json.error.message).toMatch(new RegExp(`${FAR_REGION}.*replica`));
});
