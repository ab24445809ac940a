import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import {
  BatchGetSecretValueCommand,
  type BatchGetSecretValueCommandInput,
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  paginateBatchGetSecretValue,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY } from '../clients.ts';

describe('BatchGetSecretValue', () => {
  let sandbox: Sandbox;
  let clients: ReturnType<typeof clientsFor>;
  const create = (input: CreateSecretCommandInput) => clients.secrets.send(new CreateSecretCommand(input));
  const batch = (input: BatchGetSecretValueCommandInput) =>
    clients.secrets.send(new BatchGetSecretValueCommand(input));
  const get = (SecretId: string) => clients.secrets.send(new GetSecretValueCommand({ SecretId }));
  const describeSecret = (SecretId: string) => clients.secrets.send(new DescribeSecretCommand({ SecretId }));

  beforeAll(async () => {
    sandbox = await startSandbox();
    clients = clientsFor(sandbox);
    for (const Name of ['cup/final', 'cup/semi', 'cup/third', 'league/1']) {
      await create({ Name, SecretString: `key of ${Name}` });
    }
  });
  afterAll(() => sandbox.close());

  it('returns what GetSecretValue returns for each name or ARN, in the order of the request', async () => {
    await create({ Name: 'bytes', SecretBinary: Uint8Array.of(0, 1, 255) });
    await clients.secrets.send(new PutSecretValueCommand({ SecretId: 'cup/third', SecretString: 'newer' }));
    const { ARN = '' } = await describeSecret('cup/semi');
    const ids = ['league/1', ARN, 'bytes', 'cup/third'];
    const alone = await Promise.all(ids.map(get));
    const { SecretValues, Errors, NextToken } = await batch({ SecretIdList: ids });
    expect(SecretValues).toEqual(alone.map(({ $metadata, ...value }) => value));
    expect(SecretValues?.map(({ SecretString }) => SecretString)).toEqual([
      'key of league/1',
      'key of cup/semi',
      undefined,
      'newer',
    ]);
    expect(Errors).toEqual([]);
    expect(NextToken).toBeUndefined();
  });

  it('returns an error for each secret that cannot be read, beside the others', async () => {
    const { KeyMetadata } = await clients.kms.send(new CreateKeyCommand({}));
    await create({ Name: 'locked', SecretString: KEY, KmsKeyId: KeyMetadata?.KeyId });
    await clients.kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    await create({ Name: 'gone', SecretString: KEY });
    await clients.secrets.send(new DeleteSecretCommand({ SecretId: 'gone' }));
    await create({ Name: 'empty' });
    const foreign = 'arn:aws:secretsmanager:us-west-2:444455556666:secret:theirs-AbCdEf';
    const unreadable = ['absent', 'locked', 'gone', 'empty', foreign];
    const failures = await Promise.all(unreadable.map((id) => failureOf(get(id))));
    const { SecretValues, Errors } = await batch({ SecretIdList: ['cup/semi', ...unreadable, 'cup/final'] });
    expect(SecretValues?.map(({ Name }) => Name)).toEqual(['cup/semi', 'cup/final']);
    expect(Errors?.map(({ SecretId }) => SecretId)).toEqual(unreadable);
    expect(Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      'ResourceNotFoundException',
      'DecryptionFailure',
      'InvalidRequestException',
      'ResourceNotFoundException',
      'AccessDeniedException',
    ]);
    expect(Errors?.map(({ Message }) => Message)).toEqual(failures.map(({ message }) => message));
  });

  it('counts as an access to the secrets that it returns', async () => {
    await create({ Name: 'untouched', SecretString: KEY });
    await create({ Name: 'touched', SecretString: KEY });
    await batch({ SecretIdList: ['touched'] });
    expect((await describeSecret('touched')).LastAccessedDate).toBeInstanceOf(Date);
    expect((await describeSecret('untouched')).LastAccessedDate).toBeUndefined();
  });

  it('returns each secret of a filter once, in pages, but none that is scheduled for deletion', async () => {
    await create({ Name: 'cup/gone', SecretString: KEY });
    await clients.secrets.send(new DeleteSecretCommand({ SecretId: 'cup/gone' }));
    const pages: string[][] = [];
    const Filters = [{ Key: 'name' as const, Values: ['cup/'] }];
    for await (const page of paginateBatchGetSecretValue(
      { client: clients.secrets, pageSize: 2 },
      { Filters },
    )) {
      pages.push((page.SecretValues ?? []).map(({ Name = '' }) => Name));
    }
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
    expect(pages.flat().sort()).toEqual(['cup/final', 'cup/semi', 'cup/third']);
  });

  it('returns at most twenty secrets of a filter per page', async () => {
    await Promise.all(
      Array.from({ length: 21 }, (_, index) => create({ Name: `many/${index}`, SecretString: KEY })),
    );
    const Filters = [{ Key: 'name' as const, Values: ['many/'] }];
    const first = await batch({ Filters });
    expect(first.SecretValues).toHaveLength(20);
    const second = await batch({ Filters, NextToken: first.NextToken });
    expect(second.SecretValues).toHaveLength(1);
    expect(second.NextToken).toBeUndefined();
  });

  const Filters = [{ Key: 'name' as const, Values: ['cup/'] }];
  const list = (length: number) => Array.from({ length }, (_, at) => `n${at}`);
  it.each<[string, BatchGetSecretValueCommandInput, string, string]>([
    ['neither a list nor a filter', {}, 'InvalidParameterException', 'Filters or SecretIdList, but not both'],
    [
      'both a list and a filter',
      { SecretIdList: ['n'], Filters },
      'InvalidParameterException',
      'Filters or SecretIdList, but not both',
    ],
    ['an empty list', { SecretIdList: [] }, 'ValidationException', 'greater than or equal to 1'],
    ['a list of 21', { SecretIdList: list(21) }, 'ValidationException', 'less than or equal to 20'],
    [
      'a page size for a list',
      { SecretIdList: ['n'], MaxResults: 5 },
      'InvalidParameterException',
      'must also use the Filters parameter',
    ],
    ['pages of 21', { Filters, MaxResults: 21 }, 'ValidationException', 'less than or equal to 20'],
    ['a made-up token', { Filters, NextToken: 'made-up' }, 'InvalidNextTokenException', ''],
    ['a token for a list', { SecretIdList: ['n'], NextToken: 'any' }, 'InvalidNextTokenException', ''],
  ])('is rejected with %s', async (_what, input, name, words) => {
    const failure = await failureOf(batch(input));
    expect(failure).toMatchObject({ name, status: 400 });
    expect(failure.message).toContain(words);
  });
});
