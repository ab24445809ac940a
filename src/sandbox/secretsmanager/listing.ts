import { type Operations, operation } from '../service.ts';
import { flag, list, number, record, required, text } from '../shapes.ts';
import { commonEntry, stagesById } from './describe.ts';
import { nextToken } from './members.ts';
import { secretPage } from './pages.ts';
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

const SORT_VALUE: Record<string, (secret: Secret) => string | number> = {
  'created-date': (secret) => secret.createdAt,
  'last-accessed-date': (secret) => secret.accessedAt ?? 0,
  'last-changed-date': (secret) => secret.changedAt,
  name: (secret) => secret.name,
};

/** ListSecrets. */
export const listing: Operations = {
  ListSecrets: operation(
    {
      IncludePlannedDeletion: flag,
      MaxResults: number({ min: 1, max: 100 }),
      NextToken: nextToken,
      Filters: list(filter, { max: 10 }),
      SortOrder: text({ oneOf: ['asc', 'desc'] }),
      SortBy: text({ oneOf: Object.keys(SORT_VALUE) }),
    },
    (call, input) => {
      const secrets = call.world.secretsIn(call.region).all(call.now);
      const filters = input.Filters ?? [];
      const shown = secrets.filter(
        (secret) =>
          (input.IncludePlannedDeletion || secret.deletedAt === undefined) &&
          filters.every(({ Key, Values }) => passes(secret, Key as Key, Values)),
      );
      const { items, next } = secretPage(
        sorted(shown, input.SortBy ?? 'created-date', input.SortOrder ?? 'desc'),
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

function sorted(secrets: readonly Secret[], by: string, order: string): Secret[] {
  const sortValueOf = SORT_VALUE[by] ?? ((secret: Secret) => secret.name);
  const direction = order === 'asc' ? 1 : -1;
  return [...secrets].sort((a, b) =>
    sortValueOf(a) < sortValueOf(b) ? -direction : sortValueOf(a) > sortValueOf(b) ? direction : 0,
  );
}

/** A filter passes when any of its values matches; one that starts with `!` matches what the rest of it does not. */
function passes(secret: Secret, key: Key, values: readonly string[]): boolean {
  return values.some((value) =>
    value.startsWith('!') ? !matches(secret, key, value.slice(1)) : matches(secret, key, value),
  );
}

/** Names and tags match by their beginning, case and all; descriptions and `all` by the beginning of a word, without case. */
function matches(secret: Secret, key: Key, value: string): boolean {
  switch (key) {
    case 'name':
      return secret.name.startsWith(value);
    case 'description':
      return hasWord(secret.description ?? '', value);
    case 'tag-key':
      return secret.tags.some((tag) => tag.Key.startsWith(value));
    case 'tag-value':
      return secret.tags.some((tag) => tag.Value.startsWith(value));
    case 'primary-region':
      return (secret.primaryRegion ?? '').startsWith(value);
    case 'owning-service':
      return (secret.owningService ?? '').startsWith(value);
    case 'all':
      return allText(secret).some((part) => hasWord(part, value));
  }
}

function allText(secret: Secret): string[] {
  const tags = secret.tags.flatMap((tag) => [tag.Key, tag.Value]);
  return [secret.name, secret.description ?? '', secret.primaryRegion ?? '', ...tags];
}

function hasWord(textToSearch: string, value: string): boolean {
  const words = value.toLowerCase().split(/\s+/).filter(Boolean);
  const searched = textToSearch.toLowerCase().split(/[\s/_+=.@-]+/);
  return words.every(
    (word) => searched.some((part) => part.startsWith(word)) || textToSearch.toLowerCase().startsWith(word),
  );
}
