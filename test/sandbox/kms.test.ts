import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  ListAliasesCommand,
  ListGrantsCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../support/sandbox.ts';
import { clientsFor, failureOf, KEY } from './clients.ts';
import { JSON_1_1, sendSigned } from './wire.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const PLACE = 'arn:aws:kms:us-west-2:111122223333:';
const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';

let now = Date.parse('2026-03-01T12:00:00Z');
const sandbox = freshSandbox({ now: () => now });
let kms: ReturnType<typeof clientsFor>['kms'];
let secrets: ReturnType<typeof clientsFor>['secrets'];
beforeEach(() => {
  ({ kms, secrets } = clientsFor(sandbox()));
});

const newKey = async () => (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
const describeKey = async (KeyId: string) => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const storeKey = (Name: string, KmsKeyId: string) =>
  secrets.send(new CreateSecretCommand({ Name, SecretString: KEY, KmsKeyId }));
const readKey = (SecretId: string) => secrets.send(new GetSecretValueCommand({ SecretId }));

describe('a KMS key', () => {
  it('is not created with a malformed key policy', async () => {
    const failure = await failureOf(kms.send(new CreateKeyCommand({ Policy: '{}' })));
    expect(failure.name).toBe('MalformedPolicyDocumentException');
    expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  it('is found by its ID, its ARN, its alias and the ARN of its alias', async () => {
    const created = await kms.send(new CreateKeyCommand({ Description: 'Feeds' }));
    const { KeyId = '', Arn = '' } = created.KeyMetadata ?? {};
    expect(Arn).toBe(`${PLACE}key/${KeyId}`);
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/feeds', TargetKeyId: KeyId }));
    for (const name of [KeyId, Arn, 'alias/feeds', `${PLACE}alias/feeds`]) {
      expect(await describeKey(name)).toMatchObject({
        AWSAccountId: '111122223333',
        KeyId,
        Arn,
        Description: 'Feeds',
        KeyState: 'Enabled',
        KeyManager: 'CUSTOMER',
        KeySpec: 'SYMMETRIC_DEFAULT',
        CreationDate: new Date(now),
        CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    const { Aliases } = await kms.send(new ListAliasesCommand({ KeyId }));
    expect(Aliases).toMatchObject([{ AliasName: 'alias/feeds', TargetKeyId: KeyId }]);
    const elsewhere = clientsFor(sandbox(), { region: 'eu-west-1' }).kms;
    expect((await elsewhere.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  it.each([
    [KEY_ID, `Key '${PLACE}key/${KEY_ID}' does not exist`],
    [`${PLACE}key/${KEY_ID}`, `Key '${PLACE}key/${KEY_ID}' does not exist`],
    ['alias/none', `Alias ${PLACE}alias/none is not found.`],
    ['nonsense', "Invalid keyId 'nonsense'"],
    [`arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`, 'Invalid arn eu-west-1'],
  ])('is not found by %s if it does not exist', async (name, message) => {
    expect(await failureOf(describeKey(name))).toEqual({ name: 'NotFoundException', message, status: 400 });
  });

  const tagged = (...keys: string[]) =>
    kms.send(new CreateKeyCommand({ Tags: keys.map((TagKey) => ({ TagKey, TagValue: '' })) }));

  it.each([
    ['more than fifty tags', Array.from({ length: 51 }, (_, index) => `k${index}`), 'Too many tags'],
    ['a reserved tag key', ['a', 'aws:k'], 'Tags beginning with aws: are reserved'],
    ['a reserved tag key in upper case', ['AWS:k'], 'Tags beginning with aws: are reserved'],
    ['a duplicate tag key', ['k', 'k'], 'Duplicate tag keys'],
  ])('is not created with %s', async (_what, keys, message) => {
    expect(await failureOf(tagged(...keys))).toEqual({ name: 'TagException', message, status: 400 });
    expect((await kms.send(new ListKeysCommand({}))).Keys).toEqual([]);
  });

  it('gets no alias without the prefix alias/ or with a colon', async () => {
    const alias = async (AliasName: string) =>
      failureOf(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: await newKey() })));
    expect(await alias('feeds')).toEqual({
      name: 'ValidationException',
      message:
        'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
      status: 400,
    });
    expect((await alias('alias/fe:eds')).name).toBe('InvalidAliasNameException');
  });

  it('is reported as missing in the error member that the API model of KMS has', async () => {
    const answer = await sendSigned(sandbox(), {
      service: 'kms',
      headers: { ...JSON_1_1, 'x-amz-target': 'TrentService.DescribeKey' },
      body: JSON.stringify({ KeyId: KEY_ID }),
    });
    expect(JSON.parse(answer.text)).toEqual({
      __type: 'NotFoundException',
      message: `Key '${PLACE}key/${KEY_ID}' does not exist`,
    });
  });

  it('exists with its alias when AWS manages it, and cannot be changed then', async () => {
    const managed = await describeKey('alias/aws/secretsmanager');
    expect(managed?.KeyManager).toBe('AWS');
    const KeyId = managed?.KeyId;
    const failure = await failureOf(kms.send(new DisableKeyCommand({ KeyId })));
    expect(failure.name).toBe('AccessDeniedException');
    const own = kms.send(new CreateAliasCommand({ AliasName: 'alias/aws/mine', TargetKeyId: KeyId }));
    expect((await failureOf(own)).name).toBe('NotAuthorizedException');
  });

  it('can be disabled, enabled, scheduled for deletion and restored', async () => {
    const KeyId = await newKey();
    await kms.send(new DisableKeyCommand({ KeyId }));
    expect(await describeKey(KeyId)).toMatchObject({ KeyState: 'Disabled', Enabled: false });
    await kms.send(new EnableKeyCommand({ KeyId }));
    const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect(scheduled).toMatchObject({
      DeletionDate: new Date(now + 7 * DAY_MS),
      KeyState: 'PendingDeletion',
    });
    expect(await failureOf(kms.send(new EnableKeyCommand({ KeyId })))).toMatchObject({
      name: 'KMSInvalidStateException',
      message: `${PLACE}key/${KeyId} is pending deletion.`,
    });
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    expect((await describeKey(KeyId))?.KeyState).toBe('Disabled');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    now += 7 * DAY_MS;
    expect((await failureOf(describeKey(KeyId))).name).toBe('NotFoundException');
  });

  it('is listed in pages', async () => {
    const ids = [await newKey(), await newKey(), await newKey()];
    const first = await kms.send(new ListKeysCommand({ Limit: 2 }));
    const second = await kms.send(new ListKeysCommand({ Limit: 2, Marker: first.NextMarker }));
    const listed = [...(first.Keys ?? []), ...(second.Keys ?? [])].map((key) => key.KeyId);
    expect(listed).toEqual(ids);
    expect([first.Truncated, second.Truncated]).toEqual([true, false]);
    const lost = kms.send(new ListKeysCommand({ Marker: 'x' }));
    expect((await failureOf(lost)).name).toBe('InvalidMarkerException');
  });

  it('requires permission, which can depend on its aliases', async () => {
    const KeyId = await newKey();
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/feeds', TargetKeyId: KeyId }));
    const other = await newKey();
    const Condition = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/feeds'] } };
    const Statement = [{ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: `${PLACE}key/*`, Condition }];
    const credentials = sandbox().credentialsFor({ Version: '2012-10-17', Statement });
    const engineer = clientsFor(sandbox(), { credentials }).kms;
    for (const name of [KeyId, 'alias/feeds']) {
      const { KeyMetadata } = await engineer.send(new DescribeKeyCommand({ KeyId: name }));
      expect(KeyMetadata?.KeyId).toBe(KeyId);
    }
    const denied = await failureOf(engineer.send(new DescribeKeyCommand({ KeyId: other })));
    expect(denied).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    expect(denied.message).toMatch(`kms:DescribeKey on resource: ${PLACE}key/${other} because no identity`);
    const list = await failureOf(engineer.send(new ListKeysCommand({})));
    expect(list.message).toMatch('kms:ListKeys on resource: *');
  });

  it.each([
    [
      'with another key spec',
      () => kms.send(new CreateKeyCommand({ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })),
    ],
    ['with grants', () => kms.send(new ListGrantsCommand({ KeyId: KEY_ID }))],
  ])('is not implemented %s', async (_what, ask) => {
    expect((await failureOf(ask())).name).toBe('NotImplemented');
  });
});

describe('a secret with a customer managed KMS key', () => {
  it.each([
    ['disabled', (KeyId: string) => kms.send(new DisableKeyCommand({ KeyId }))],
    ['pending deletion', (KeyId: string) => kms.send(new ScheduleKeyDeletionCommand({ KeyId }))],
  ])('cannot be created, read or given a value while the key is %s', async (_state, spoil) => {
    const KeyId = await newKey();
    await storeKey('feed', KeyId);
    await spoil(KeyId);
    expect((await failureOf(readKey('feed'))).name).toBe('DecryptionFailure');
    const put = secrets.send(new PutSecretValueCommand({ SecretId: 'feed', SecretString: 'x' }));
    expect((await failureOf(put)).name).toBe('EncryptionFailure');
    expect((await failureOf(storeKey('other', KeyId))).name).toBe('EncryptionFailure');
    const { LastAccessedDate, KmsKeyId } = await secrets.send(
      new DescribeSecretCommand({ SecretId: 'feed' }),
    );
    expect({ LastAccessedDate, KmsKeyId }).toEqual({ LastAccessedDate: undefined, KmsKeyId: KeyId });
  });

  it('works again when the key is enabled, but not with another key, which cannot decrypt the value', async () => {
    const KeyId = await newKey();
    await storeKey('feed', KeyId);
    await kms.send(new DisableKeyCommand({ KeyId }));
    await secrets.send(new UpdateSecretCommand({ SecretId: 'feed', KmsKeyId: await newKey() }));
    expect((await failureOf(readKey('feed'))).name).toBe('DecryptionFailure');
    const back = secrets.send(new UpdateSecretCommand({ SecretId: 'feed', KmsKeyId: KeyId }));
    expect((await failureOf(back)).name).toBe('EncryptionFailure');
    await kms.send(new EnableKeyCommand({ KeyId }));
    await secrets.send(new UpdateSecretCommand({ SecretId: 'feed', KmsKeyId: KeyId }));
    expect((await readKey('feed')).SecretString).toBe(KEY);
  });

  it('can name the alias of the AWS managed key', async () => {
    await storeKey('feed', 'alias/aws/secretsmanager');
    expect((await readKey('feed')).SecretString).toBe(KEY);
    const { Aliases } = await kms.send(new ListAliasesCommand({}));
    expect(Aliases).toMatchObject([{ AliasName: 'alias/aws/secretsmanager' }]);
  });

  it.each([KEY_ID, `${PLACE}key/${KEY_ID}`, 'alias/feeds', 'mrk-1234abcd12ab34cd56ef1234567890ab'])(
    'adds the key %s to the account if it is the first to name it',
    async (name) => {
      expect((await failureOf(describeKey(name))).name).toBe('NotFoundException');
      await storeKey('feed', name);
      expect(await describeKey(name)).toMatchObject({ KeyState: 'Enabled', KeyManager: 'CUSTOMER' });
      expect((await readKey('feed')).SecretString).toBe(KEY);
    },
  );

  it('does not add a deleted key or one of another Region', async () => {
    const KeyId = await newKey();
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    now += 7 * DAY_MS;
    for (const name of [KeyId, `arn:aws:kms:eu-west-1:111122223333:key/${KEY_ID}`]) {
      expect((await failureOf(storeKey('feed', name))).name).toBe('EncryptionFailure');
    }
  });

  it('reports a failed replica when the KMS key of the replica is disabled', async () => {
    const elsewhere = clientsFor(sandbox(), { region: 'eu-west-1' }).kms;
    const { KeyMetadata } = await elsewhere.send(new CreateKeyCommand({}));
    await elsewhere.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    const AddReplicaRegions = [{ Region: 'eu-west-1', KmsKeyId: KeyMetadata?.KeyId }];
    const made = await secrets.send(
      new CreateSecretCommand({ Name: 'feed', SecretString: KEY, AddReplicaRegions }),
    );
    expect(made.ReplicationStatus).toMatchObject([{ Region: 'eu-west-1', Status: 'Failed' }]);
  });
});

describe('a KMS key of another account', () => {
  const theirs = 'arn:aws:kms:us-west-2:444455556666:';

  it.each([`key/${KEY_ID}`, 'alias/theirs'])(
    'cannot be described, whether it exists or not: %s',
    async (name) => {
      const failure = await failureOf(describeKey(theirs + name));
      expect(failure).toMatchObject({ name: 'AccessDeniedException', status: 400 });
      expect(failure.message).toContain(
        `kms:DescribeKey on resource: ${theirs + name} because the resource does not exist in this Region`,
      );
    },
  );

  it.each([
    ['its ARN', `key/${KEY_ID}`, `key/${KEY_ID}`, {}],
    [
      'its alias',
      'alias/theirs',
      'key/*',
      { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/theirs'] } },
    ],
  ])(
    'encrypts a secret for a caller with permission to use it by %s',
    async (_how, name, resource, Condition) => {
      const allow = (Resource: string) => [
        { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
        { Effect: 'Allow', Action: 'kms:*', Resource, Condition },
      ];
      const create = (policy: object) => {
        const credentials = sandbox().credentialsFor(policy);
        const command = new CreateSecretCommand({ Name: 'x', SecretString: KEY, KmsKeyId: theirs + name });
        return clientsFor(sandbox(), { credentials }).secrets.send(command);
      };
      const Version = '2012-10-17';
      expect(await failureOf(create({ Version, Statement: allow(PLACE + resource) }))).toMatchObject({
        name: 'AccessDeniedException',
      });
      await create({ Version, Statement: allow(theirs + resource) });
      expect(await secrets.send(new DescribeSecretCommand({ SecretId: 'x' }))).toMatchObject({
        KmsKeyId: theirs + name,
      });
    },
  );
});
