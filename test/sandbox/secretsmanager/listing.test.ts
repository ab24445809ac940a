import {
  CreateSecretCommand,
  ListSecretsCommand,
  type ListSecretsCommandInput,
  paginateListSecrets,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, KEY } from '../clients.ts';

describe('ListSecrets', () => {
  let sandbox: Sandbox;
  let secrets: ReturnType<typeof clientsFor>['secrets'];
  beforeAll(async () => {
    sandbox = await startSandbox();
    secrets = clientsFor(sandbox).secrets;
    for (const Name of ['cup/semi', 'cup/final', 'league/1', 'league/2', 'other']) {
      const Tags = [{ Key: 'series', Value: Name.split('/')[0] ?? '' }];
      const Description = `Key for ${Name}`;
      await secrets.send(new CreateSecretCommand({ Name, SecretString: KEY, Tags, Description }));
    }
  });
  afterAll(() => sandbox.close());

  const names = async (input: ListSecretsCommandInput) => {
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand(input));
    return SecretList.map((entry) => entry.Name ?? '').sort();
  };

  it('returns every secret once, in pages', async () => {
    const seen: string[][] = [];
    for await (const page of paginateListSecrets({ client: secrets, pageSize: 2 }, {})) {
      seen.push((page.SecretList ?? []).map((entry) => entry.Name ?? ''));
    }
    expect(seen.map((page) => page.length)).toEqual([2, 2, 1]);
    expect(new Set(seen.flat()).size).toBe(5);
  });

  it.each([
    ['name', ['cup'], ['cup/final', 'cup/semi']],
    ['name', ['Cup'], []],
    ['name', ['!cup'], ['league/1', 'league/2', 'other']],
    ['tag-value', ['league'], ['league/1', 'league/2']],
    ['tag-key', ['nope'], []],
    ['description', ['KEY'], ['cup/final', 'cup/semi', 'league/1', 'league/2', 'other']],
    ['all', ['final'], ['cup/final']],
  ] as const)('with the filter %s %j returns %j', async (Key, Values, expected) => {
    expect(await names({ Filters: [{ Key, Values: [...Values] }] })).toEqual(expected);
  });

  it('returns the oldest secret first by default', async () => {
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    expect(SecretList.map(({ Name }) => Name)).toEqual([
      'cup/semi',
      'cup/final',
      'league/1',
      'league/2',
      'other',
    ]);
  });

  it('sorts by name on request', async () => {
    const { SecretList = [] } = await secrets.send(
      new ListSecretsCommand({ SortBy: 'name', SortOrder: 'asc' }),
    );
    expect(SecretList[0]?.Name).toBe('cup/final');
  });

  it('finds words in a filter at capitals and punctuation', async () => {
    const { secrets: there } = clientsFor(sandbox, { region: 'eu-west-1' });
    for (const Name of ['prod/AppBeta/x', 'uat-COMPANY', 'uat-COMPANYthings', 'Thirdsecret']) {
      await there.send(new CreateSecretCommand({ Name, SecretString: KEY, Description: `DescTwo ${Name}` }));
    }
    const found = async (Key: 'all' | 'description', value: string) => {
      const { SecretList = [] } = await there.send(
        new ListSecretsCommand({ Filters: [{ Key, Values: [value] }] }),
      );
      return SecretList.map(({ Name }) => Name);
    };
    for (const key of ['all', 'description'] as const) {
      expect(await found(key, 'Beta')).toEqual(['prod/AppBeta/x']);
      expect(await found(key, 'appBeta')).toEqual(['prod/AppBeta/x']);
      expect(await found(key, 'company')).toEqual(['uat-COMPANY']);
      expect(await found(key, 'Ythings')).toEqual(['uat-COMPANYthings']);
      expect(await found(key, 'things')).toEqual([]);
      expect(await found(key, 'secret')).toEqual([]);
      expect(await found(key, 't d x')).toEqual(['prod/AppBeta/x']);
      expect(await found(key, '+')).toEqual([]);
    }
  });

  it('rejects an invalid page size or token', async () => {
    expect(await failureOf(names({ MaxResults: 101 }))).toMatchObject({ name: 'ValidationException' });
    expect(await failureOf(names({ NextToken: 'made-up' }))).toMatchObject({
      name: 'InvalidNextTokenException',
    });
  });

  it('shows changed tags', async () => {
    await secrets.send(
      new TagResourceCommand({
        SecretId: 'other',
        Tags: [
          { Key: 'series', Value: 'x' },
          { Key: 'b', Value: '' },
        ],
      }),
    );
    await secrets.send(new UntagResourceCommand({ SecretId: 'other', TagKeys: ['series'] }));
    const { SecretList = [] } = await secrets.send(
      new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['other'] }] }),
    );
    expect(SecretList[0]?.Tags).toEqual([{ Key: 'b', Value: '' }]);
  });
});
