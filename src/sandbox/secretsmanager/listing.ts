import { type Operations, operation, type Page, pageOf } from '../service.ts';
import { flag, type InputOf, list, number, record, required, text } from '../shapes.ts';
import { findSecret } from './access.ts';
import { invalidNextToken, nextToken, secretId } from './members.ts';
import { replicationStatus } from './replicas.ts';
import { nextRotation } from './rotation.ts';
import type { Secret } from './store.ts';

const KEYS = [
  'description',
  'name',
  'tag-key',
  'tag-value',
  'primary-region',
  'owning-service',
  'all',
] as const;
type Key = (typeof KEYS)[number];

const filter = record({
  Key: required(text({ oneOf: KEYS })),
  Values: required(list(text({ max: 512, pattern: /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/ }), { min: 1, max: 10 })),
});

/** `Filters` of ListSecrets and BatchGetSecretValue. */
export const filters = list(filter, { max: 10 });

/** True if a secret passes all these filters. */
export function passesAll(secret: Secret, given: readonly InputOf<typeof filter.members>[]): boolean {
  return given.every(({ Key, Values }) => passes(secret, Key as Key, Values));
}

/** True if any value of a filter matches. A value that starts with `!` matches what the rest of it does not. */
function passes(secret: Secret, key: Key, values: readonly string[]): boolean {
  return values.some((value) =>
    value.startsWith('!') ? !matches(secret, key, value.slice(1)) : matches(secret, key, value),
  );
}

/**
 * True if a value matches. Names and tags match by prefix, case-sensitive; descriptions and `all` match by the prefix of a word,
 * case-insensitive.
 */
function matches(secret: Secret, key: Key, value: string): boolean {
  switch (key) {
    case 'name':
      return secret.name.startsWith(value);
    case 'description':
      return hasWord(secret.description ?? '', value);
    case 'tag-key':
      return secret.tags?.some((tag) => tag.Key.startsWith(value)) ?? false;
    case 'tag-value':
      return secret.tags?.some((tag) => tag.Value.startsWith(value)) ?? false;
    case 'primary-region':
      return (secret.primaryRegion ?? '').startsWith(value);
    case 'owning-service':
      return (secret.owningService ?? '').startsWith(value);
    case 'all':
      return allText(secret).some((part) => hasWord(part, value));
  }
}

function allText(secret: Secret): string[] {
  const tags = (secret.tags ?? []).flatMap((tag) => [tag.Key, tag.Value]);
  return [secret.name, secret.description ?? '', secret.primaryRegion ?? '', ...tags];
}

/** True if each word of a value is the prefix of a word in the text. A value without words matches nothing. */
function hasWord(textToSearch: string, value: string): boolean {
  const words = wordsOf(value);
  const searched = wordsOf(textToSearch);
  return words.length > 0 && words.every((word) => searched.some((part) => part.startsWith(word)));
}

/**
 * Returns the words of a text, in lowercase. A word ends at punctuation. The character before a run of lowercase letters, if it
 * is not one itself, starts a new word: `AppBeta` is `app` and `beta`, `COMPANYthings` is `compan` and `ythings`.
 */
function wordsOf(text: string): string[] {
  const parts = text.split(/[\s/_+=.@-]+/).flatMap((part) => part.split(/([^a-z][a-z]+)/));
  return parts.filter((word) => word !== '').map((word) => word.toLowerCase());
}

const SORT_VALUE: Record<string, (secret: Secret) => string | number> = {
  'created-date': (secret) => secret.createdAt,
  'last-accessed-date': (secret) => secret.accessedAt ?? 0,
  'last-changed-date': (secret) => secret.changedAt,
  name: (secret) => secret.name,
};

/** ListSecrets. By default, the oldest secret comes first. */
export const listing: Operations = {
  ListSecrets: operation(
    {
      IncludePlannedDeletion: flag,
      MaxResults: number({ min: 1, max: 100 }),
      NextToken: nextToken,
      Filters: filters,
      SortOrder: text({ oneOf: ['asc', 'desc'] }),
      SortBy: text({ oneOf: Object.keys(SORT_VALUE) }),
    },
    (call, input) => {
      const secrets = call.world.secretsIn(call.region).all(call.now);
      const shown = secrets.filter(
        (secret) =>
          (input.IncludePlannedDeletion || secret.deletedAt === undefined) &&
          passesAll(secret, input.Filters ?? []),
      );
      const { items, next } = secretPage(
        sorted(shown, input.SortBy ?? 'created-date', input.SortOrder ?? 'asc'),
        input.NextToken,
        input.MaxResults,
      );
      return {
        SecretList: items.map((secret) => ({
          ...commonEntry(secret),
          SecretVersionsToStages: stagesById(secret),
        })),
        NextToken: next,
      };
    },
  ),
};

/** Sorts secrets. Of secrets with the same value, the one that was created first counts as the lower one. */
function sorted(secrets: readonly Secret[], by: string, order: string): Secret[] {
  const sortValueOf = SORT_VALUE[by] ?? ((secret: Secret) => secret.name);
  const ascending = [...secrets].sort((a, b) =>
    sortValueOf(a) < sortValueOf(b) ? -1 : Number(sortValueOf(a) > sortValueOf(b)),
  );
  return order === 'asc' ? ascending : ascending.reverse();
}

/** DescribeSecret. It also accepts a secret that is scheduled for deletion. */
export const describing: Operations = {
  DescribeSecret: operation({ SecretId: secretId }, (call, input) => {
    const secret = findSecret(call, input.SecretId, 'DescribeSecret');
    return {
      ...commonEntry(secret),
      VersionIdsToStages: stagesById(secret),
      ReplicationStatus: replicationStatus(secret),
    };
  }),
};

/** Returns the members that DescribeSecret and ListSecrets have in common. */
function commonEntry(secret: Secret): object {
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
    NextRotationDate: dateOrNone(nextRotation(secret)),
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
  const labeled = [...secret.versions.values()].filter((version) => version.stages.length > 0);
  return labeled.length === 0
    ? undefined
    : Object.fromEntries(labeled.map((version) => [version.id, version.stages]));
}

function dateOrNone(epochMs: number | undefined): Date | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs);
}

/** @throws AwsError InvalidNextTokenException for a token that is not from an earlier response. */
export function secretPage<T>(all: readonly T[], token: string | undefined, size = 100): Page<T> {
  const page = pageOf(all, token, size);
  if (!page) {
    throw invalidNextToken();
  }
  return page;
}
