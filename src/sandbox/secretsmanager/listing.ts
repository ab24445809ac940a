import { type Operations, operation } from '../service.ts';
import { flag, number, text } from '../shapes.ts';
import { commonEntry, stagesById } from './describe.ts';
import { filters, passesAll } from './filters.ts';
import { nextToken } from './members.ts';
import { secretPage } from './pages.ts';
import type { Secret } from './store.ts';

const SORT_VALUE: Record<string, (secret: Secret) => string | number> = {
  'created-date': (secret) => secret.createdAt,
  'last-accessed-date': (secret) => secret.accessedAt ?? 0,
  'last-changed-date': (secret) => secret.changedAt,
  name: (secret) => secret.name,
};

/** ListSecrets. By default the oldest secret comes first. */
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

/** Of secrets with the same value, the one that was made first counts as the lower one. */
function sorted(secrets: readonly Secret[], by: string, order: string): Secret[] {
  const sortValueOf = SORT_VALUE[by] ?? ((secret: Secret) => secret.name);
  const ascending = [...secrets].sort((a, b) =>
    sortValueOf(a) < sortValueOf(b) ? -1 : Number(sortValueOf(a) > sortValueOf(b)),
  );
  return order === 'asc' ? ascending : ascending.reverse();
}
