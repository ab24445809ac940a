import { ListSecretsCommand, type SecretListEntry } from '@aws-sdk/client-secrets-manager';
import { type Page, pages } from '../requests/concurrency.ts';
import type { Aws } from '../session.ts';
import { type Tag, userDefinedTags } from '../tags.ts';
import { metadataOf, requestDescription, type SecretMetadata } from './index.ts';

/** A secret from the list of secrets. Listing doesn't count as reading its value. */
export interface ListedSecret extends SecretMetadata {
  name: string;
  arn: string;
  description?: string;
  /** The tags that neither this program nor AWS has set. */
  tags: Tag[];
  /** True if the secret has a version labeled `AWSCURRENT`. */
  hasCurrentVersion: boolean;
  /** When anything in the secret was last changed, including tags and description. */
  changedAt?: Date;
  /** The day on which the value was last read, at 0:00 UTC. Absent if it never was. */
  lastAccessedAt?: Date;
}

/**
 * Returns all secrets of a Region, page by page, oldest first by default. Includes secrets scheduled for deletion only
 * if `withDeleted` is true.
 */
export function secretPages(
  aws: Aws,
  region: string,
  { withDeleted = false, order }: { withDeleted?: boolean; order?: 'asc' | 'desc' } = {},
): AsyncGenerator<Page<ListedSecret>> {
  return pages(async (token) => {
    const filter = { IncludePlannedDeletion: withDeleted, SortOrder: order };
    const command = new ListSecretsCommand({ MaxResults: 100, NextToken: token, ...filter });
    const request = { action: 'secretsmanager:ListSecrets', resource: '*', region };
    const response = await aws.call(request, (options) =>
      aws.clients.secretsManager(region).send(command, options),
    );
    const items = (response.SecretList ?? []).flatMap((entry) => toListedSecret(entry, region) ?? []);
    return { items, next: response.NextToken };
  });
}

/**
 * Reads one secret by ARN or name; undefined if it doesn't exist. For secrets that `ListSecrets` doesn't show yet: it can be five
 * minutes out of date (Secrets Manager API reference, `ListSecrets`).
 */
export async function readListedSecret(
  aws: Aws,
  region: string,
  id: string,
): Promise<ListedSecret | undefined> {
  // `DescribeSecret` returns the fields of a list entry, with another name for the staging labels.
  const response = await requestDescription(aws, region, id);
  const { VersionIdsToStages: SecretVersionsToStages, ...otherFields } = response ?? {};
  return toListedSecret({ ...otherFields, SecretVersionsToStages }, region);
}

/** Returns undefined for an entry without a name or an ARN. */
function toListedSecret(entry: SecretListEntry, region: string): ListedSecret | undefined {
  const { Name: name, ARN: arn } = entry;
  if (!name || !arn) return undefined;
  const labels = Object.values(entry.SecretVersionsToStages ?? {}).flat();
  return {
    ...metadataOf(entry, region),
    name,
    arn,
    tags: userDefinedTags(entry.Tags),
    hasCurrentVersion: labels.includes('AWSCURRENT'),
    description: entry.Description || undefined,
    changedAt: entry.LastChangedDate,
    lastAccessedAt: entry.LastAccessedDate,
  };
}

/** Returns the newest secrets of a Region, at most `limit`, for the wizard's list of choices. */
export async function listSecrets(
  aws: Aws,
  region: string,
  limit: number,
  prefix = '',
): Promise<ListedSecret[]> {
  const secrets: ListedSecret[] = [];
  for await (const { items } of secretPages(aws, region, { order: 'desc' })) {
    secrets.push(...items.filter(({ name }) => name.startsWith(prefix)));
    if (secrets.length >= limit) break;
  }
  return secrets.slice(0, limit);
}
