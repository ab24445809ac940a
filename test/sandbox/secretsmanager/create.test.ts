import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY, TOKEN } from '../clients.ts';

describe('CreateSecret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
  });
  afterAll(() => sandbox.close());

  const create = (input: CreateSecretCommandInput) => secrets.send(new CreateSecretCommand(input));

  it('returns the same secret and version for the same token and value', async () => {
    const input = { Name: 'twice', SecretString: KEY, ClientRequestToken: TOKEN };
    const first = await create(input);
    const second = await create(input);
    expect(second).toMatchObject({ ARN: first.ARN, VersionId: TOKEN });
    const versions = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'twice' }));
    expect(versions.Versions).toHaveLength(1);
  });

  it('rejects the same token with another value', async () => {
    const made = await create({ Name: 'other', SecretString: KEY, ClientRequestToken: TOKEN });
    const failure = await failureOf(
      create({ Name: 'other', SecretString: 'another', ClientRequestToken: TOKEN }),
    );
    expect(failure).toEqual({
      name: 'ResourceExistsException',
      message: `You can't use ClientRequestToken ${TOKEN} because that value is already in use for a version of secret ${made.ARN}.`,
      status: 400,
    });
  });

  it('rejects a name that is taken', async () => {
    await create({ Name: 'taken', SecretString: KEY });
    expect(await failureOf(create({ Name: 'taken', SecretString: KEY }))).toMatchObject({
      name: 'ResourceExistsException',
      message: 'The operation failed because the secret taken already exists.',
    });
  });

  it('creates the secret in one Region only', async () => {
    await create({ Name: 'regional', SecretString: KEY });
    const elsewhere = clientsFor(sandbox, { region: 'eu-west-1' }).secrets;
    const failure = await failureOf(elsewhere.send(new DescribeSecretCommand({ SecretId: 'regional' })));
    expect(failure).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret.",
    });
    const made = await elsewhere.send(new CreateSecretCommand({ Name: 'regional', SecretString: KEY }));
    expect(made.ARN).toContain(':secretsmanager:eu-west-1:');
  });

  it('creates a secret without a version when there is no value', async () => {
    expect((await create({ Name: 'empty' })).VersionId).toBeUndefined();
    expect(await failureOf(secrets.send(new GetSecretValueCommand({ SecretId: 'empty' })))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    });
  });

  it('stores description, KMS key and tags', async () => {
    const tags = [{ Key: 'team', Value: 'video' }];
    await create({
      Name: 'full',
      SecretString: KEY,
      Description: 'Cup final',
      KmsKeyId: 'alias/keys',
      Tags: tags,
    });
    const shown = await secrets.send(new DescribeSecretCommand({ SecretId: 'full' }));
    expect(shown).toMatchObject({ Description: 'Cup final', KmsKeyId: 'alias/keys', Tags: tags });
  });

  it.each([
    [
      'both text and binary',
      { SecretBinary: Buffer.from([1]) },
      'InvalidParameterException',
      /both a binary/,
    ],
    ['a name with a space', { Name: 'a b' }, 'ValidationException', /^Invalid name. Must be a valid name/],
    [
      'a name of 513 characters',
      { Name: 'n'.repeat(513) },
      'ValidationException',
      /at 'name' failed .* 512$/,
    ],
    ['a short token', { ClientRequestToken: 'short' }, 'ValidationException', /equal to 32$/],
    ['a value of 65,537 bytes', { SecretString: `${'é'.repeat(32_768)}e` }, 'ValidationException', /65536$/],
    ['a long description', { Description: 'd'.repeat(2049) }, 'ValidationException', /'description'.* 2048$/],
    ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterException', /aws:/],
    [
      'a duplicate tag',
      { Tags: [{ Key: 'x' }, { Key: 'x' }] },
      'InvalidParameterException',
      /duplicate keys/,
    ],
  ])('rejects %s', async (_what, change, name, message) => {
    const failure = await failureOf(create({ Name: 'refused', SecretString: KEY, ...change }));
    expect(failure.name).toBe(name);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain(KEY);
  });

  it('accepts a value of exactly 65,536 bytes', async () => {
    await create({ Name: 'largest', SecretString: 'e'.repeat(65_536) });
    const shown = await secrets.send(new GetSecretValueCommand({ SecretId: 'largest' }));
    expect(shown.SecretString).toHaveLength(65_536);
  });

  it('names every broken constraint in one message', async () => {
    const failure = await failureOf(create({ Name: '', ClientRequestToken: 'short' }));
    expect(failure.message).toMatch(
      /^2 validation errors detected: Value '' at 'name' failed .*; Value 'short' at/,
    );
  });
});

describe('a secret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  const describeSecret = (id: string) => secrets.send(new DescribeSecretCommand({ SecretId: id }));
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
  });
  afterAll(() => sandbox.close());

  it('is found by name, by ARN, and by ARN without the random suffix', async () => {
    const { ARN = '' } = await secrets.send(
      new CreateSecretCommand({ Name: 'cup/final', SecretString: KEY }),
    );
    for (const id of ['cup/final', ARN, ARN.slice(0, -7)]) {
      expect((await describeSecret(id)).ARN).toBe(ARN);
    }
    expect(await failureOf(describeSecret('cup'))).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is not found by partial ARN if its name ends in a hyphen and six characters', async () => {
    const Name = '2018-12-01_baseball-game-source';
    const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name, SecretString: KEY }));
    expect((await describeSecret(ARN)).ARN).toBe(ARN);
    expect((await describeSecret(Name)).ARN).toBe(ARN);
    expect(await failureOf(describeSecret(ARN.slice(0, -7)))).toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('is denied if it belongs to another account', async () => {
    const id = 'arn:aws:secretsmanager:us-west-2:999999999999:secret:theirs-AbCdEf';
    const failure = await failureOf(describeSecret(id));
    expect(failure).toMatchObject({ name: 'AccessDeniedException', status: 400 });
    expect(failure.message).toContain(
      `secretsmanager:DescribeSecret on resource: ${id} because no resource-based`,
    );
  });

  it('has an ARN of its partition in China and GovCloud', async () => {
    for (const [region, partition] of [
      ['cn-north-1', 'aws-cn'],
      ['us-gov-west-1', 'aws-us-gov'],
    ] as const) {
      const client = clientsFor(sandbox, { region }).secrets;
      const made = await client.send(new CreateSecretCommand({ Name: 'there', SecretString: KEY }));
      expect(made.ARN).toMatch(new RegExp(`^arn:${partition}:secretsmanager:${region}:`));
    }
  });
});

describe('the versions of a secret', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
  });
  afterAll(() => sandbox.close());

  it('are limited to 100', async () => {
    await secrets.send(new CreateSecretCommand({ Name: 'many', SecretString: '0' }));
    for (let index = 1; index < 100; index += 1) {
      await secrets.send(new PutSecretValueCommand({ SecretId: 'many', SecretString: `${index}` }));
    }
    const failure = await failureOf(
      secrets.send(new PutSecretValueCommand({ SecretId: 'many', SecretString: 'x' })),
    );
    expect(failure.name).toBe('LimitExceededException');
  });
});
