import { type Operations, operation, type Page, pageOf } from '../service.ts';
import { flag, type InputOf, list, number, record, required, text } from '../shapes.ts';
import { secretOrThrow } from './access.ts';
import { invalidNextToken, nextToken, secretId } from './members.ts';
import { replicationStatus } from './replicas.ts';
import { nextRotationTime } from './rotation.ts';
import type { Secret } from './store.ts';

const FILTER_KEYS = [
  'description',
  'name',
  'tag-key',
  'tag-value',
  'primary-region',
  'owning-service',
  'all',
] as const;
type FilterKey = (typeof FILTER_KEYS)[number];

const filter = record({
  Key: required(text({ oneOf: FILTER_KEYS })),
  Values: required(list(text({ max: 512, pattern: /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/ }), { min: 1, max: 10 })),
});

/** `Filters` of ListSecrets and BatchGetSecretValue. */
export const filters = list(filter, { max: 10 });

export function passesFilters(
  secret: Secret,
  filterList: readonly InputOf<typeof filter.members>[],
): boolean {
  return filterList.every(({ Key, Values }) => passesFilter(secret, Key as FilterKey, Values));
}

/**
 * True if any value of a filter matches. A value that starts with `!` matches the secrets that the text after `!` does not match.
 */
function passesFilter(secret: Secret, key: FilterKey, values: readonly string[]): boolean {
  return values.some((value) =>
    value.startsWith('!') ? !matchesValue(secret, key, value.slice(1)) : matchesValue(secret, key, value),
  );
}

/**
 * True if a value matches. Names and tags match by prefix, case-sensitive; descriptions and `all` match by the prefix of a word,
 * case-insensitive.
 */
function matchesValue(secret: Secret, key: FilterKey, value: string): boolean {
  switch (key) {
    case 'name':
      return secret.name.startsWith(value);
    case 'description':
      return hasWords(secret.description ?? '', value);
    case 'tag-key':
      return secret.tags?.some((tag) => tag.Key.startsWith(value)) ?? false;
    case 'tag-value':
      return secret.tags?.some((tag) => tag.Value.startsWith(value)) ?? false;
    case 'primary-region':
      return (secret.primaryRegion ?? '').startsWith(value);
    case 'owning-service':
      return (secret.owningService ?? '').startsWith(value);
    case 'all':
      return searchableTexts(secret).some((text) => hasWords(text, value));
  }
}

function searchableTexts(secret: Secret): string[] {
  const tags = (secret.tags ?? []).flatMap((tag) => [tag.Key, tag.Value]);
  return [secret.name, secret.description ?? '', secret.primaryRegion ?? '', ...tags];
}

/** True if each word of a value is the prefix of a word in the text. A value without words matches nothing. */
function hasWords(text: string, value: string): boolean {
  const prefixes = wordsOf(value);
  const words = wordsOf(text);
  return prefixes.length > 0 && prefixes.every((prefix) => words.some((word) => word.startsWith(prefix)));
}

/**
 * Returns the words of a text, in lowercase. A word ends at punctuation. The last character before a run of lowercase letters
 * starts a new word: `AppBeta` is `app` and `beta`, `COMPANYthings` is `compan` and `ythings`.
 */
function wordsOf(text: string): string[] {
  const parts = text.split(/[\s/_+=.@-]+/).flatMap((part) => part.split(/([^a-z][a-z]+)/));
  return parts.filter((word) => word !== '').map((word) => word.toLowerCase());
}

const SORT_VALUES: Record<string, (secret: Secret) => string | number> = {
  'created-date': (secret) => secret.createdAt,
  'last-accessed-date': (secret) => secret.accessedAt ?? 0,
  'last-changed-date': (secret) => secret.changedAt,
  name: (secret) => secret.name,
};

/** DescribeSecret also accepts a secret that is scheduled for deletion. By default, ListSecrets returns the oldest one first. */
export const metadataOperations: Operations = {
  DescribeSecret: operation({ SecretId: secretId }, (call, input) => {
    const secret = secretOrThrow(call, input.SecretId, 'DescribeSecret');
    return {
      ...commonMembers(secret),
      VersionIdsToStages: stagesById(secret),
      ReplicationStatus: replicationStatus(secret),
    };
  }),
  ListSecrets: operation(
    {
      IncludePlannedDeletion: flag,
      MaxResults: number({ min: 1, max: 100 }),
      NextToken: nextToken,
      Filters: filters,
      SortOrder: text({ oneOf: ['asc', 'desc'] }),
      SortBy: text({ oneOf: Object.keys(SORT_VALUES) }),
    },
    (call, input) => {
      const secrets = call.account.secretsIn(call.region).all(call.now);
      const matchingSecrets = secrets.filter(
        (secret) =>
          (input.IncludePlannedDeletion || secret.deletedAt === undefined) &&
          passesFilters(secret, input.Filters ?? []),
      );
      const sortedSecrets = sorted(matchingSecrets, input.SortBy ?? 'created-date', input.SortOrder ?? 'asc');
      const { items, next } = pageOrThrow(sortedSecrets, input.NextToken, input.MaxResults);
      return {
        SecretList: items.map((secret) => ({
          ...commonMembers(secret),
          SecretVersionsToStages: stagesById(secret),
        })),
        NextToken: next,
      };
    },
  ),
};

/** Sorts secrets. Secrets with the same value are sorted by their creation. */
function sorted(secrets: readonly Secret[], sortBy: string, order: string): Secret[] {
  const sortValueOf = SORT_VALUES[sortBy] ?? ((secret: Secret) => secret.name);
  const ascending = [...secrets].sort((a, b) =>
    sortValueOf(a) < sortValueOf(b) ? -1 : Number(sortValueOf(a) > sortValueOf(b)),
  );
  return order === 'asc' ? ascending : ascending.reverse();
}

/** Returns the members that DescribeSecret and ListSecrets have in common. */
function commonMembers(secret: Secret): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Type: secret.type,
    Description: secret.description || undefined,
    KmsKeyId: secret.kmsKeyId || undefined,
    RotationEnabled: secret.rotation?.enabled,
    RotationLambdaARN: secret.rotation?.lambdaArn,
    RotationRules: secret.rotation?.rules,
    LastRotatedDate: dateOrNone(secret.rotation?.rotatedAt),
    NextRotationDate: dateOrNone(nextRotationTime(secret)),
    LastChangedDate: new Date(secret.changedAt),
    LastAccessedDate: dateOrNone(secret.accessedAt),
    DeletedDate: dateOrNone(secret.deletedAt),
    Tags: secret.tags,
    OwningService: secret.owningService,
    CreatedDate: new Date(secret.createdAt),
    PrimaryRegion: secret.primaryRegion,
  };
}

/** Returns the staging labels by version ID, for versions that have any; undefined for a secret without a value. */
function stagesById(secret: Secret): Record<string, string[]> | undefined {
  const labeledVersions = [...secret.versions.values()].filter((version) => version.stages.length > 0);
  return labeledVersions.length === 0
    ? undefined
    : Object.fromEntries(labeledVersions.map((version) => [version.id, version.stages]));
}

function dateOrNone(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}

/** @throws AwsError InvalidNextTokenException for a token that is not from an earlier response. */
export function pageOrThrow<T>(items: readonly T[], token: string | undefined, size = 100): Page<T> {
  const page = pageOf(items, token, size);
  if (!page) throw invalidNextToken();
  return page;
}
